import type { review as words } from "../en/review";

export const review: typeof words = {
  title: "Klären",
  lead: "Das wurde auf zwei Geräten geändert, bevor sie sich getroffen haben. Nichts ist verloren: Wähle, was gelten soll.",
  none: "Nichts zu entscheiden",
  noneHint:
    "Wenn zwei Geräte dasselbe verschieden ändern, bevor sie sich treffen, warten hier beide Fassungen auf dich.",
  deletedAndEdited: "Auf einem Gerät gelöscht, auf einem anderen bearbeitet",
  about: (fields, ofThis) => `${fields} ${ofThis}`,

  question: (at, total) => `Frage ${at} von ${total}`,
  place: (at, total) => `${at} von ${total}`,
  previous: "Zurück",
  next: "Weiter",
  elsewhere: "Das wurde schon auf einem anderen Gerät entschieden.",
  unused: (label) => `${label}: deine Fassung, die nicht verwendet wurde`,
  discard: "Verwerfen",
  discarded: "Verworfen",
  unchanged: "Was auf allen Geräten gleich ist",
  decided: (what) => `Entschieden: ${what}`,

  which: (label) => `${label}: Was soll gelten?`,
  versionOf: (device) => `Fassung von ${device}`,
  useThis: "Diese nehmen",
  useOther: "Die andere nehmen",
  useOf: (device) => `Die von ${device} nehmen`,
  now: "Jetzt",
  nowHint: "gilt, bis du entscheidest",
  combine: "Verbinden…",
  yours: "Deine Fassung",
  useYours: "Meine Fassung nehmen",
  back: "Zurück",
  another: "Einen anderen Wert nehmen",
  somethingElse: "Etwas anderes…",

  deletedTitle: "Gelöscht oder behalten",
  deletedQuestion: "Soll der Eintrag bleiben?",
  deletedOn: "Gelöscht auf",
  editedOn: "Bearbeitet auf",
  delete: "Löschen",
  keep: "Behalten",

  earlier: "Frühere Entscheidungen",
  notChosen: (text) => `Nicht gewählt: ${text}`,
  instead: "Doch das nehmen",
  isNow: (label, text) => `${label} ist jetzt „${text}“`,
};

import { plurals } from "../plural";
import type { history as words } from "../en/history";

const n = plurals("de");

export const history: typeof words = {
  title: "Verlauf",
  which: "Welcher Verlauf",
  syncs: "Abgleiche",
  changes: "Änderungen",
  searchSyncs: "Geräte und Gründe suchen",
  searchChanges: "Werte, Titel, Geräte suchen",
  nothingFound: "Nichts gefunden",

  new: (k) => n(k, { other: "# neu" }),
  changed: (k) => n(k, { other: "# geändert" }),
  deleted: (k) => n(k, { other: "# gelöscht" }),
  same: (k) => n(k, { other: "# gleich" }),
  sent: (k) => n(k, { other: "# gesendet" }),
  nothingNew: "nichts Neues",
  alreadyUpToDate: "schon auf dem neuesten Stand",

  noChanges: "Noch keine Änderungen",
  noChangesWith: (search) => `Keine Änderung enthält „${search}“.`,
  changesHint: "Was hier oder auf einem anderen Gerät ersetzt oder gelöscht wird, kannst du von hier zurückholen.",
  unknownDevice: "ein unbekanntes Gerät",
  through: (device) => `, über ${device}`,
  wasDeleted: "Gelöscht",
  wasPutBack: "Nach dem Löschen zurückgeholt",
  now: "jetzt",
  putBack: "Zurückholen",
  putBackDone: (title) => `Zurückgeholt: ${title}`,

  noSyncs: "Noch keine Abgleiche",
  noSyncsWith: (search) => `Kein Abgleich enthält „${search}“.`,
  syncsHint: "Jedes Mal, wenn sich zwei deiner Geräte treffen, wird es hier notiert.",
  finished: "Abgeschlossen",
  notFinished: "Nicht abgeschlossen",
  sentName: "Gesendet",
  receivedName: "Empfangen",
  toLookAt: "Zu klären",
  setAside: "Zurückgelegt",
  setAsideWhat: (k) =>
    n(k, { one: "# Eintrag, der sich nicht lesen ließ", other: "# Einträge, die sich nicht lesen ließen" }),
  compared: "Verglichen",
  equal: "Beide Geräte haben dasselbe",
  notCompared: "Nicht zu Ende verglichen",
};

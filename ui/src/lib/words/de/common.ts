import { plurals } from "../plural";
import type { common as words } from "../en/common";

const n = plurals("de");

export const common: typeof words = {
  cancel: "Abbrechen",
  close: "Schließen",
  dismiss: "Ausblenden",
  done: "Fertig",
  later: "Später",
  look: "Ansehen",
  loadMore: "Mehr laden",
  notNow: "Jetzt nicht",
  openSettings: "Einstellungen öffnen",
  rename: "Umbenennen",
  tryAgain: "Noch einmal versuchen",
  goOn: "Weiter",
  undo: "Rückgängig",
  redo: "Wiederholen",
  pairDevice: "Gerät koppeln",
  syncNow: "Jetzt abgleichen",

  items: (k) => n(k, { one: "# Eintrag", other: "# Einträge" }),
  changes: (k) => n(k, { one: "# Änderung", other: "# Änderungen" }),
  devices: (k) => n(k, { one: "# Gerät", other: "# Geräte" }),
  itemsOf: (done, total) => `${n(done, { other: "#" })} von ${n(total, { one: "# Eintrag", other: "# Einträgen" })}`,
  toLookAt: (k) => n(k, { one: "# Eintrag zu klären", other: "# Einträge zu klären" }),
  toSend: (k) => n(k, { one: "# Änderung zu senden", other: "# Änderungen zu senden" }),
  or: "oder",

  wrong: "Etwas ist schiefgegangen. Bitte versuche es noch einmal.",
  noAnswer: (reason) => `Die App hat nicht geantwortet: ${reason}. Starte sie neu.`,
  historyFailed: (reason) => `Der Verlauf ließ sich nicht lesen: ${reason}`,

  saved: "Gespeichert",
  saving: "Wird gespeichert…",
  notSaved: "Nicht gespeichert",
  kept: (why) => `${why} Was du getippt hast, wartet in seinem Feld.`,
  crossed:
    "Dieselbe Stelle wurde auf einem anderen Gerät geändert, während du geschrieben hast. Dein Text bleibt; die andere Fassung steht im Verlauf.",
  messages: "Meldungen",
  clearSearch: "Suche leeren",

  day: (label) => `${label}: Tag`,
  time: (label) => `${label}: Uhrzeit`,
  clear: (label) => `${label} leeren`,

  permission: "Berechtigung",
  allow: "Erlauben",
  permissions: {
    lan: "Deine anderen Geräte sind nicht erreichbar, weil diese App das lokale Netzwerk noch nicht nutzen darf.",
    "wifi-direct": "Handys in der Nähe lassen sich nicht finden, weil diese App noch nicht nach ihnen suchen darf.",
    camera: "Es lässt sich kein Code scannen, weil diese App die Kamera noch nicht nutzen darf.",
    notifications: "Du kannst erfahren, wenn etwas auf deine Entscheidung wartet, auch bei geschlossener App.",
  },

  changedTwice: "Das wurde auf zwei Geräten gleichzeitig geändert.",
  hereOnly: "Nur auf diesem Gerät",
  share: "Teilen",
  shareMore: "Mit meinen Geräten teilen…",
  shareTitle: (title) => `„${title}“ mit deinen Geräten teilen?`,
  shareWarning: (kind) =>
    `Das geht an alle deine Geräte, mit denen ${kind} geteilt werden. Es lässt sich nicht zurücknehmen: Was ein anderes Gerät bekommen hat, bleibt dort, bis du es auf allen löschst.`,
  shared: "Mit deinen Geräten geteilt",
  ownDevice: (name) => `${name} (dieses Gerät)`,
};

import { plurals } from "../plural";
import type { carried as words } from "../en/carried";

const n = plurals("de");

export const carried: typeof words = {
  title: "Nicht im selben Netzwerk?",
  hint: "Trag Änderungen auf einem Stick hinüber oder verschicke sie, wie du willst: Die Datei ist versiegelt, und nur das Gerät, für das sie ist, kann sie lesen.",
  writeFor: "Datei schreiben für",
  writeForDevice: (device) => `Datei schreiben für ${device}…`,
  read: "Datei lesen…",
  held: (k) =>
    n(k, {
      one: "Beide Geräte haben eigene Daten, und noch niemand hat zugestimmt, sie zusammenzuführen: Hier ist # Eintrag.",
      other:
        "Beide Geräte haben eigene Daten, und noch niemand hat zugestimmt, sie zusammenzuführen: Hier sind # Einträge.",
    }),
  heldThen:
    "Danach hat dieses Gerät alles von beiden. Was sich unterscheidet, wird zusammengeführt; wo das nicht geht, wirst du gefragt.",

  changes: (k) => n(k, { one: "# Änderung", other: "# Änderungen" }),
  onlyState: "nichts Neues, nur wie weit dieses Gerät ist",
  written: (device, what, size) => `Für ${device} geschrieben: ${what} (${size}).`,
  take: "Bring",
  takeTo: (device) => `zu ${device} und lies sie dort unter Geräte.`,
  takeMany: (device) => `Bring die Dateien zu ${device} und lies sie dort unter Geräte, in dieser Reihenfolge:`,
  countsWhen: (device) =>
    `Die Änderungen gelten als gesendet, sobald hier eine Datei von ${device} gelesen wurde oder sich die beiden treffen.`,
  from: (device, what) => `Von ${device}: ${what}.`,
  conflicts: (k) =>
    n(k, {
      one: "# Eintrag wurde auf beiden geändert und wartet unter Klären.",
      other: "# Einträge wurden auf beiden geändert und warten unter Klären.",
    }),
  goToReview: "Zum Klären",
  left: "Nichts wurde geändert. Lies die Datei noch einmal, wenn du beide zusammenführen willst.",

  equal: (device) =>
    `Dieses Gerät hat jetzt genau das, was ${device} beim Schreiben der Datei hatte, durch Prüfsumme bewiesen.`,
  gapless: "Schreib eine Datei zurück, damit es bekommt, was hier neu ist.",
  gap: "Etwas von vor dieser Datei fehlt hier. Lies die früheren, oder schreib eine Datei zurück und lies, was darauf antwortet.",

  togetherTitle: (device) => `Dieses Gerät und ${device} zusammenführen?`,
  together: "Zusammenführen",

  backups: "Sicherungen",
  backupsHint: "Alles in einer versiegelten Datei. Nur die 24 Wörter deines Wiederherstellungsschlüssels öffnen sie.",
  backUp: "Sichern…",
  restore: "Sicherung einspielen…",
  newKey: "Neuer Schlüssel…",
  backedUp: (file, k) => `${file}: ${n(k, { one: "# Eintrag", other: "# Einträge" })} gesichert`,
  keySet: "Dein Schlüssel ist eingerichtet. Gesichert ist noch nichts",
  keyRenewed: "Sicherungen sind ab jetzt mit den neuen Wörtern versiegelt",
  keyDropped: "Diese Wörter werden nicht verwendet. Falls du sie notiert hast, wirf sie weg",

  keyTitle: "Dein Wiederherstellungsschlüssel",
  keyOnce: "Nur dieses eine Mal zu sehen, nirgends gespeichert.",
  keyHint:
    "Wer diese Wörter hat, kann deine Sicherungen öffnen; ohne sie kann es niemand. Schreib sie in dieser Reihenfolge auf und bewahre sie auf, wo sonst niemand nachsieht.",
  keyEarlier:
    "Gilt für Sicherungen ab jetzt. Frühere öffnen sich weiter mit ihren eigenen Wörtern: Heb auch diese auf.",
  keyWords: "Die 24 Wörter",
  keyCode: "QR-Code mit denselben Wörtern",
  keyPicture: "Dieselben Wörter zum Abfotografieren",
  keyWritten: "Ich habe sie aufgeschrieben",

  restoreTitle: "Sicherung einspielen",
  restoreWords: "Die 24 Wörter ihres Schlüssels",
  restoreLook: "Erst ansehen",
  restoreHint: "Sieh erst nach: Das zeigt, was zurückkäme, und ändert nichts.",
  restoreGo: "Einspielen",
  restoreWritten: (day, time) => `Sie wurde am ${day} um ${time} geschrieben.`,
  restoreRefused: (k, done) =>
    done
      ? n(k, { one: "# Eintrag ließ sich nicht einspielen", other: "# Einträge ließen sich nicht einspielen" })
      : n(k, { one: "# Eintrag lässt sich nicht einspielen", other: "# Einträge lassen sich nicht einspielen" }),
  restoreOver: (k) =>
    n(k, {
      one: "Diesem einen die Werte der Sicherung geben (was hier ist, bleibt im Verlauf)",
      other: "Diesen # die Werte der Sicherung geben (was hier ist, bleibt im Verlauf)",
    }),

  came: (k, done) => {
    if (k === 0) return done ? "Nichts kam zurück" : "Nichts käme zurück";
    return done
      ? n(k, { one: "# Eintrag kam zurück", other: "# Einträge kamen zurück" })
      : n(k, { one: "# Eintrag käme zurück", other: "# Einträge kämen zurück" });
  },
  asBackup: (k) => n(k, { one: "# ist wie in der Sicherung", other: "# sind wie in der Sicherung" }),
  differHere: (k) => n(k, { one: "# hat hier andere Werte", other: "# haben hier andere Werte" }),
  stay: (k) => n(k, { one: "bleibt, wie er ist", other: "bleiben, wie sie sind" }),
  wouldGet: (k) => n(k, { one: "bekäme die der Sicherung", other: "bekämen die der Sicherung" }),
  got: (k) =>
    n(k, { one: "# hat die Werte der Sicherung bekommen", other: "# haben die Werte der Sicherung bekommen" }),
  inHistory: "Was hier war, bleibt im Verlauf.",
  and: "und",
};

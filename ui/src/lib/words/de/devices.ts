import { plurals } from "../plural";
import type { devices as words } from "../en/devices";

const n = plurals("de");

export const devices: typeof words = {
  title: "Geräte",
  paired: "Gekoppelte Geräte",
  alone: "Bisher nur dieses Gerät",
  aloneHint:
    "Kopple dein Handy oder einen anderen Computer, und beide haben dieselben Aufgaben, Gewohnheiten und Notizen. Änderungen gehen verschlüsselt direkt vom einen zum anderen, sooft sie sich in einem Netzwerk treffen. Niemand sonst kann mitlesen.",

  connected: "Verbunden",
  lastSeen: "Zuletzt gesehen",
  notSeen: "Noch nicht gesehen",
  synced: "Abgeglichen",
  toSendTo: (k, device) =>
    n(k, { one: `# Änderung zu senden an ${device}: ansehen`, other: `# Änderungen zu senden an ${device}: ansehen` }),
  syncWith: (device) => `Jetzt abgleichen mit ${device}`,
  syncingWith: (device) => `Abgleich mit ${device}`,
  detailsOf: (device) => `Mehr über ${device}`,
  moved: (device, what) => `${device}: ${what}`,
  clockAhead: (apart) =>
    `Die Uhr dort geht ${apart} vor. Dadurch geht nichts verloren, aber die Zeiten im Verlauf stimmen nicht.`,
  clockBehind: (apart) =>
    `Die Uhr dort geht ${apart} nach. Dadurch geht nichts verloren, aber die Zeiten im Verlauf stimmen nicht.`,
  seconds: (k) => n(k, { one: "# Sekunde", other: "# Sekunden" }),
  minutes: (k) => n(k, { one: "# Minute", other: "# Minuten" }),
  hours: (k) => n(k, { one: "# Stunde", other: "# Stunden" }),
  days: (k) => n(k, { one: "# Tag", other: "# Tage" }),
  ownName: "Eigener Name",
  fingerprint: "Fingerabdruck",
  reachedAt: "Zuletzt erreicht unter",
  pairedSince: "Gekoppelt",
  whatWaits: "Was wartet, und der letzte Versuch",
  nameForDevice: "Name für dieses Gerät",
  forgetMore: "Vergessen…",
  forget: "Gerät vergessen",
  forgetTitle: (device) => `${device} vergessen?`,
  forgetHint: (device) =>
    `${device} behält, was es schon hat, bekommt aber nichts mehr von diesem Gerät, und dieses Gerät nimmt nichts mehr von ihm an. Um wieder zu teilen, musst du beide neu koppeln.`,
  forgotten: (device) => `${device} ist vergessen`,

  mergeLater: (device) => `Nichts wurde geändert. ${device} wird wieder gefragt, wenn du „Jetzt abgleichen“ wählst`,
  newHere: "Neu hier",
  newThere: (device) => `Neu auf ${device}`,
  different: "Auf beiden verschieden",
  same: "Auf beiden gleich",
  mergeThen:
    "Danach haben beide alles. Was sich unterscheidet, wird zusammengeführt; wo das nicht geht, wirst du gefragt.",
  mergeMany: "Es sind zu viele Einträge, um sie vorher zu zählen. Danach haben beide Geräte alle.",

  queueTitle: (device) => `Was auf ${device} wartet`,
  attempt: "Der letzte Versuch,",
  attemptFailed: ", kam nicht durch.",
  nothingWaits: "Nichts wartet",
  nothingWaitsHint: (device) => `${device} hat alles bekommen, was dieses Gerät mit ihm teilt.`,
  someShown: (shown, total) => `${n(shown, { other: "#" })} von ${n(total, { other: "#" })} zu sehen`,
  oldestFirst: "Änderungen, die ältesten zuerst",
  create: "Neu",
  update: "Geändert",
  delete: "Gelöscht",

  shared: "Was geteilt wird",
  sharedWith: (device) => `Mit ${device} geteilt`,
  sharedNote: "Ausschalten entfernt nichts, was schon gesendet wurde.",
  offForAll: "Für alle Geräte ausgeschaltet",
  unknownKind: "Aus einer neueren Version: wird aufbewahrt und weitergegeben, aber hier nicht gezeigt",
  onThisDevice: (k) => n(k, { other: "# auf diesem Gerät" }),

  nearby: "In der Nähe, ohne Netzwerk",
  nearbyHint:
    "Das stellt nur eine Verbindung zwischen zwei Handys her. Gekoppelt werden müssen sie trotzdem; danach gleichen sie darüber ab wie über jedes Netzwerk.",
  nearbyLook: "Handys in der Nähe suchen",
  nearbyLooking: "Suche nach Handys in der Nähe… Öffne diese Seite auch auf dem anderen und such dort.",
  nearbyFound: (k) => n(k, { one: "Ein Handy ist in der Nähe.", other: "# Handys sind in der Nähe." }),
  nearbyOther: "das andere Handy",
  nearbyInviting: (phone) => `Einladung an ${phone}… Stimm dort zu.`,
  nearbyLinked: (phone) => `Verbunden mit ${phone}.`,
  nearbyOff:
    "Das WLAN ist auf diesem Handy aus, und die Verbindung läuft darüber. Schalte es ein und versuche es noch einmal.",
  nearbyFailed: "Die Verbindung kam nicht zustande. Halte die Handys dicht zusammen und such auf beiden.",
  nearbyEnd: "Verbindung beenden",
  nearbyStop: "Anhalten",
  invite: "Einladen",
  inviteName: (phone) => `${phone} einladen`,

  thisDevice: "Dieses Gerät",
  nameOfThis: "Name dieses Geräts",
  renameThis: "Dieses Gerät umbenennen",
  addresses: "Erreichbar unter",
  noNetwork: "gerade kein Netzwerk",
  autostart: "Beim Anmelden starten",
  autostartHint: "Damit sich deine Geräte treffen, ohne dass du daran denkst",
  tray: "Weiterlaufen, wenn das Fenster zu ist",
  trayHint: "Die App bleibt im Infobereich und gleicht weiter ab",
  noTray: "Dieser Desktop hat keinen Infobereich; mit dem Fenster endet auch die App",
  metered: "Auch in getakteten Netzwerken abgleichen",
  meteredHint:
    "Aus: In einem Netzwerk, das nach Datenmenge kostet, etwa dem Hotspot eines Handys, wartet dieses Gerät auf ein anderes. „Jetzt abgleichen“ geht trotzdem.",
  reminders: "Erinnerungen als Benachrichtigung zeigen",
  remindersHint: "Zu den Zeiten, die du für Aufgaben und Gewohnheiten festlegst, auf diesem Gerät",

  data: "Deine Daten",
  dataAt: "Auf diesem Gerät gespeichert in",
  bringIn: "Importieren",
  bringOut: "Exportieren",
  exportLines: "Alles exportieren…",
  exportMarkdown: "Als Markdown exportieren…",
  importLines: "Datei importieren…",
  importMarkdown: "Ordner mit Notizen importieren…",
  importTodoTxt: "todo.txt importieren…",
  importWhph: "Aus WHPH importieren…",
  exported: (k) => n(k, { one: "# Eintrag exportiert", other: "# Einträge exportiert" }),
  exportedFiles: (k) => n(k, { one: "# Datei geschrieben", other: "# Dateien geschrieben" }),
  read: (read, created, changed, unchanged) =>
    `${n(read, { one: "# Eintrag", other: "# Einträge" })} gelesen: ${n(created, { other: "#" })} neu, ${n(changed, { other: "#" })} geändert, ${n(unchanged, { other: "#" })} schon hier.`,
  leftOut: (what) => `Ausgelassen: ${what}.`,
  leftOutOne: (k, what) => `${n(k, { other: "#" })} ${what}`,
  refused: (k) =>
    n(k, { one: "# Eintrag ließ sich nicht übernehmen", other: "# Einträge ließen sich nicht übernehmen" }),
  noted: (k) => n(k, { other: "# übernommen, aber nicht ganz, wie es war" }),
};

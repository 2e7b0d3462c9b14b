import { plurals } from "../plural";
import type { shell as words } from "../en/shell";

const n = plurals("de");

export const shell: typeof words = {
  skip: "Zum Inhalt springen",
  sidebar: "Seitenleiste",
  main: "Hauptmenü",
  places: {
    tasks: "Aufgaben",
    habits: "Gewohnheiten",
    notes: "Notizen",
    review: "Klären",
    devices: "Geräte",
    history: "Verlauf",
  },
  notSent: (k) => n(k, { one: "# Änderung noch nicht gesendet", other: "# Änderungen noch nicht gesendet" }),

  status: "Stand des Abgleichs",
  statusIs: (line) => `Stand des Abgleichs: ${line}`,
  progress: "Fortschritt des Abgleichs",
  connected: (connected, peers) =>
    `${n(connected, { other: "#" })} von ${n(peers, { one: "# Gerät", other: "# Geräten" })} verbunden`,
  pause: "Pausieren",
  resume: "Fortsetzen",
  synced: (k) => n(k, { one: "Mit # Gerät abgeglichen", other: "Mit # Geräten abgeglichen" }),
  letGo: "Loslassen zum Abgleichen",
  pull: "Ziehen zum Abgleichen",
  syncing: "Wird abgeglichen…",

  sweep: "Viele Einträge gelöscht",
  swept: (device, deleted, living) =>
    `${device} hat ${n(deleted, { other: "#" })} von ${n(living, { one: "# Eintrag", other: "# Einträgen" })} gelöscht`,
  sweptHint: "Was du zurückholst, kehrt auf allen deinen Geräten zurück.",
  sweptMore: (k) => n(k, { one: "Danach wartet noch # Frage.", other: "Danach warten noch # Fragen." }),
  putAllBack: "Alle zurückholen",
  keepDeleted: "Gelöscht lassen",
  itemsBack: (k) => n(k, { one: "# Eintrag ist wieder da", other: "# Einträge sind wieder da" }),

  appearance: "Aussehen",
  themes: { system: "System", light: "Hell", dark: "Dunkel" },
  language: "Sprache",
  languageOfSystem: "System",

  find: "Suche",
  palette: "Suche und Befehle",
  paletteHint: "Suche oder Befehl",
  recent: "Zuletzt geändert",
  found: "Gefunden",
  goTo: "Gehe zu",
  actions: "Befehle",
  results: (k) => n(k, { one: "# Treffer", other: "# Treffer" }),
  nothing: (query) => `Nichts enthält „${query}“`,
  behind: (k) =>
    n(k, {
      one: "# Eintrag wird noch gelesen und fehlt hier vielleicht",
      other: "# Einträge werden noch gelesen und fehlen hier vielleicht",
    }),
  more: (k) => n(k, { other: "Mehr als #: Tippe mehr, um einzugrenzen" }),
  searchFailed: (reason) => `Die Suche hat nicht geklappt: ${reason}`,

  newTask: "Neue Aufgabe",
  newHabit: "Neue Gewohnheit",
  newNote: "Neue Notiz",
  useTheme: (name) => `Aussehen: ${name}`,
  useLanguage: (name) => `Sprache: ${name}`,

  undone: (title) => `Rückgängig gemacht: ${title}`,
  redone: (title) => `Wiederholt: ${title}`,
  severalItems: (k) => n(k, { one: "# Eintrag", other: "# Einträge" }),
  leftAlone: "Was seitdem geändert wurde, bleibt, wie es ist.",
  allLeftAlone: "Das wurde seitdem geändert, darum bleibt alles, wie es ist.",

  shortcuts: "Tastenkürzel",
  or: "oder",
  then: "dann",
  everywhere: "Überall",
  keys: {
    palette: "Suche und Befehle",
    add: "Etwas Neues anlegen",
    find: "In dieser Ansicht suchen",
    undo: "Letzte Änderung rückgängig machen",
    redo: "Wiederholen",
    close: "Schließen oder ein Feld verlassen",
    help: "Diese Liste",
  },
  keyNames: {
    Ctrl: "Strg",
    Shift: "Umschalt",
    Alt: "Alt",
    Esc: "Esc",
    Enter: "Eingabe",
    Backspace: "Rück",
    Del: "Entf",
    Space: "Leertaste",
  },
};

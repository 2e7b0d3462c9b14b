import type { habits as words } from "../en/habits";
import { plurals } from "../plural";

const some = plurals("de");

export const habits: typeof words = {
  title: "Gewohnheiten",
  doneToday: (done, all) => `Heute ${done} von ${all} erledigt`,
  grid: "Deine Gewohnheiten, Tag für Tag",
  habit: "Gewohnheit",
  streak: "Serie",
  more: "Mehr",
  earlier: "Frühere Tage",
  later: "Spätere Tage",
  toToday: "Heute",
  add: "Gewohnheit hinzufügen",
  addButton: "Hinzufügen",
  none: "Kleines, Tag für Tag",
  noneHint:
    "Füge hinzu, was du regelmäßig tun willst, und hake es jeden Tag ab. Ein zweites Tippen überspringt den Tag.",
  archived: "Archiviert",
  bringBack: "Zurückholen",
  delete: "Löschen",
  deleted: (name) => `„${name}“ gelöscht`,
  archivedNow: (name) => `„${name}“ archiviert`,

  open: (name) => `Details zu ${name}`,
  moreAbout: (name) => `Mehr zu ${name}`,
  rename: "Umbenennen",
  details: "Details",
  moveUp: "Nach oben",
  moveDown: "Nach unten",
  archive: "Archivieren",
  moved: (name, place, all) => `${name} ist jetzt ${place} von ${all}`,

  cell: (name, day, state) => `${name}, ${day}: ${state}`,
  states: { complete: "erledigt", skipped: "übersprungen", not_done: "nicht erledigt", none: "offen" },
  counted: (done, of) => `${done} von ${of} erledigt`,
  countedToday: (done, of) => `Heute ${done} von ${of}`,
  marks: {
    done: "Erledigt",
    more: "Noch einmal",
    less: "Eins weniger",
    skip: "Tag überspringen",
    notDone: "Nicht erledigt",
    clear: "Wieder offen",
  },
  notYet: "noch nicht",
  before: "vor dem Beginn",

  panel: "Details der Gewohnheit",
  panelTitle: "Gewohnheit",
  close: "Details schließen",
  name: "Name",
  description: "Beschreibung",
  month: (name, month) => `${name} im ${month}`,
  monthBefore: "Monat davor",
  monthAfter: "Monat danach",
  inARow: {
    day: (n) => some(n, { one: "# Tag in Folge", other: "# Tage in Folge" }),
    week: (n) => some(n, { one: "# Woche in Folge", other: "# Wochen in Folge" }),
    period: (n) => some(n, { one: "# Mal in Folge", other: "# Mal in Folge" }),
  },
  now: "Jetzt",
  bestLabel: "Rekord",

  goal: "Ziel",
  goalHint: "So viele Tage von so vielen",
  goalDays: "Tage",
  goalOutOf: "von",
  goalTimes: "Mal an jedem Tag",
  progress: {
    week: (done, of) => `${done} von ${of} Tagen diese Woche`,
    day: (done) => (done ? "Heute erledigt" : "Heute noch nicht erledigt"),
    period: (done, of, left) => `${done} von ${of} Tagen, ${some(left, { one: "noch # Tag", other: "noch # Tage" })}`,
  },
  reached: "Erreicht",

  reminder: "Erinnerung",
  reminderTime: "Uhrzeit",
  reminderDays: "Tage",
  everyDay: "Jeden Tag",
  estimate: "Dauer in Minuten",

  keysHeading: "In der Tabelle der Gewohnheiten",
  keys: {
    move: "Von Tag zu Tag und von Gewohnheit zu Gewohnheit",
    cycle: "Erledigt, übersprungen, nicht erledigt, offen; wo gezählt wird, noch einmal",
    count: "Erledigt; wo gezählt wird, noch einmal",
    up: "Gewohnheit nach oben",
    down: "Gewohnheit nach unten",
  },
};

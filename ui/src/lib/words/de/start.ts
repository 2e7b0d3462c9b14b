import type { start as words } from "../en/start";

export const start: typeof words = {
  opening: "Dein Planer wird geöffnet…",
  keyRing: "Vielleicht fragt dein System nach seinem Schlüsselbund.",
  failed: "WHPH Sync konnte deinen Planer nicht öffnen",
  failedHint: "Solange das nicht geklärt ist, geht sonst nichts. Deine anderen Geräte behalten, was sie haben.",

  welcome: "Willkommen bei WHPH Sync",
  lead: "Deine Aufgaben, Gewohnheiten und Notizen bleiben auf deinen eigenen Geräten und gehen direkt vom einen zum anderen. Kein Konto, keine Cloud.",
  name: "Wie soll dieses Gerät heißen?",
  nameHint: "Deine anderen Geräte zeigen diesen Namen. Du kannst ihn später ändern.",
  came: "Das ist hereingekommen",
  enter: "Meinen Planer öffnen",
  how: "Womit möchtest du anfangen?",
  pair: "Mit einem Gerät koppeln",
  pairHint: "Herüberholen, was ein anderes Gerät von dir schon hat.",
  empty: "Leer anfangen",
  emptyHint: "Mit einem frischen Planer beginnen. Koppeln kannst du jederzeit.",
  lines: "Datei importieren",
  linesHint: "Ein Export dieser App, ein Eintrag je Zeile (.ndjson).",
  markdown: "Ordner mit Notizen importieren",
  markdownHint: "Aus jeder Markdown-Datei wird eine Notiz.",
  todoTxt: "todo.txt importieren",
  todoTxtHint: "Aus jeder Zeile wird eine Aufgabe, mit Datum, Priorität, Projekten und Kontexten.",
  whph: "Aus WHPH importieren",
  whphHint: "Seine Datenbank (whph.db), aus der neuesten Version. Die Datei bleibt, wie sie ist.",
};

import type { Change, Range } from "./caret";

/** A field of text, and what is selected in it. */
export type Field = Range & { text: string };

/** What a command makes of it: one change, and what is selected then. */
export type Edit = Change & { range: Range };

const ITEM = /^([ \t]*(?:>[ \t]?)*[ \t]*)([-*+]|\d{1,9}[.)])([ \t]+)(\[[ xX]\][ \t]+)?/;
const QUOTE = /^[ \t]*(?:>[ \t]?)+/;

/** Puts `mark` around what is selected, or takes it away. */
export function wrap({ text, start, end }: Field, mark: string): Edit {
  const chosen = text.slice(start, end);
  const n = mark.length;
  const inside = chosen.length >= 2 * n && chosen.startsWith(mark) && chosen.endsWith(mark);
  if (inside) return replace(start, end, chosen.slice(n, -n), 0, chosen.length - 2 * n);
  if (stands(text, start, end, mark)) return replace(start - n, end + n, chosen, 0, chosen.length);
  return replace(start, end, `${mark}${chosen}${mark}`, n, n + chosen.length);
}

/** Whether the mark is around it already; one star of two is none. */
function stands(text: string, start: number, end: number, mark: string): boolean {
  const n = mark.length;
  if (text.slice(start - n, start) !== mark || text.slice(end, end + n) !== mark || start < n) return false;
  const [before, after] = [
    /\**$/.exec(text.slice(0, start))?.[0].length ?? 0,
    /^\**/.exec(text.slice(end))?.[0].length ?? 0,
  ];
  return mark !== "*" || (before % 2 === 1 && after % 2 === 1);
}

/** Code: within a line by a mark, of several lines by fences. */
export function code(field: Field): Edit {
  const { text, start, end } = field;
  if (!text.slice(start, end).includes("\n")) return wrap(field, "`");
  const [from, to] = wholeLines(field);
  const lines = text.slice(from, to);
  return replace(from, to, `\`\`\`\n${lines}\n\`\`\``, 4, 4 + lines.length);
}

/** A link from what is selected: its words or its address. */
export function link({ text, start, end }: Field): Edit {
  const chosen = text.slice(start, end);
  if (/^(https?:\/\/|mailto:)\S+$/i.test(chosen)) return replace(start, end, `[](${chosen})`, 1, 1);
  const made = `[${chosen}](https://)`;
  return chosen ? replace(start, end, made, chosen.length + 3, made.length - 1) : replace(start, end, made, 1, 1);
}

/** A link to a note from what is selected. */
export function noteLink({ text, start, end }: Field): Edit {
  const chosen = text.slice(start, end).replace(/[[\]|\n]/g, " ");
  return replace(start, end, chosen ? `[[${chosen}]]` : "[[", chosen ? chosen.length + 4 : 2);
}

export type Lines = "heading" | "list" | "tasks" | "quote";

/** Makes the lines that are selected headings, items, tasks or quotes, or takes that back. */
export function prefix(field: Field, kind: Lines): Edit {
  const [from, to] = wholeLines(field);
  const lines = field.text.slice(from, to).split("\n");
  const meant = lines.length > 1 ? lines.filter((line) => line.trim()) : lines;
  const on = meant.every((line) => MARKS[kind].is.test(line));
  const changed = lines.map((line) => (meant.includes(line) ? marked(line, kind, on) : line)).join("\n");
  if (lines.length > 1) return replace(from, to, changed, 0, changed.length);
  // The caret stays where it was in the words of its line.
  const back = Math.max(0, changed.length - (to - field.end));
  const front = Math.max(0, changed.length - (to - field.start));
  return replace(from, to, changed, front, back);
}

const MARKS = {
  heading: { is: /^### /, mark: "" },
  list: { is: /^[ \t]*[-*+][ \t]+(?!\[[ xX]\])/, mark: "- " },
  tasks: { is: /^[ \t]*[-*+][ \t]+\[[ xX]\][ \t]+/, mark: "- [ ] " },
  quote: { is: /^[ \t]*>/, mark: "> " },
};

function marked(line: string, kind: Lines, on: boolean): string {
  if (kind === "heading") {
    const level = /^(#{1,6}) /.exec(line)?.[1]?.length ?? 0;
    return level >= 3 ? line.replace(/^#+ /, "") : `${"#".repeat(level + 1)} ${line.replace(/^#+ /, "")}`;
  }
  if (kind === "quote") return on ? line.replace(/^[ \t]*>[ \t]?/, "") : `> ${line}`;
  const indent = /^[ \t]*/.exec(line)?.[0] ?? "";
  const words = line.slice(indent.length).replace(/^(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?/, "");
  return on ? indent + words : indent + MARKS[kind].mark + words;
}

/** What Enter does in a list or a quote: the next item, or the end of the list. Null: what it always does. */
export function enter({ text, start, end }: Field): Edit | null {
  const from = lineStart(text, start);
  const line = text.slice(from, lineEnd(text, start));
  const item = ITEM.exec(line);
  const head = item?.[0] ?? QUOTE.exec(line)?.[0];
  if (!head || start - from < head.length) return null;
  if (!line.slice(head.length).trim() && start === end) return replace(from, from + line.length, "", 0);
  const next = `\n${item ? following(item) : head}`;
  return replace(start, end, next, next.length);
}

function following([, indent = "", mark = "", space = "", box]: RegExpExecArray): string {
  const next = /\d/.test(mark) ? `${Number.parseInt(mark, 10) + 1}${mark.slice(-1)}` : mark;
  return `${indent}${next}${space}${box ? "[ ] " : ""}`;
}

/** Moves items of a list in or out. Null: nothing that is selected is in a list. */
export function indent(field: Field, out: boolean): Edit | null {
  const { text, start, end } = field;
  const [from, to] = wholeLines(field);
  const lines = text.slice(from, to).split("\n");
  if (!lines.some((line) => ITEM.test(line))) return null;
  const changed = lines.map((line) => shifted(line, out));
  const first = (changed[0]?.length ?? 0) - (lines[0]?.length ?? 0);
  const whole = changed.join("\n");
  const grown = whole.length - (to - from);
  const at = Math.max(0, start - from + first);
  return replace(from, to, whole, at, Math.max(at, end - from + grown));
}

/** As far as the words of the item above begin. */
function shifted(line: string, out: boolean): string {
  const item = ITEM.exec(line);
  if (!line.trim()) return line;
  const width = item ? (item[2]?.length ?? 1) + 1 : 2;
  return out ? line.replace(new RegExp(`^(\t| {1,${width}})`), "") : " ".repeat(width) + line;
}

const BOX = /^((?:[ \t]*(?:>|[-*+]|\d{1,9}[.)]))+[ \t]+\[)([ xX])(\])/;

/** Ticks the box in a line, or clears it. Null: there is none. */
export function tick(text: string, line: number): Change | null {
  let at = 0;
  for (let i = 0; i < line; i++) {
    const next = text.indexOf("\n", at);
    if (next < 0) return null;
    at = next + 1;
  }
  const box = BOX.exec(text.slice(at, lineEnd(text, at)));
  if (!box) return null;
  return { at: at + (box[1]?.length ?? 0), removed: 1, added: box[2] === " " ? "x" : " " };
}

const lineStart = (text: string, at: number) => text.lastIndexOf("\n", at - 1) + 1;

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

function wholeLines({ text, start, end }: Field): [from: number, to: number] {
  // A selection that ends at the beginning of a line has nothing of it.
  const last = end > start && text[end - 1] === "\n" ? end - 1 : end;
  return [lineStart(text, start), lineEnd(text, last)];
}

/** `start` and `end` count from where the change begins. */
function replace(from: number, to: number, added: string, start: number, end = start): Edit {
  return { at: from, removed: to - from, added, range: { start: from + start, end: from + end } };
}

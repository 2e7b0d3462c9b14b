import type { Devices, Entity, JsonValue } from "$bindings";
import { items, number, text, titleOf } from "./fields";
import { toMoment } from "./time";

/** `[[Title]]`, and `[[Title|other words]]`. */
export const LINK = /\[\[([^[\]|\n]+)(?:\|([^[\]\n]+))?\]\]/g;

export const SORTS = ["changed", "title", "order"] as const;
export type Sort = (typeof SORTS)[number];

/** What two spellings of one title have in common. */
export const folded = (title: string) => title.trim().replace(/\s+/g, " ").toLocaleLowerCase();

/** What is asked of a note again and again: its title as it is compared, and the titles that it links to. */
type Known = { title: string; links: readonly string[] };
const known = new WeakMap<Entity, Known>();

/** A note that did not change is not read again. */
function read(note: Entity): Known {
  let found = known.get(note);
  if (!found) {
    const links = [...text(note, "content").matchAll(LINK)].map(([, title = ""]) => folded(title));
    found = { title: folded(titleOf(note)), links };
    known.set(note, found);
  }
  return found;
}

// Made once: comparing by `localeCompare` would make one each time.
const { compare } = new Intl.Collator(undefined, { numeric: true });

const ORDERS: Record<Sort, (a: Entity, b: Entity) => number> = {
  changed: (a, b) => b.modified - a.modified,
  title: (a, b) => compare(titleOf(a), titleOf(b)),
  order: (a, b) => (number(a, "order") ?? 0) - (number(b, "order") ?? 0),
};

/** The notes that have every word that is looked for in title, text or tags; `#word` looks at tags alone. */
export function findNotes(
  notes: Iterable<Entity>,
  search: string,
  sort: Sort = "changed",
  tagName: (id: string) => string | null = () => null,
): Entity[] {
  const wanted = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const found = wanted.length ? [...notes].filter((note) => wanted.every(has(note, tagName))) : [...notes];
  const order = ORDERS[sort];
  return found.sort((a, b) => order(a, b) || (a.id < b.id ? -1 : 1));
}

function has(note: Entity, tagName: (id: string) => string | null): (word: string) => boolean {
  const tags = items(note, "tags").map((id) => (tagName(id) ?? "").toLocaleLowerCase());
  const words = [titleOf(note), text(note, "content")].map((one) => one.toLocaleLowerCase());
  return (word) => {
    if (word.startsWith("#") && word.length > 1 && tags.some((tag) => tag.includes(word.slice(1)))) return true;
    return [...words, ...tags].some((one) => one.includes(word));
  };
}

/** The first words of a Markdown text, without its marks. */
export function excerpt(markdown: string): string {
  return markdown
    .slice(0, 400)
    .replace(/^\s*(#{1,6}|[-*+]|\d+\.|>)\s+(\[[ xX]\]\s+)?/gm, "")
    .replace(LINK, (_, title: string, words?: string) => words ?? title)
    .replace(/!?\[([^\]]*)\]\([^)\s]*\)/g, "$1")
    .replace(/[*_`]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** How many words a text has. */
export function wordCount(markdown: string): number {
  return markdown.match(/[\p{L}\p{N}]+(?:['’-][\p{L}\p{N}]+)*/gu)?.length ?? 0;
}

/** The notes that link to a title, by their own titles. */
export function backlinks(notes: Iterable<Entity>, title: string, own: string): Entity[] {
  const wanted = folded(title);
  const found = [...notes].filter((note) => note.id !== own && read(note).links.includes(wanted));
  return found.sort(ORDERS.title);
}

/** The text with its links to one title leading to another; the words that a link shows stay. */
export function relinked(markdown: string, from: string, to: string): string {
  const wanted = folded(from);
  return markdown.replace(LINK, (whole, title: string, words?: string) =>
    folded(title) === wanted ? `[[${to}${words === undefined ? "" : `|${words}`}]]` : whole,
  );
}

/** Whether a link can name this title at all. */
export const linkable = (title: string) => !/[[\]|\n]/.test(title);

/** The notes by their titles; of two with one title it is always the same. */
export function byTitle(notes: Iterable<Entity>): Map<string, string> {
  const ids = new Map<string, string>();
  for (const note of notes) {
    const { title } = read(note);
    const other = ids.get(title);
    if (other === undefined || note.id < other) ids.set(title, note.id);
  }
  return ids;
}

/** The link that is being typed at the caret: where its title begins, and what there is of it. */
export function openLink(text: string, caret: number): { from: number; typed: string } | null {
  const before = text.slice(Math.max(0, caret - 200), caret);
  const typed = /\[\[([^[\]|\n]*)$/.exec(before)?.[1];
  return typed === undefined ? null : { from: caret - typed.length, typed };
}

/** The title of the link that the caret is in. */
export function linkAt(text: string, caret: number): string | null {
  for (const { index, 0: whole, 1: title = "" } of text.matchAll(LINK))
    if (index <= caret && caret <= index + whole.length) return title;
  return null;
}

/** Titles to complete a link with: those that begin so, then those that have it within. */
export function suggested(notes: Iterable<Entity>, typed: string, own: string, most: number): Entity[] {
  const wanted = folded(typed);
  const [first, then]: [Entity[], Entity[]] = [[], []];
  for (const note of notes) {
    const { title } = read(note);
    if (note.id === own || !linkable(title)) continue;
    if (title.startsWith(wanted)) first.push(note);
    else if (title.includes(wanted)) then.push(note);
  }
  const order = wanted ? ORDERS.title : ORDERS.changed;
  return [...first.sort(order), ...then.sort(order)].slice(0, most);
}

/** What a device is called; null: it is not known, or not any more. */
export function deviceName(devices: Devices | null, id: string | null): string | null {
  if (devices?.this.id === id) return devices?.this.name ?? null;
  return devices?.peers.find((peer) => peer.id === id)?.name ?? null;
}

/** The fields of a new note, which comes before all others in the own order. */
export function newNote(title: string, notes: Iterable<Entity>, now: number): Record<string, JsonValue> {
  let first = 0;
  for (const note of notes) first = Math.min(first, number(note, "order") ?? 0);
  return { title, order: first - 1, created: toMoment(now) };
}

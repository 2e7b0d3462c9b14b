import type { Entity } from "$bindings";
import { text, titleOf } from "./fields";

/** The notes that have what is searched for in title or text, the last changed first. */
export function findNotes(notes: Iterable<Entity>, search: string): Entity[] {
  const wanted = search.trim().toLocaleLowerCase();
  return [...notes]
    .filter(
      (note) =>
        !wanted ||
        titleOf(note).toLocaleLowerCase().includes(wanted) ||
        text(note, "content").toLocaleLowerCase().includes(wanted),
    )
    .sort((a, b) => b.modified - a.modified);
}

/** The first words of a Markdown text, without its marks. */
export function excerpt(markdown: string): string {
  return markdown
    .slice(0, 400)
    .replace(/^\s*(#{1,6}|[-*+]|\d+\.|>)\s+/gm, "")
    .replace(/[*_`]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

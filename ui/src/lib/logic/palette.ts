import type { Entity } from "$bindings";

const plain = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/** Whether every word of what is typed begins a word of a name; marks over letters do not count. */
export function fits(query: string, name: string): boolean {
  const words = plain(name).split(/[^\p{L}\p{N}]+/u);
  return plain(query)
    .split(/\s+/)
    .filter(Boolean)
    .every((typed) => words.some((word) => word.startsWith(typed)));
}

/** What was changed last, the latest first. */
export function recent(entities: Iterable<Entity>, count: number): Entity[] {
  const last: Entity[] = [];
  for (const entity of entities) {
    const at = last.findIndex((one) => one.modified < entity.modified);
    if (at < 0 && last.length === count) continue;
    last.splice(at < 0 ? last.length : at, 0, entity);
    last.length = Math.min(last.length, count);
  }
  return last;
}

/** Something with a place in a list. */
type Placed = { id: string; order: number };

/** Where numbers are given out anew, many more fit in between. */
const ROOM = 2 ** -10;

/** A number between two neighbours (null: there is none on that side); null where two numbers leave no room. */
export function between(before: number | null, after: number | null): number | null {
  return spread(before, after, 1)?.[0] ?? null;
}

/** `count` rising numbers between two neighbours, each further than `room` from the next. */
function spread(before: number | null, after: number | null, count: number, room = 0): number[] | null {
  const numbers = Array.from({ length: count }, (_, i) => {
    if (before === null) return (after ?? count) - count + i;
    if (after === null) return before + 1 + i;
    return before + ((after - before) * (i + 1)) / (count + 1);
  });
  const bounds = [before ?? -Infinity, ...numbers, after ?? Infinity];
  return bounds.every((number, i) => i === 0 || number - (bounds[i - 1] ?? 0) > room) ? numbers : null;
}

/**
 * The orders that put `ids` before the item at `index` of a sorted list that does not hold them. Where its neighbours
 * leave no room, the smallest run around it is spaced anew.
 */
export function place(list: readonly Placed[], index: number, ids: readonly string[]): Map<string, number> {
  for (let size = 0; size <= list.length; size++) {
    for (let start = Math.max(0, index - size); start <= Math.min(index, list.length - size); start++) {
      const end = start + size;
      const numbers = spread(list[start - 1]?.order ?? null, list[end]?.order ?? null, size + ids.length, size && ROOM);
      if (!numbers) continue;
      const run = list.slice(start, end).map((one) => one.id);
      const all = [...run.slice(0, index - start), ...ids, ...run.slice(index - start)];
      return new Map(all.map((id, i) => [id, numbers[i] ?? 0]));
    }
  }
  return new Map();
}

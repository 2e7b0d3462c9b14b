/** A passage that was replaced: at `at`, `removed` letters went and `added` came. */
export type Change = { at: number; removed: number; added: string };

/** What is selected in a field; a caret is a selection of nothing. */
export type Range = { start: number; end: number };

/** Past this many differing pieces one big change has to do: comparing costs the square of it. */
const PIECES_MAX = 400;

/** Lines first, then the words of lines that differ, then the letters of words that differ. */
const PIECES = [/[^\n]*\n|[^\n]+/g, /[\p{L}\p{N}]+\s*|\s+|[^]/gu, /[^]/gu];

/** What turns `from` into `to`, in places of `from`, in order; the same for each caret that has to be moved along. */
export function changes(from: string, to: string): Change[] {
  return refine(from, to, 0, 0);
}

function refine(from: string, to: string, at: number, level: number): Change[] {
  if (from === to) return [];
  const pattern = PIECES[level];
  if (!from || !to) return [{ at, removed: from.length, added: to }];
  if (!pattern) return [single(from, to, at)];
  const [a, b] = [from.match(pattern) ?? [], to.match(pattern) ?? []];
  let [seen, offset] = [0, at];
  return stretches(a, b, PIECES_MAX).flatMap((one) => {
    offset += length(a.slice(seen, one.from));
    const removed = a.slice(one.from, one.to).join("");
    const found = refine(removed, b.slice(one.withFrom, one.withTo).join(""), offset, level + 1);
    seen = one.to;
    offset += removed.length;
    return found;
  });
}

/** All of it as one change, without what both begin and end with. */
export function single(from: string, to: string, at = 0): Change {
  const head = commonStart(from, to);
  const tail = commonEnd(from.slice(head), to.slice(head));
  return { at: at + head, removed: from.length - head - tail, added: to.slice(head, to.length - tail) };
}

const length = (pieces: string[]) => pieces.reduce((sum, piece) => sum + piece.length, 0);

/** How far two texts begin alike, without cutting through a letter that takes two places. */
function commonStart(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a.charCodeAt(n) === b.charCodeAt(n)) n += 1;
  return n > 0 && /[\ud800-\udbff]/.test(a.charAt(n - 1)) && !(n === a.length && n === b.length) ? n - 1 : n;
}

function commonEnd(a: string, b: string): number {
  let n = 0;
  const same = () => a.charCodeAt(a.length - 1 - n) === b.charCodeAt(b.length - 1 - n);
  while (n < a.length && n < b.length && same()) n += 1;
  return n > 0 && /[\udc00-\udfff]/.test(a.charAt(a.length - n)) ? n - 1 : n;
}

/** `a[from..to]` gave way to `b[withFrom..withTo]`. */
export type Stretch = { from: number; to: number; withFrom: number; withTo: number };

/** Where two rows of pieces differ (after Myers); one stretch for all of it where more than `most` steps would be needed. */
export function stretches(a: readonly string[], b: readonly string[], most: number): Stretch[] {
  const path = shortest(a, b, most);
  if (!path) return [{ from: 0, to: a.length, withFrom: 0, withTo: b.length }];
  const found: Stretch[] = [];
  for (const { x, y, added } of path) {
    const last = found.at(-1);
    const next = { from: x, to: added ? x : x + 1, withFrom: y, withTo: added ? y + 1 : y };
    if (last?.to === next.from && last.withTo === next.withFrom) [last.to, last.withTo] = [next.to, next.withTo];
    else found.push(next);
  }
  return found;
}

type Step = { x: number; y: number; added: boolean };

/** The fewest pieces to remove and add, in order. */
function shortest(a: readonly string[], b: readonly string[], most: number): Step[] | null {
  const limit = Math.min(a.length + b.length, most);
  const reach = new Int32Array(2 * limit + 3);
  const at = (k: number) => reach[k + limit + 1] ?? 0;
  const rounds: Int32Array[] = [];
  for (let d = 0; d <= limit; d++) {
    rounds.push(reach.slice());
    for (let k = -d; k <= d; k += 2) {
      let x = k === -d || (k !== d && at(k - 1) < at(k + 1)) ? at(k + 1) : at(k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      reach[k + limit + 1] = x;
      if (x >= a.length && x - k >= b.length) return trace(rounds, limit, a.length, b.length);
    }
  }
  return null;
}

function trace(rounds: Int32Array[], limit: number, x: number, y: number): Step[] {
  const steps: Step[] = [];
  for (let d = rounds.length - 1; d > 0; d--) {
    const at = (k: number) => rounds[d]?.[k + limit + 1] ?? 0;
    const k = x - y;
    const added = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const before = added ? k + 1 : k - 1;
    [x, y] = [at(before), at(before) - before];
    steps.push({ x, y, added });
  }
  return steps.reverse();
}

/** The text after the changes. */
export function applied(text: string, made: readonly Change[]): string {
  let [result, seen] = ["", 0];
  for (const { at, removed, added } of made) {
    result += text.slice(seen, at) + added;
    seen = at + removed;
  }
  return result + text.slice(seen);
}

/** What leads back, in places of the text after the changes. */
export function inverse(text: string, made: readonly Change[]): Change[] {
  let shift = 0;
  return made.map(({ at, removed, added }) => {
    const back = { at: at + shift, removed: added.length, added: text.slice(at, at + removed) };
    shift += added.length - removed;
    return back;
  });
}

/**
 * Where a place of the old text is in the new one. Between letters that stayed it stays; within a passage that was replaced
 * it keeps its distance from the beginning. What came in exactly there comes `after` it, or before it.
 */
export function moved(place: number, made: readonly Change[], side: "before" | "after" | "caret" = "caret"): number {
  let shift = 0;
  for (const { at, removed, added } of made) {
    if (place < at || (place === at && (removed > 0 || !pushes(added, side)))) break;
    if (place < at + removed) return at + shift + Math.min(place - at, added.length);
    shift += added.length - removed;
  }
  return place + shift;
}

/** Whole lines that came in before a caret push it on; whatever else came in at a caret follows it. */
function pushes(added: string, side: "before" | "after" | "caret"): boolean {
  return side === "caret" ? added.endsWith("\n") : side === "after";
}

/** Where a selection is after the changes: it holds what it held, and nothing that came in at its edges. */
export function movedRange({ start, end }: Range, made: readonly Change[]): Range {
  if (start === end) {
    const place = moved(start, made);
    return { start: place, end: place };
  }
  const first = moved(start, made, "after");
  return { start: first, end: Math.max(first, moved(end, made, "before")) };
}

/** Where what came in is now, near ones together, for the eye. */
export function arrivals(made: readonly Change[]): Range[] {
  const ranges: Range[] = [];
  let shift = 0;
  for (const { at, removed, added } of made) {
    const start = at + shift;
    const last = ranges.at(-1);
    if (last && start - last.end < 4) last.end = start + added.length;
    else ranges.push({ start, end: start + added.length });
    shift += added.length - removed;
  }
  return ranges.filter(({ start, end }) => end > start);
}

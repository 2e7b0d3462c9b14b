import { stretches } from "./caret";
import type { Stretch } from "./caret";

/** So many differing pieces are compared at most; the engine compares more. */
const PIECES_MAX = 800;

/**
 * Both edits of `base`, as the engine merges them; null where they overlap. Nothing is decided here that the engine would
 * decide otherwise: what cannot be merged goes to it as it was typed.
 */
export function merge(base: string, ours: string, theirs: string): string | null {
  if (ours === theirs || theirs === base) return ours;
  if (ours === base) return theirs;
  const [old, left, right] = [base, ours, theirs].map(pieces) as [string[], string[], string[]];
  const all = [...edits(old, left), ...edits(old, right)];
  const once = all.filter((one, i) => !all.slice(0, i).some((other) => same(one, other)));
  return combine(old, once);
}

type Edited = Pick<Stretch, "from" | "to"> & { text: string };

function edits(base: string[], edited: string[]): Edited[] {
  return stretches(base, edited, PIECES_MAX).map(({ from, to, withFrom, withTo }) => ({
    from,
    to,
    text: edited.slice(withFrom, withTo).join(""),
  }));
}

const same = (a: Edited, b: Edited) => a.from === b.from && a.to === b.to && a.text === b.text;

function combine(base: string[], all: Edited[]): string | null {
  let [merged, at] = ["", 0];
  let previous: Edited | null = null;
  for (const edit of all.sort((a, b) => a.from - b.from || a.to - b.to)) {
    const touching = edit.from === previous?.to;
    const neighbours = touching && previous!.from < previous!.to && edit.from < edit.to;
    if (previous && (edit.from < previous.to || (touching && !neighbours))) return null;
    merged += base.slice(at, edit.from).join("") + edit.text;
    at = edit.to;
    previous = edit;
  }
  return merged + base.slice(at).join("");
}

/** A text cut where people cut it: after sentences, and around line breaks. */
function pieces(text: string): string[] {
  return text.match(/\n|(?:(?![.!?。] )[^\n])*[.!?。] |[^\n]+/g) ?? [];
}

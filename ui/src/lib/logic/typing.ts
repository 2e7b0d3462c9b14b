import { single } from "./caret";
import type { Change } from "./caret";

/** A passage that somebody typed, and what was there before. */
type Step = { at: number; removed: string; added: string };

/** So long after the last letter the next one is another step. */
const PAUSE = 1_000;
const MOST = 500;

/**
 * What was typed here, step by step, to take back and to do again. What arrives from elsewhere is no step: the steps move
 * along with the text, and one whose passage was changed elsewhere is gone, with all before it.
 */
export class Undo {
  #done: Step[] = [];
  #undone: Step[] = [];
  #last = -Infinity;

  /** Somebody made `to` of `from`. Letters typed one after another are one step, word by word. */
  record(from: string, to: string, now: number): Change {
    const { at, removed, added } = single(from, to);
    const step = { at, removed: from.slice(at, at + removed), added };
    const before = this.#done.at(-1);
    if (!before || now - this.#last > PAUSE || this.#undone.length > 0 || !joined(before, step)) this.#done.push(step);
    if (this.#done.length > MOST) this.#done.shift();
    this.#undone = [];
    this.#last = now;
    return { at, removed, added };
  }

  /** What takes back the last step. */
  undo(): Change | null {
    const step = this.#done.pop();
    if (!step) return null;
    this.#undone.push(step);
    return { at: step.at, removed: step.added.length, added: step.removed };
  }

  /** What does again what was taken back last. */
  redo(): Change | null {
    const step = this.#undone.pop();
    if (!step) return null;
    this.#done.push(step);
    return { at: step.at, removed: step.removed.length, added: step.added };
  }

  /** The text was changed elsewhere. */
  arrived(made: readonly Change[]): void {
    // From the end, so that the places of those before still hold.
    for (const change of [...made].reverse()) {
      this.#done = carried(this.#done, change, "added", "removed");
      this.#undone = carried(this.#undone, change, "removed", "added");
    }
    this.#last = -Infinity;
  }
}

/** Makes one step of two, where a word goes on or a key is held. */
function joined(before: Step, next: Step): boolean {
  const typed = !next.removed && next.at === before.at + before.added.length;
  const erased = !next.added && !before.added && next.at + next.removed.length === before.at;
  if (typed && next.added.length === 1 && !/\s/.test(next.added + before.added.slice(-1))) before.added += next.added;
  else if (typed && next.added === " " && /\S$/.test(before.added)) before.added += next.added;
  else if (erased) [before.at, before.removed] = [next.at, next.removed + before.removed];
  else return false;
  return true;
}

/** The steps after a change of the text, the last of which is the next to be played. `now` is what each has in the text. */
function carried(steps: Step[], change: Change, now: "added" | "removed", then: "added" | "removed"): Step[] {
  const grown = change.added.length - change.removed;
  let { at } = change;
  const kept: Step[] = [];
  for (const step of steps.toReversed()) {
    const end = step.at + step[now].length;
    if (at + change.removed <= step.at) step.at += grown;
    else if (at >= end) at += step[then].length - step[now].length;
    else break;
    kept.push(step);
  }
  return kept.reverse();
}

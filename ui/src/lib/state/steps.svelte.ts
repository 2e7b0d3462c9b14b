import type { Edit, Entity } from "$bindings";
import { due, joined } from "../logic/undo";
import type { Back, Find, Step } from "../logic/undo";

/** How a save came about. */
type Way = "do" | "undo" | "redo";

/**
 * What became of taking a step back: how many of its changes could not be, because somebody else has changed them since;
 * `back`: the step that does it again.
 */
export type Turn = { step: Step; edits: number; alone: number; back: Step | null };

const MOST = 100;
/** What is typed in one go is one step. */
const PAUSE = 2_000;

/** One's own edits of this session, and the way back and forth. Each way is an ordinary save, whose inverse is the other way. */
export class Steps {
  done = $state.raw<readonly Step[]>([]);
  undone = $state.raw<readonly Step[]>([]);
  /** The step of the save that came last; null: that one has no way back. */
  fresh: Step | null = null;
  /** How the save that begins now comes about. */
  way: Way = "do";
  /** The step that the last turn made. */
  #turned: Step | null = null;
  #save: (edits: Edit[]) => Promise<unknown>;
  #find: Find;
  /** One after the other, however fast the keys are. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(save: (edits: Edit[]) => Promise<unknown>, find: Find) {
    this.#save = save;
    this.#find = find;
  }

  /** A save that came about that way can be taken back so. */
  record(way: Way, back: Back[], about: Entity[], at = Date.now()): void {
    if (way === "do") this.fresh = null;
    if (back.length === 0) return;
    const step: Step = { back, about, at };
    if (way === "undo") {
      this.#turned = step;
      this.undone = [...this.undone, step];
      return;
    }
    const last = this.done.at(-1);
    const typed = way === "do" && last && at - last.at < PAUSE ? joined(last.back, back) : null;
    this.fresh = typed ? { ...step, back: typed } : step;
    this.done = [...(typed ? this.done.slice(0, -1) : this.done), this.fresh].slice(-MOST);
    if (way === "do") this.undone = [];
    else this.#turned = step;
  }

  /** It can still be taken back or done again. */
  holds = (step: Step): boolean => this.done.includes(step) || this.undone.includes(step);

  /** Takes a step back: the last one, or the one that is named, if it was not taken back yet. */
  undo(step?: Step): Promise<Turn | null> {
    return this.#after(() => this.#turn("undo", step ?? this.done.at(-1)));
  }

  /** Does again what was taken back last, or the step that is named, if it can still be. */
  redo(step?: Step): Promise<Turn | null> {
    return this.#after(() => this.#turn("redo", step ?? this.undone.at(-1)));
  }

  #after<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => {});
    return turn;
  }

  async #turn(way: "undo" | "redo", step: Step | undefined): Promise<Turn | null> {
    const from = way === "undo" ? "done" : "undone";
    if (!step || !this[from].includes(step)) return null;
    const steps = this[from];
    this[from] = steps.filter((one) => one !== step);
    this.#turned = null;
    const { edits, alone } = due(step.back, this.#find);
    try {
      if (edits.length) await this.#as(way, edits);
    } catch (error) {
      // It can be tried again.
      this[from] = steps;
      throw error;
    }
    return { step, edits: edits.length, alone, back: this.#turned };
  }

  /** Whoever saves asks at once how that comes about, so that what others save meanwhile is their own. */
  #as(way: Way, edits: Edit[]): Promise<unknown> {
    this.way = way;
    try {
      return this.#save(edits);
    } finally {
      this.way = "do";
    }
  }
}

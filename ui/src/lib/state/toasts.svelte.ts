import { words } from "../backend/backend";
import type { Step } from "../logic/undo";
import { t } from "../words/index.svelte";

export type Toast = {
  id: number;
  text: string;
  tone: "plain" | "problem";
  action?: { label: string; run: () => Promise<unknown> };
  /** What its action takes back or does again; gone once that cannot be any more. */
  step?: Step;
};

/** How what was saved last is taken back; `holds`: a step can still be taken. */
type Way = { fresh: () => Step | null; undo: (step: Step) => Promise<unknown>; holds: (step: Step) => boolean };

const STAY = 7_000;

/** Short messages at the foot of the window. */
export class Toasts {
  #kept = $state.raw<Toast[]>([]);
  /** One whose step was taken by another way, or is lost by a later edit, offers nothing any more. */
  readonly all = $derived(this.#kept.filter(({ step }) => !step || this.#way.holds(step)));
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #way: Way;

  constructor(way: Way) {
    this.#way = way;
  }

  /** Answers its number, by which it can be closed. */
  show(text: string, action?: Toast["action"], step?: Step): number {
    return this.#add({ id: this.#next++, text, tone: "plain", ...(action && { action }), ...(step && { step }) });
  }

  /** "Deleted …" and the way back, which is the one that keys take, too. `otherwise`: where no step knows one. */
  undo(text: string, otherwise: () => Promise<unknown> = () => Promise.resolve()): void {
    const step = this.#way.fresh();
    const run = step ? () => this.#way.undo(step) : otherwise;
    this.show(text, { label: t().common.undo, run }, step ?? undefined);
  }

  problem(error: unknown, action?: Toast["action"]): void {
    this.#add({ id: this.#next++, text: words(error), tone: "problem", ...(action && { action }) });
  }

  async act(toast: Toast): Promise<void> {
    this.close(toast.id);
    try {
      await toast.action?.run();
    } catch (error) {
      this.problem(error);
    }
  }

  close(id: number): void {
    this.hold(id);
    this.#kept = this.#kept.filter((toast) => toast.id !== id);
  }

  /** While it is pointed at or focused it stays. */
  hold(id: number): void {
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
  }

  release(id: number): void {
    this.hold(id);
    this.#timers.set(
      id,
      setTimeout(() => this.close(id), STAY),
    );
  }

  #add(toast: Toast): number {
    for (const old of this.all.slice(0, -2)) this.close(old.id);
    this.#kept = [...this.#kept, toast];
    this.release(toast.id);
    return toast.id;
  }
}

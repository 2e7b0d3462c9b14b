import { words } from "../backend/backend";

export type Toast = {
  id: number;
  text: string;
  tone: "plain" | "problem";
  action?: { label: string; run: () => Promise<unknown> };
};

const STAY = 7_000;

/** Short messages at the foot of the window. */
export class Toasts {
  all = $state<Toast[]>([]);
  #next = 1;
  #timers = new Map<number, ReturnType<typeof setTimeout>>();

  show(text: string, action?: Toast["action"]): void {
    this.#add({ id: this.#next++, text, tone: "plain", ...(action && { action }) });
  }

  /** "Deleted …" and the way back. */
  undo(text: string, run: () => Promise<unknown>): void {
    this.show(text, { label: "Undo", run });
  }

  problem(error: unknown): void {
    this.#add({ id: this.#next++, text: words(error), tone: "problem" });
  }

  async act(toast: Toast): Promise<void> {
    this.close(toast.id);
    try {
      await toast.action?.run();
    } catch (error) {
      this.problem(error);
    }
  }

  /** Takes back what was done last, if that can be. Tells whether it could. */
  undoLast(): boolean {
    const last = this.all.findLast((toast) => toast.action);
    if (last) void this.act(last);
    return last !== undefined;
  }

  close(id: number): void {
    this.hold(id);
    this.all = this.all.filter((toast) => toast.id !== id);
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

  #add(toast: Toast): void {
    for (const old of this.all.slice(0, -2)) this.close(old.id);
    this.all.push(toast);
    this.release(toast.id);
  }
}

import type { Scanner } from "../../lib/backend/backend";
import { isPairingLink } from "../../lib/logic/links";

/** Whoever holds a phone before a code for that long is looking at the wrong thing, or there is no camera. */
export const LIMIT = 60_000;

export type Trouble = "refused" | "denied" | "late" | "foreign";

/** One look through the phone's own reader of codes. */
export class Scan {
  /** The page is see-through, and the camera's picture lies behind it. */
  running = $state(false);
  trouble = $state<Trouble | null>(null);
  #scanner: Scanner;
  #stop: AbortController | null = null;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  /** The link; null: nothing came of it, and `trouble` says why, if that was not the person's wish. Throws where it cannot work. */
  async look(): Promise<string | null> {
    this.trouble = null;
    const allowed = await this.#allowed();
    if (allowed !== "granted") {
      this.trouble = allowed === "denied" ? "denied" : "refused";
      return null;
    }
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort("late"), LIMIT);
    this.#stop = stop;
    this.running = true;
    try {
      const text = await this.#scanner.scan(stop.signal);
      if (isPairingLink(text)) return text.trim();
      this.trouble = "foreign";
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      if (stop.signal.reason === "late") this.trouble = "late";
    } finally {
      clearTimeout(timer);
      this.running = false;
    }
    return null;
  }

  cancel = (): void => this.#stop?.abort("cancelled");

  settings = (): Promise<void> => this.#scanner.openSettings();

  async #allowed() {
    const now = await this.#scanner.permission();
    return now === "ask" ? this.#scanner.ask() : now;
  }
}

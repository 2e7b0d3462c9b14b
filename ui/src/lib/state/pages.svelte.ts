import { words } from "../backend/backend";
import type { HistoryQuery } from "../backend/backend";

const SIZE = 50;
const PAUSE = 150;

/** Lines of the history, page after page: each page begins below the last number, so nothing shifts in between. */
export class Pages<Line extends { number: number }> {
  lines = $state.raw<Line[]>([]);
  more = $state(false);
  loaded = $state(false);
  error = $state("");
  #read: (query: HistoryQuery) => Promise<Line[]>;
  #search = "";
  #asked = 0;

  constructor(read: (query: HistoryQuery) => Promise<Line[]>) {
    this.#read = read;
  }

  /** Finds what is being typed, once there is a pause; the returned function forgets it. */
  look(search: string): () => void {
    const timer = setTimeout(() => void this.find(search), this.#asked === 0 ? 0 : PAUSE);
    return () => clearTimeout(timer);
  }

  find(search: string): Promise<void> {
    this.#search = search;
    return this.#load(null);
  }

  next(): Promise<void> {
    return this.#load(this.lines.at(-1)?.number ?? null);
  }

  /** Puts what was written down since on top; what is being read stays where it is. */
  async refresh(): Promise<void> {
    if (!this.loaded || this.lines.length === 0) return this.#load(null);
    const asked = this.#asked;
    try {
      const lines = await this.#read({ search: this.#search, before: null, limit: SIZE });
      if (asked !== this.#asked) return;
      // Another refresh may have been quicker.
      const newest = this.lines[0]?.number ?? 0;
      const fresh = lines.filter((line) => line.number > newest);
      // More than a page came: there may be a gap below it.
      if (fresh.length === SIZE) this.more = true;
      this.lines = fresh.length === SIZE ? lines : [...fresh, ...this.lines];
    } catch (error) {
      if (asked === this.#asked) this.error = words(error);
    }
  }

  async #load(before: number | null): Promise<void> {
    const asked = ++this.#asked;
    try {
      const lines = await this.#read({ search: this.#search, before, limit: SIZE });
      // Somebody who types fast has asked something else by now.
      if (asked !== this.#asked) return;
      this.lines = before === null ? lines : [...this.lines, ...lines];
      this.more = lines.length === SIZE;
      this.error = "";
    } catch (error) {
      if (asked === this.#asked) this.error = words(error);
    }
    this.loaded = true;
  }
}

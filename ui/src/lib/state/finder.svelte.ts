import type { Findings, Found } from "$bindings";
import { words } from "../backend/backend";
import type { Backend } from "../backend/backend";

const PAUSE = 60;
/** So many are looked at before somebody types more. */
export const LIMIT = 30;

/** Finds what is being typed. What was found stays until there is something newer, so that nothing flickers. */
export class Finder {
  found = $state.raw<Found[]>([]);
  more = $state(false);
  behind = $state(0);
  error = $state("");
  /** What this was found for. */
  searched = $state("");
  #search: Backend["search"];
  #asked = 0;

  constructor(search: Backend["search"]) {
    this.#search = search;
  }

  /** Looks once there is a pause; the returned function forgets it. */
  look(query: string): () => void {
    const wanted = query.trim();
    this.#asked += 1;
    if (!wanted) {
      this.#take("", { found: [], more: false, behind: 0 });
      return () => {};
    }
    const timer = setTimeout(() => void this.#ask(wanted), PAUSE);
    return () => clearTimeout(timer);
  }

  async #ask(wanted: string): Promise<void> {
    const turn = this.#asked;
    try {
      const findings = await this.#search(wanted, LIMIT);
      // Somebody who types fast has asked something else by now.
      if (turn === this.#asked) this.#take(wanted, findings);
    } catch (reason) {
      if (turn === this.#asked) this.#take(wanted, { found: [], more: false, behind: 0 }, words(reason));
    }
  }

  #take(searched: string, { found, more, behind }: Findings, error = ""): void {
    [this.searched, this.found, this.more, this.behind, this.error] = [searched, found, more, behind, error];
  }
}

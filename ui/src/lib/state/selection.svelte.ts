import { SvelteSet } from "svelte/reactivity";

/** What is chosen of a list, to do the same with all of it. */
export class Selection {
  readonly #ids = new SvelteSet<string>();
  /** Where a run that is extended begins. */
  #anchor: string | null = null;

  get active(): boolean {
    return this.#ids.size > 0;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  toggle(id: string): void {
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.#anchor = id;
  }

  /** Everything of the list from where it began, or from `from`, up to `to`. */
  extend(list: readonly string[], to: string, from = to): void {
    const anchor = this.#anchor !== null && list.includes(this.#anchor) ? this.#anchor : from;
    const [a, b] = [list.indexOf(anchor), list.indexOf(to)];
    this.#ids.clear();
    for (const id of list.slice(Math.min(a, b), Math.max(a, b) + 1)) this.#ids.add(id);
    this.#anchor = anchor;
  }

  all(list: readonly string[]): void {
    for (const id of list) this.#ids.add(id);
  }

  clear(): void {
    this.#ids.clear();
    this.#anchor = null;
  }

  /** What has left the list is not chosen any more. */
  keep(list: ReadonlySet<string>): void {
    for (const id of [...this.#ids]) if (!list.has(id)) this.#ids.delete(id);
  }
}

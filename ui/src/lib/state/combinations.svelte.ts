import { SvelteMap } from "svelte/reactivity";
import type { Sync } from "./sync.svelte";

type Field = { kind: string; id: string; field: string };

/** A text that a person made of the versions of a field of an item, and what that item was called. */
export type Combination = Field & { title: string; text: string };

const nameOf = ({ kind, id, field }: Field) => `${kind}:${id}:${field}`;

/** What was combined by hand in reviews and is not decided here. */
export class Combinations {
  #sync: Sync;
  readonly #all = new SvelteMap<string, Combination>();
  /** Those of questions that are not asked any more: another device has answered them. */
  readonly unused = $derived.by(() => {
    const asked = new Set(
      this.#sync.reviews?.flatMap(({ kind, id, fields }) => fields.map((field) => nameOf({ kind, id, field }))),
    );
    return [...this.#all].flatMap(([name, one]) => (asked.has(name) ? [] : [one]));
  });

  constructor(sync: Sync) {
    this.#sync = sync;
  }

  textOf(field: Field): string | undefined {
    return this.#all.get(nameOf(field))?.text;
  }

  keep(combination: Combination): void {
    this.#all.set(nameOf(combination), combination);
  }

  drop(field: Field): void {
    this.#all.delete(nameOf(field));
  }
}

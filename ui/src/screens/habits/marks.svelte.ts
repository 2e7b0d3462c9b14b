import type { Entity } from "$bindings";
import { dayEdits, momentOn, targetOf, ticks } from "../../lib/logic/habits";
import type { Days, Mark } from "../../lib/logic/habits";
import { toMoment } from "../../lib/logic/time";
import type { App } from "../../lib/state/app.svelte";

/** What became of each habit on each day, and how a person says it. */
export class Marks {
  #app: App;
  #last: Promise<unknown> = Promise.resolve();
  #all = $derived.by(() => ticks(this.#app.planner.records.values(), this.#app.planner.habits));

  constructor(app: App) {
    this.#app = app;
  }

  of(habit: Entity): Days | undefined {
    return this.#all.get(habit.id);
  }

  /** One after another: a second tap goes on from what the first one made of the day. */
  mark(habit: Entity, day: string, become: Mark): Promise<unknown> {
    this.#last = this.#last.then(() => this.#app.attempt(() => this.#put(habit, day, become)));
    return this.#last;
  }

  async #put(habit: Entity, day: string, become: Mark): Promise<void> {
    const { planner } = this.#app;
    const known = () => this.of(habit)?.get(day);
    // A new record brings all its moments; those that another device has just stored would be none of them.
    if (!known()) await planner.follow();
    const old = known();
    const now = Date.now();
    const said = become(old, targetOf(habit), momentOn(day, now, old?.done ?? []));
    if (old) {
      const edits = said ? dayEdits(old, said) : [{ type: "delete" as const, kind: "habit_record", id: old.id }];
      if (edits.length) await planner.save(...edits);
    } else if (said) {
      const { status, done } = said;
      // Also none: a day that was emptied before still has its own.
      const fields = { habit: habit.id, day, status, done_at: [...done], created: toMoment(now) };
      await planner.create("habit_record", fields);
    }
  }
}

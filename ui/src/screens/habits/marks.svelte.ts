import type { Entity } from "$bindings";
import { ticks } from "../../lib/logic/habits";
import type { Days, Status } from "../../lib/logic/habits";
import { toMoment } from "../../lib/logic/time";
import type { App } from "../../lib/state/app.svelte";

/** What a day becomes, from what it is when it is its turn; null: open again. */
export type Mark = (status: Status | undefined) => Status | null;

/** What became of each habit on each day, and how a person says it. */
export class Marks {
  #app: App;
  #last: Promise<unknown> = Promise.resolve();
  #all = $derived.by(() => ticks(this.#app.planner.records.values()));

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
    const old = this.of(habit)?.get(day);
    const status = become(old?.status);
    if (status === (old?.status ?? null)) return;
    if (!old) await planner.create("habit_record", { habit: habit.id, day, status, created: toMoment(Date.now()) });
    else if (status === null) await planner.save({ type: "delete", kind: "habit_record", id: old.id });
    else await planner.set({ kind: "habit_record", id: old.id }, { status });
  }
}

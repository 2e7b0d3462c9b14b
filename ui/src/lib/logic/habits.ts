import type { Entity } from "$bindings";
import { number, text, titleOf } from "./fields";
import { shift } from "./time";

export type Tick = "complete" | "skipped" | "not_done";

/** What became of each habit, day by day: habit → day → status. */
export type Ticks = Map<string, Map<string, { id: string; status: Tick }>>;

export function ticks(records: Iterable<Entity>): Ticks {
  const all: Ticks = new Map();
  for (const record of records) {
    const habit = text(record, "habit");
    const days = all.get(habit) ?? new Map<string, { id: string; status: Tick }>();
    days.set(text(record, "day"), { id: record.id, status: text(record, "status") as Tick });
    all.set(habit, days);
  }
  return all;
}

/** The last `count` days, the oldest first. */
export function lastDays(today: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => shift(today, i - count + 1));
}

/** How many days in a row it was done. Skipped days neither count nor break; today has until midnight. */
export function streak(days: ReadonlyMap<string, { status: Tick }> | undefined, today: string): number {
  let run = 0;
  let day = today;
  for (;;) {
    const status = days?.get(day)?.status;
    if (status === "complete") run += 1;
    else if (status !== "skipped" && day !== today) return run;
    day = shift(day, -1);
  }
}

/** A tap goes round: nothing → done → skipped → nothing. */
export function nextTick(status: Tick | undefined): Tick {
  if (status === "complete") return "skipped";
  return status === "skipped" ? "not_done" : "complete";
}

export function sortHabits(habits: Iterable<Entity>): Entity[] {
  return [...habits].sort(
    (a, b) => (number(a, "order") ?? 0) - (number(b, "order") ?? 0) || titleOf(a).localeCompare(titleOf(b)),
  );
}

import type { Entity, JsonValue } from "$bindings";
import { language, t } from "../words/index.svelte";
import { comingWeekday, nextWeek, shiftMonths, WEEKDAYS, weekdayName, weekdayOf } from "./calendar";
import type { Weekday } from "./calendar";
import { items, number, text } from "./fields";
import { date, shift, startOf } from "./time";

export const RECURRENCES = [
  "none",
  "daily",
  "days_of_week",
  "weekly",
  "monthly",
  "yearly",
  "hourly",
  "minutely",
] as const;
export type Recurrence = (typeof RECURRENCES)[number];

/** How a task comes back; `days` belong to `days_of_week` alone. */
export type Repeat = {
  recurrence: Exclude<Recurrence, "none">;
  interval: number;
  days: Weekday[];
  /** Its last day. */
  end: string | null;
  count: number | null;
};

export const every = (recurrence: Repeat["recurrence"], interval = 1, days: Weekday[] = []): Repeat => ({
  recurrence,
  interval,
  days,
  end: null,
  count: null,
});

/** How a task comes back; null: it does not. */
export function repeatOf(task: Pick<Entity, "fields">): Repeat | null {
  const named = RECURRENCES.find((one) => one === text(task, "recurrence")) ?? "none";
  if (named === "none") return null;
  const days = items(task, "recurrence_days");
  return {
    recurrence: named,
    interval: number(task, "recurrence_interval") ?? 1,
    days: WEEKDAYS.filter((day) => days.includes(day)),
    end: text(task, "recurrence_end") || null,
    count: number(task, "recurrence_count"),
  };
}

/** The fields that say so, all of them: what does not belong to it is cleared along with it. `start` is its first day. */
export function repeatFields(repeat: Repeat | null, start: string): Record<string, JsonValue> {
  const weekdays = repeat?.recurrence === "days_of_week";
  return {
    recurrence: repeat?.recurrence ?? null,
    recurrence_interval: repeat && repeat.interval > 1 ? repeat.interval : null,
    recurrence_days: weekdays ? repeat.days : [],
    recurrence_start: repeat ? start : null,
    // Another rule gives other days.
    recurrence_day: null,
    // Nothing ends before it begins.
    recurrence_end: repeat?.end && repeat.end < start ? start : (repeat?.end ?? null),
    recurrence_count: repeat?.count ?? null,
  };
}

/** "Every 2 weeks on Mon, Thu until 3 May". */
export function repeatSummary(repeat: Repeat, now: number): string {
  const say = t().tasks.repeats;
  let words = say.every[repeat.recurrence](repeat.interval);
  if (repeat.recurrence === "days_of_week" && repeat.days.length)
    words = say.on(words, repeat.days.map((day) => weekdayName(day, language())).join(", "));
  if (repeat.end) words = say.until(words, date(startOf(repeat.end), now));
  if (repeat.count) words = say.times(words, repeat.count);
  return words;
}

/** The first day of it that is not before `from`. */
export function firstDay(repeat: Repeat, from: string): string {
  if (repeat.recurrence !== "days_of_week" || !repeat.days.length) return from;
  const days = repeat.days.map((day) => comingWeekday(from, WEEKDAYS.indexOf(day)));
  return days.reduce((a, b) => (a < b ? a : b));
}

/** The day after `day` on which it comes back; null where days do not tell. */
export function nextDay({ recurrence, interval, days }: Repeat, day: string): string | null {
  switch (recurrence) {
    case "daily":
      return shift(day, interval);
    case "weekly":
      return shift(day, 7 * interval);
    case "monthly":
      return shiftMonths(day, interval);
    case "yearly":
      return shiftMonths(day, 12 * interval);
    case "days_of_week": {
      const later = WEEKDAYS.findIndex((name, i) => i > weekdayOf(day) && days.includes(name));
      if (later >= 0) return shift(day, later - weekdayOf(day));
      const first = WEEKDAYS.findIndex((name) => days.includes(name));
      return first < 0 ? null : shift(nextWeek(day), 7 * (interval - 1) + first);
    }
    default:
      return null;
  }
}

import type { Day, Goal } from "../../lib/logic/habits";
import { language, t } from "../../lib/words/index.svelte";

/** "Skipped", or "2 of 8 done" where it is counted. */
export function stateWords({ state, done }: Day, target: number): string {
  const { counted, states } = t().habits;
  if (state === "begun" || (state === "complete" && target > 1 && done.length >= target))
    return counted(done.length, target);
  return states[state];
}

/** "4 of 5 days this week". */
export function progressWords({ done, left }: { done: number; left: number }, { frequency, period }: Goal): string {
  const words = t().habits.progress;
  if (period === 7) return words.week(done, frequency);
  return period === 1 ? words.day(done) : words.period(done, frequency, left);
}

/** "March 2026". */
export function monthName(month: string): string {
  const format = new Intl.DateTimeFormat(language(), { month: "long", year: "numeric", timeZone: "UTC" });
  return format.format(Date.parse(`${month}-01T00:00:00Z`));
}

/** "Friday, March 20". */
export function longDay(day: string): string {
  const format = new Intl.DateTimeFormat(language(), {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone: "UTC",
  });
  return format.format(Date.parse(`${day}T00:00:00Z`));
}

import type { Goal } from "../../lib/logic/habits";
import { language, t } from "../../lib/words/index.svelte";

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

import { dayOf, shift } from "./time";

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

const parts = (day: string) => day.split("-").map(Number) as [year: number, month: number, date: number];

/** Which day of the week it is; 0: Monday. */
export function weekdayOf(day: string): number {
  const [year, month, date] = parts(day);
  return (new Date(year, month - 1, date, 12).getDay() + 6) % 7;
}

/** The day of the calendar with these numbers; null where there is none, such as 31 June. */
export function calendarDay(year: number, month: number, date: number): string | null {
  const at = new Date(year, month - 1, date, 12);
  return at.getMonth() === month - 1 && at.getDate() === date ? dayOf(at.getTime()) : null;
}

/** The first day with that date that is not before `from`; a leap day may be some years ahead. */
export function comingDate(from: string, month: number, date: number): string | null {
  const [year] = parts(from);
  for (let ahead = 0; ahead <= 8; ahead++) {
    const day = calendarDay(year + ahead, month, date);
    if (day !== null && day >= from) return day;
  }
  return null;
}

/** The first day with that number in its month that is not before `from`. */
export function comingNumber(from: string, date: number): string | null {
  const [year, month] = parts(from);
  for (let ahead = 0; ahead <= 2; ahead++) {
    const first = new Date(year, month - 1 + ahead, 1, 12);
    const day = calendarDay(first.getFullYear(), first.getMonth() + 1, date);
    if (day !== null && day >= from) return day;
  }
  return null;
}

/** That day of the week, within the seven days that begin with `from`. */
export function comingWeekday(from: string, weekday: number): string {
  return shift(from, (weekday - weekdayOf(from) + 7) % 7);
}

/** So many months later; where that month is too short, its last day. */
export function shiftMonths(day: string, by: number): string {
  const [year, month, date] = parts(day);
  const last = new Date(year, month + by, 0, 12);
  return dayOf(new Date(last.getFullYear(), last.getMonth(), Math.min(date, last.getDate()), 12).getTime());
}

/** The first day of the week after the one that `day` is in. */
export function nextWeek(day: string): string {
  return shift(day, 7 - weekdayOf(day));
}

/** The short name of a day of the week. */
export function weekdayName(weekday: Weekday, language: string, style: "short" | "long" = "short"): string {
  // The fifth of January 2026 is a Monday.
  return new Intl.DateTimeFormat(language, { weekday: style }).format(
    new Date(2026, 0, 5 + WEEKDAYS.indexOf(weekday), 12),
  );
}

/** Whether "3/5" is the third of May for somebody who prefers these languages; null: nobody can tell. */
export function dayFirst(language: string, preferred: readonly string[]): boolean | null {
  const tag = preferred.find((one) => one.toLowerCase().split("-")[0] === language);
  // English alone is written both ways.
  if (language === "en" && !tag?.includes("-")) return null;
  const written = new Intl.DateTimeFormat(tag ?? language).formatToParts(0).map((part) => part.type);
  return written.indexOf("day") < written.indexOf("month");
}

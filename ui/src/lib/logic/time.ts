import { t } from "../words/index.svelte";
import { spokenBy, tenths } from "../words/intl";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const dates = (options: Intl.DateTimeFormatOptions) => spokenBy((tag) => new Intl.DateTimeFormat(tag, options));
const relative = spokenBy((tag) => new Intl.RelativeTimeFormat(tag, { numeric: "auto", style: "short" }));
const clock = dates({ timeStyle: "short" });
const full = dates({ dateStyle: "full", timeStyle: "medium" });
const short = dates({ day: "numeric", month: "short" });
const shortYear = dates({ day: "numeric", month: "short", year: "numeric" });
const weekday = dates({ weekday: "long" });

/** "3 min ago"; from a week on, the date. */
export function ago(at: number, now: number): string {
  const past = now - at;
  const size = Math.abs(past);
  if (size < 45_000) return t().time.justNow;
  if (size < HOUR) return relative().format(-Math.round(past / MINUTE), "minute");
  if (size < DAY) return relative().format(-Math.round(past / HOUR), "hour");
  if (size < 7 * DAY) return relative().format(-Math.round(past / DAY), "day");
  return date(at, now);
}

/** The whole of a moment, for a title. */
export function absolute(at: number): string {
  return full().format(at);
}

export function time(at: number): string {
  return clock().format(at);
}

/** A day in few words, with the year only where it is another. */
export function date(at: number, now: number): string {
  return new Date(at).getFullYear() === new Date(now).getFullYear() ? short().format(at) : shortYear().format(at);
}

/** `YYYY-MM-DD` where the person is. */
export function dayOf(at: number): string {
  const day = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** The moment a day begins where the person is. */
export function startOf(day: string): number {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date).getTime();
}

/** The day `by` days after `day`, over months and changes of the clock. */
export function shift(day: string, by: number): string {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  return dayOf(new Date(year, month - 1, date + by, 12).getTime());
}

/** The name of a day as a heading. */
export function dayName(day: string, today: string): string {
  if (day === today) return t().time.today;
  if (day === shift(today, 1)) return t().time.tomorrow;
  if (day === shift(today, -1)) return t().time.yesterday;
  const at = startOf(day);
  const ahead = at - startOf(today);
  const named = date(at, startOf(today));
  return ahead > 0 && ahead < 7 * DAY ? `${weekday().format(at)}, ${named}` : named;
}

const DAY_ALONE = /^\d{4}-\d\d-\d\d$/;

/** Whether a text is a day without a time: the same day wherever the person is. */
export function isDay(when: string): boolean {
  return DAY_ALONE.test(when);
}

/** When a stored moment is, or where the person is a stored day begins; not a number for any other text. */
export function momentOf(when: string): number {
  if (!isDay(when)) return Date.parse(when);
  const at = startOf(when);
  // "2026-02-30" has the shape of a day, and is none.
  return dayOf(at) === when ? at : Number.NaN;
}

/** A stored day or moment as a short label. */
export function momentLabel(when: string, now: number): string {
  const at = momentOf(when);
  if (Number.isNaN(at)) return when;
  const day = dayName(dayOf(at), dayOf(now));
  return isDay(when) ? day : `${day}, ${time(at)}`;
}

/** The same where the day is known already: the time, if there is one. */
export function timeLabel(when: string, day: string, now: number): string {
  const at = momentOf(when);
  if (Number.isNaN(at) || dayOf(at) !== day) return momentLabel(when, now);
  return isDay(when) ? "" : time(at);
}

/** A stored day or moment as the values of a date and a time field. */
export function toParts(when: string | null): { day: string; time: string } {
  const at = when === null ? Number.NaN : momentOf(when);
  if (when === null || Number.isNaN(at)) return { day: "", time: "" };
  const parts = new Date(at);
  const two = (n: number) => String(n).padStart(2, "0");
  return { day: dayOf(at), time: isDay(when) ? "" : `${two(parts.getHours())}:${two(parts.getMinutes())}` };
}

/** And back. */
export function fromParts(day: string, time: string): string | null {
  if (!day || !time) return day || null;
  const at = new Date(startOf(day));
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  at.setHours(hours, minutes);
  return toMoment(at.getTime());
}

export function toMoment(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, "Z");
}

/** "0.2 s", "1 min 5 s". */
export function duration(ms: number): string {
  if (ms < 10_000) return `${tenths().format(ms / 1000)} s`;
  if (ms < MINUTE) return `${Math.round(ms / 1000)} s`;
  return `${Math.floor(ms / MINUTE)} min ${Math.round((ms % MINUTE) / 1000)} s`;
}

/** "45 min", "1 h 30 min". */
export function minutes(count: number): string {
  const hours = Math.floor(count / 60);
  const rest = count % 60;
  if (!hours) return `${rest} min`;
  return rest ? `${hours} h ${rest} min` : `${hours} h`;
}

/** "2:05" for a countdown. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

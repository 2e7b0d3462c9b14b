import type { Edit, Entity } from "$bindings";
import { WEEKDAYS } from "./calendar";
import type { Weekday } from "./calendar";
import { items, moment, number, text, titleOf } from "./fields";
import { dayOf, shift } from "./time";

/** What is said of a day. */
export type Status = "complete" | "skipped" | "not_done";

/** What is stored of a day: what was said of it, and, of a habit that is counted, when it was done. */
export type Said = { status: Status; done: readonly string[] };

/** How a day stands; `begun`: it was done, but not yet as often as it should be. */
export type State = Status | "begun";

export type Day = Said & { id: string; state: State };

/** What became of a habit, day by day. */
export type Days = ReadonlyMap<string, Day>;

/** How often a habit is to be done on a day; what its goal says rests while that is off. */
export function targetOf(habit: Pick<Entity, "fields">): number {
  return (habit.fields.goal === true && number(habit, "goal_daily_target")) || 1;
}

/** How a day stands. Where it was counted, the moments alone say how far it is, whichever device they come from. */
export function stateOf({ status, done }: Said, target: number): State {
  if (done.length >= target) return "complete";
  return done.length > 0 && status !== "skipped" ? "begun" : status;
}

/** The days of each habit. */
export function ticks(records: Iterable<Entity>, habits: ReadonlyMap<string, Entity>): Map<string, Days> {
  const all = new Map<string, Map<string, Day>>();
  for (const record of records) {
    const habit = habits.get(text(record, "habit"));
    if (!habit) continue;
    const days = all.get(habit.id) ?? new Map<string, Day>();
    const said = { status: text(record, "status") as Status, done: items(record, "done_at") };
    days.set(text(record, "day"), { ...said, id: record.id, state: stateOf(said, targetOf(habit)) });
    all.set(habit.id, days);
  }
  return all;
}

/** What somebody makes of a day `at` a moment, from what is stored of it; null: it is open again. */
export type Mark = (day: Said | undefined, target: number, at: string) => Said | null;

/** To say so takes the place of what was counted. */
export const say =
  (status: Status): Mark =>
  () => ({ status, done: [] });

export const clear: Mark = () => null;

/** Whoever counts says that it was done that day, however often: two devices that count without each other then say the same. */
const counted = (done: readonly string[]): Said => ({ status: "complete", done });

/** Counts on; a habit that is not counted is done. */
export const more: Mark = (day, target, at) => counted([...(day?.done ?? []), ...(target > 1 ? [at] : [])]);

/** A tap counts on, also past the target; of a habit that is not counted it goes round: nothing → done → skipped → not done → nothing. */
export const tap: Mark = (day, target, at) => {
  if (target > 1) return more(day, target, at);
  const next = nextStatus(day && stateOf(day, target));
  return next && { status: next, done: [] };
};

/** Takes back the last time that it was done; of a habit that is not counted, all that was said. */
export const less: Mark = (day, target) => {
  const done = [...(day?.done ?? [])].sort((a, b) => Date.parse(a) - Date.parse(b)).slice(0, -1);
  return target === 1 || done.length === 0 ? null : counted(done);
};

function nextStatus(state: State | undefined): Status | null {
  if (!state) return "complete";
  if (state === "complete") return "skipped";
  return state === "skipped" ? "not_done" : null;
}

/**
 * A moment on a day, at the time of day that it is now: two devices that count an earlier day without each other hardly find
 * the same one, which would be counted once. None of `taken`.
 */
export function momentOn(day: string, now: number, taken: readonly string[]): string {
  const [year = 1970, month = 1, date = 1] = day.split("-").map(Number);
  const at = new Date(now);
  at.setFullYear(year, month - 1, date);
  while (taken.includes(at.toISOString())) at.setMilliseconds(at.getMilliseconds() + 1);
  return at.toISOString();
}

/** What makes of a stored day what it is to be. Each moment is an edit of its own, so that what two devices count comes together. */
export function dayEdits(day: Day, { status, done }: Said): Edit[] {
  const record = { kind: "habit_record", id: day.id };
  const moment = (type: "add" | "remove", item: string): Edit => ({ type, ...record, field: "done_at", item });
  return [
    ...(status === day.status ? [] : [{ type: "set" as const, ...record, fields: { status } }]),
    ...done.filter((item) => !day.done.includes(item)).map((item) => moment("add", item)),
    ...day.done.filter((item) => !done.includes(item)).map((item) => moment("remove", item)),
  ];
}

/** The last `count` days, the oldest first. */
export function lastDays(today: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => shift(today, i - count + 1));
}

/** The day a habit began: when it was made, or before, if it was ticked before; null: nobody knows. */
export function firstDay(habit: Entity, days: Days | undefined): string | null {
  const made = moment(habit, "created");
  if (made === null) return null;
  let first = dayOf(made);
  for (const day of days?.keys() ?? []) if (day < first) first = day;
  return first;
}

/** Whether there is anything to say of a day: the habit was there, and the day has come. */
export function tickable(day: string, first: string | null, today: string): boolean {
  return day <= today && (first === null || day >= first);
}

const DAY = 86_400_000;
/** Days as numbers, without clocks that are put forward and back. */
const numbered = (day: string) => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY);
const named = (day: number) => new Date(day * DAY).toISOString().slice(0, 10);

/** The day of the week that a week begins with: 1 is Monday, 7 is Sunday. */
export function weekStart(locale: string): number {
  const { getWeekInfo, weekInfo, language, region } = new Intl.Locale(locale).maximize() as Intl.Locale & {
    getWeekInfo?: () => { firstDay: number };
    weekInfo?: { firstDay: number };
  };
  const told = getWeekInfo?.call(new Intl.Locale(locale)) ?? weekInfo;
  if (told) return told.firstDay;
  return language === "en" && ["US", "CA"].includes(region ?? "") ? 7 : 1;
}

/** The days of the week in the order in which a week has them. */
export function weekdays(start: number): Weekday[] {
  return [...WEEKDAYS.slice(start - 1), ...WEEKDAYS.slice(0, start - 1)];
}

/** How many days of its week have passed before a day. */
function sinceWeekStart(day: number, start: number): number {
  // The first day of all was a Thursday.
  return (((day + 3 - (start - 1)) % 7) + 7) % 7;
}

/** The weeks of a month (`YYYY-MM`); days of other months are not there. */
export function monthWeeks(month: string, start: number): (string | null)[][] {
  const first = numbered(`${month}-01`);
  const [year = 1970, number = 1] = month.split("-").map(Number);
  const length = new Date(Date.UTC(year, number, 0)).getUTCDate();
  const before = sinceWeekStart(first, start);
  const weeks = Math.ceil((before + length) / 7);
  return Array.from({ length: weeks }, (_, week) =>
    Array.from({ length: 7 }, (_, i) => {
      const at = week * 7 + i - before;
      return at >= 0 && at < length ? named(first + at) : null;
    }),
  );
}

/** The month `by` months after `month`. */
export function shiftMonth(month: string, by: number): string {
  const [year = 1970, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** So many days out of so many. */
export type Goal = { frequency: number; period: number };

export function goalOf(habit: Entity): Goal | null {
  if (habit.fields.goal !== true) return null;
  return { frequency: number(habit, "goal_frequency") ?? 1, period: number(habit, "goal_period_days") ?? 1 };
}

/** Where a habit's periods begin: weeks with the week, all others with its first day. */
export type Calendar = { today: string; first: string | null; weekStart: number };

/** The period that a day is in: its first day. */
function periodOf(day: number, { period }: Goal, { first, today, weekStart }: Calendar): number {
  if (period === 7) return day - sinceWeekStart(day, weekStart);
  const anchor = numbered(first ?? today);
  return anchor + Math.floor((day - anchor) / period) * period;
}

/** How far a goal is reached in the period that today is in, and how many days of it are left to tick. */
export function progress(days: Days | undefined, goal: Goal, calendar: Calendar): { done: number; left: number } {
  const today = numbered(calendar.today);
  const from = periodOf(today, goal, calendar);
  let done = 0;
  for (let day = from; day <= today; day++) if (days?.get(named(day))?.state === "complete") done += 1;
  const { state = "begun" } = days?.get(calendar.today) ?? {};
  const open = state === "begun" ? 1 : 0;
  return { done, left: from + goal.period - 1 - today + open };
}

export type Streak = { current: number; best: number; unit: "day" | "week" | "period" };

/**
 * How many days in a row it was done, or, with a goal that leaves days free, in how many weeks or periods in a row that was
 * reached. Skipped days neither count nor break; one that was only begun is as if it were open; today, and the period it is
 * in, have until their end.
 */
export function streak(days: Days | undefined, goal: Goal | null, calendar: Calendar): Streak {
  const today = numbered(calendar.today);
  const known = [...(days ?? [])]
    .flatMap(([day, { state }]): [number, Status][] => (state === "begun" ? [] : [[numbered(day), state]]))
    .filter(([day]) => day <= today)
    .sort(([a], [b]) => a - b);
  if (!goal || goal.frequency >= goal.period) return { ...daily(known, today), unit: "day" };
  return { ...periodic(known, today, goal, calendar), unit: goal.period === 7 ? "week" : "period" };
}

function daily(known: [number, Status][], today: number): { current: number; best: number } {
  let [current, best, last] = [0, 0, -Infinity];
  for (const [day, status] of known) {
    if (day > last + 1 || status === "not_done") current = 0;
    if (status === "complete") current += 1;
    best = Math.max(best, current);
    last = day;
  }
  return { current: today > last + 1 ? 0 : current, best };
}

function periodic(known: [number, Status][], today: number, goal: Goal, calendar: Calendar) {
  const periods = new Map<number, { done: number; skipped: number }>();
  for (const [day, status] of known) {
    const from = periodOf(day, goal, calendar);
    const counts = periods.get(from) ?? { done: 0, skipped: 0 };
    if (status === "complete") counts.done += 1;
    if (status === "skipped") counts.skipped += 1;
    periods.set(from, counts);
  }
  const now = periodOf(today, goal, calendar);
  let [current, best] = [0, 0];
  for (let from = Math.min(now, ...periods.keys()); from <= now; from += goal.period) {
    const { done = 0, skipped = 0 } = periods.get(from) ?? {};
    if (done >= goal.frequency) current += 1;
    // A holiday that leaves too few days is no failure.
    else if (from < now && done + skipped < goal.frequency) current = 0;
    best = Math.max(best, current);
  }
  return { current, best };
}

export function sortHabits(habits: Iterable<Entity>): Entity[] {
  return [...habits].sort(
    (a, b) => (number(a, "order") ?? 0) - (number(b, "order") ?? 0) || titleOf(a).localeCompare(titleOf(b)),
  );
}

/** A place between two in an order; null: there is nothing on that side. */
export function between(before: number | null, after: number | null): number {
  if (before === null) return after === null ? 0 : after - 1;
  return after === null ? before + 1 : before + (after - before) / 2;
}

/** What puts an item at a place of its list: one edit, or one for each where there is no room between two. */
export function placed(list: Entity[], item: Entity, place: number): Edit[] {
  const rest = list.filter((one) => one.id !== item.id);
  if (place < 0 || place > rest.length || list[place]?.id === item.id) return [];
  const orderOf = (entity: Entity | undefined) => (entity ? (number(entity, "order") ?? 0) : null);
  const [before, after] = [orderOf(rest[place - 1]), orderOf(rest[place])];
  const order = between(before, after);
  const put = ({ kind, id }: Entity, order: number): Edit => ({ type: "set", kind, id, fields: { order } });
  if ((before === null || before < order) && (after === null || order < after)) return [put(item, order)];
  return rest.toSpliced(place, 0, item).map((one, i) => put(one, i + 1));
}

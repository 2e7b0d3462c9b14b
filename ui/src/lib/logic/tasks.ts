import type { Entity, JsonValue } from "$bindings";
import { moment, number, text, titleOf } from "./fields";
import { dayName, dayOf, shift, startOf, toMoment } from "./time";

export const VIEWS = ["today", "upcoming", "all", "done"] as const;
export type View = (typeof VIEWS)[number];

/** `day`: the day that all of its tasks share. */
export type Section = { name: string; day?: string; tone?: "late"; tasks: Entity[] };

export function isDone(task: Entity): boolean {
  const status = text(task, "status");
  return status === "done" || status === "cancelled";
}

/** The day that brings a task up: the earlier of its planned time and its deadline. */
export function dueDay(task: Entity): string | null {
  const days = [moment(task, "planned"), moment(task, "deadline")].filter((at) => at !== null);
  return days.length ? dayOf(Math.min(...days)) : null;
}

export function isLate(task: Entity, now: number): boolean {
  const deadline = moment(task, "deadline");
  return deadline !== null && !isDone(task) && dayOf(deadline) < dayOf(now);
}

const byOrder = (a: Entity, b: Entity) =>
  (number(a, "order") ?? 0) - (number(b, "order") ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** The tasks of one view in their sections. `stay` holds tasks that were ticked just now and linger a moment. */
export function sections(
  tasks: Iterable<Entity>,
  view: View,
  search: string,
  now: number,
  stay: ReadonlySet<string> = new Set(),
): Section[] {
  const today = dayOf(now);
  const wanted = search.trim().toLocaleLowerCase();
  const found = [...tasks].filter(
    (task) =>
      !wanted ||
      titleOf(task).toLocaleLowerCase().includes(wanted) ||
      text(task, "description").toLocaleLowerCase().includes(wanted),
  );
  if (view === "done") return done(found.filter(isDone), today);

  const open = found.filter((task) => !isDone(task) || stay.has(task.id)).sort(byOrder);
  if (view === "all") return named([{ name: "Open", tasks: open }]);

  const days = new Map<string, Entity[]>();
  for (const task of open) {
    const day = dueDay(task);
    if (day === null || day > today !== (view === "upcoming")) continue;
    // What was meant for an earlier day comes up in one heap.
    const key = day < today ? "" : day;
    const some = days.get(key);
    if (some) some.push(task);
    else days.set(key, [task]);
  }
  const sorted = [...days].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([day, tasks]) =>
    day ? { name: dayName(day, today), day, tasks } : { name: "Earlier", tone: "late", tasks },
  );
}

function done(tasks: Entity[], today: string): Section[] {
  const at = (task: Entity) => moment(task, "completed_at") ?? task.modified;
  const days = new Map<string, Entity[]>();
  for (const task of tasks.sort((a, b) => at(b) - at(a))) {
    const day = dayName(dayOf(at(task)), today);
    const some = days.get(day);
    if (some) some.push(task);
    else days.set(day, [task]);
  }
  return [...days].map(([name, tasks]) => ({ name, tasks }));
}

function named(all: Section[]): Section[] {
  return all.filter((section) => section.tasks.length > 0);
}

/** The fields of a new task; in "Today" and "Upcoming" it is planned, so that it appears where it was typed. */
export function newTask(title: string, view: View, first: number, now: number): Record<string, JsonValue> {
  const fields: Record<string, JsonValue> = { title, status: "todo", order: first - 1, created: toMoment(now) };
  if (view === "today") fields.planned = toMoment(startOf(dayOf(now)));
  if (view === "upcoming") fields.planned = toMoment(startOf(shift(dayOf(now), 1)));
  return fields;
}

/** `done` goes with `completed_at`. */
export function ticked(done: boolean, now: number): Record<string, JsonValue> {
  return done ? { status: "done", completed_at: toMoment(now) } : { status: "todo", completed_at: null };
}

export function firstOrder(tasks: Iterable<Entity>): number {
  let first = 0;
  for (const task of tasks) first = Math.min(first, number(task, "order") ?? 0);
  return first;
}

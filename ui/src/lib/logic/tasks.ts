import type { Entity, JsonValue } from "$bindings";
import { t } from "../words/index.svelte";
import { items, moment, number, text, titleOf } from "./fields";
import { PRIORITY_ORDER } from "./reads";
import type { Understood } from "./quick";
import { repeatFields } from "./recurrence";
import { isDone } from "./status";
import { dayName, dayOf, momentOf, shift, toMoment } from "./time";
import { branches } from "./tree";
import type { Branch, Forest } from "./tree";

export const VIEWS = ["today", "upcoming", "all", "matrix", "done"] as const;
export type View = (typeof VIEWS)[number];

/** `day`: the day that all of its tasks share; `priority`: the same of their priority, "none" included. */
export type Section = { key: string; name: string; day?: string; priority?: string; late?: boolean; tasks: Branch[] };

export type Filter = {
  search: string;
  /** A task has all of these. */
  tags: readonly string[];
  /** And one of these, if there are any. */
  priorities: readonly string[];
  here: boolean;
};

export const NO_FILTER: Filter = { search: "", tags: [], priorities: [], here: false };

/** Everything that a view is made of. `stay` holds tasks that were ticked just now and linger a moment. */
export type Asked = {
  tasks: ReadonlyMap<string, Entity>;
  tags: ReadonlyMap<string, Entity>;
  forest: Forest;
  view: View;
  filter: Filter;
  now: number;
  stay?: ReadonlySet<string>;
};

/** The day that brings a task up: the earlier of its planned time and its deadline. */
export function dueDay(task: Entity): string | null {
  const days = [moment(task, "planned"), moment(task, "deadline")].filter((at) => at !== null);
  return days.length ? dayOf(Math.min(...days)) : null;
}

export function isLate(task: Entity, now: number): boolean {
  const deadline = moment(task, "deadline");
  return deadline !== null && !isDone(task) && dayOf(deadline) < dayOf(now);
}

export const orderOf = (task: Entity) => number(task, "order") ?? 0;

export const byOrder = (a: Entity, b: Entity) => orderOf(a) - orderOf(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/** Whether a task is what is looked for. */
export function fits(filter: Filter, tags: ReadonlyMap<string, Entity>): (task: Entity) => boolean {
  const wanted = filter.search.trim().toLocaleLowerCase();
  const has = (words: string) => words.toLocaleLowerCase().includes(wanted);
  const named = new Set(wanted ? [...tags.values()].filter((tag) => has(titleOf(tag))).map((tag) => tag.id) : []);
  return (task) => {
    if (filter.here && !task.here) return false;
    if (filter.priorities.length && !filter.priorities.includes(text(task, "priority"))) return false;
    const mine = filter.tags.length || named.size ? items(task, "tags") : [];
    if (!filter.tags.every((tag) => mine.includes(tag))) return false;
    return !wanted || has(titleOf(task)) || has(text(task, "description")) || mine.some((tag) => named.has(tag));
  };
}

/** The tasks of one view in their sections. */
export function sections(asked: Asked): Section[] {
  const { view, now, forest, stay } = asked;
  const today = dayOf(now);
  const found = [...asked.tasks.values()].filter(fits(asked.filter, asked.tags));
  if (view === "done") return done(found.filter(isDone), today);

  const open = found.filter((task) => !isDone(task) || stay?.has(task.id)).sort(byOrder);
  if (view === "all") return open.length ? [{ key: "open", name: t().tasks.open, tasks: branches(open, forest) }] : [];
  if (view === "matrix") return quarters(open, forest);
  return dated(open, view, today, forest);
}

function dated(open: Entity[], view: View, today: string, forest: Forest): Section[] {
  const here = new Map(open.map((task) => [task.id, task]));
  // A part without a date comes up with the task that it belongs to. None is asked twice, however deep parts go.
  const days = new Map<string, string | null>();
  const dayIn = (task: Entity): string | null => {
    const undated: string[] = [];
    let day: string | null = null;
    for (let at: Entity | undefined = task; at && here.has(at.id); at = forest.parent(at.id)) {
      day = days.get(at.id) ?? dueDay(at);
      if (day !== null || days.has(at.id)) break;
      undated.push(at.id);
    }
    for (const id of undated) days.set(id, day);
    return day;
  };
  // What was meant for an earlier day comes up in one heap.
  const groups = grouped(open, (task) => {
    const day = dayIn(task);
    if (day === null || day > today !== (view === "upcoming")) return null;
    return day < today ? "" : day;
  });
  const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([day, tasks]) => ({
    ...(day ? { key: day, name: dayName(day, today), day } : { key: "earlier", name: t().tasks.earlier, late: true }),
    tasks: branches(tasks, forest),
  }));
}

/** All quarters of the matrix, also the empty ones, and what is in none of them. */
function quarters(open: Entity[], forest: Forest): Section[] {
  const groups = grouped(open, (task) => PRIORITY_ORDER.find((one) => one === text(task, "priority")) ?? "none");
  return [...PRIORITY_ORDER, "none"].map((priority) => ({
    key: priority,
    name: t().tasks.matrix.heads[priority] ?? "",
    priority,
    tasks: branches(groups.get(priority) ?? [], forest),
  }));
}

function done(tasks: Entity[], today: string): Section[] {
  const at = (task: Entity) => moment(task, "completed_at") ?? task.modified;
  const groups = grouped(
    tasks.sort((a, b) => at(b) - at(a)),
    (task) => dayOf(at(task)),
  );
  return [...groups].map(([day, some]) => ({
    key: day,
    name: dayName(day, today),
    tasks: some.map((task) => ({ task, depth: 0 })),
  }));
}

function grouped(tasks: readonly Entity[], key: (task: Entity) => string | null): Map<string, Entity[]> {
  const groups = new Map<string, Entity[]>();
  for (const task of tasks) {
    const group = key(task);
    if (group === null) continue;
    const some = groups.get(group);
    if (some) some.push(task);
    else groups.set(group, [task]);
  }
  return groups;
}

/** The day that a new task gets where it is typed: in "Today" and "Upcoming" it appears right there. */
export function usualDay(view: View, now: number): string | null {
  if (view === "today") return dayOf(now);
  return view === "upcoming" ? shift(dayOf(now), 1) : null;
}

/** The fields of a new task, which comes first in its list. */
export function newTask(
  read: Understood,
  tags: readonly string[],
  view: View,
  first: number,
  now: number,
): Record<string, JsonValue> {
  const day = usualDay(view, now);
  const planned = read.planned ?? day;
  return {
    title: read.title,
    status: "todo",
    order: first - 1,
    created: toMoment(now),
    ...(planned && { planned }),
    ...(read.deadline && { deadline: read.deadline }),
    ...(read.priority && { priority: read.priority }),
    ...(read.estimate && { estimated_minutes: read.estimate }),
    ...(tags.length && { tags: [...tags] }),
    ...(read.repeat && given(repeatFields(read.repeat, dayOf(planned ? momentOf(planned) : now)))),
  };
}

/** A new entity says only what there is to say. */
function given(fields: Record<string, JsonValue>): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && !(Array.isArray(value) && !value.length)),
  );
}

export function firstOrder(tasks: Iterable<Entity>): number {
  let first = 0;
  for (const task of tasks) first = Math.min(first, orderOf(task));
  return first;
}

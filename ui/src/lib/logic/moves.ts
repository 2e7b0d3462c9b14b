import type { Entity, JsonValue } from "$bindings";
import { text } from "./fields";
import { place } from "./order";
import { orderOf } from "./tasks";
import type { Section } from "./tasks";
import { fromParts, toParts } from "./time";
import type { Forest } from "./tree";

/** Where something was dropped: beside a task of a section, or (null) on the section as a whole. */
export type Spot = { section: Section; id: string | null; after: boolean };

/** The fields to save of each task that a move touches, and where the first of those moved is then. */
export type Move = { fields: Map<string, Record<string, JsonValue>>; place: number; of: number };

/** What moving tasks to that spot changes; null: nothing, or they cannot go there. */
export function moved(tasks: readonly Entity[], spot: Spot, forest: Forest): Move | null {
  const lead = tasks[0];
  if (!lead) return null;
  const here = new Set(spot.section.tasks.map((one) => one.task.id));
  const others = tasks.filter((task) => !here.has(task.id));
  const shared = sharedFields(spot.section);
  if (others.length && !shared) return null;

  const ids = tasks.map((task) => task.id);
  const level = levelOf(lead, spot.section, forest);
  const rest = level.filter((task) => !ids.includes(task.id));
  const index = indexAt(spot, rest, level, ids, forest);
  if (index === null) return null;
  const kept = !others.length && tasks.length === 1 && level[index]?.id === lead.id && rest.length + 1 === level.length;
  if (kept) return null;

  const orders = place(
    rest.map((task) => ({ id: task.id, order: orderOf(task) })),
    index,
    ids,
  );
  const fields = new Map<string, Record<string, JsonValue>>();
  for (const [id, order] of orders) fields.set(id, { order });
  for (const task of others) fields.set(task.id, { ...fields.get(task.id), ...shared?.(task) });
  return { fields, place: index + 1, of: rest.length + ids.length };
}

/** What makes a task belong to a section; null: nothing can, such as to what is late. */
function sharedFields({ day, priority }: Section): ((task: Entity) => Record<string, JsonValue>) | null {
  if (day !== undefined) return (task) => ({ planned: fromParts(day, toParts(text(task, "planned") || null).time) });
  if (priority !== undefined) return () => ({ priority: priority === "none" ? null : priority });
  return null;
}

/** The tasks of a section among which one has its place: those of the same parent. */
function levelOf(task: Entity, section: Section, forest: Forest): Entity[] {
  const parent = forest.parent(task.id)?.id;
  const nested = section.tasks.some((one) => one.task.id === parent);
  return section.tasks
    .filter((one) => (nested ? forest.parent(one.task.id)?.id === parent : one.depth === 0))
    .map((one) => one.task);
}

function indexAt(spot: Spot, rest: Entity[], level: Entity[], ids: string[], forest: Forest): number | null {
  if (spot.id === null) return spot.after ? rest.length : 0;
  let at: string | undefined = spot.id;
  const among = new Set(level.map((task) => task.id));
  while (at !== undefined && !among.has(at)) at = forest.parent(at)?.id;
  if (at === undefined) return null;
  if (ids.includes(at)) {
    // Onto itself: where it was.
    const before = level.slice(
      0,
      level.findIndex((task) => task.id === at),
    );
    return before.filter((task) => !ids.includes(task.id)).length;
  }
  const index = rest.findIndex((task) => task.id === at);
  // Beside a part of a task means behind the whole of it.
  return spot.after || at !== spot.id ? index + 1 : index;
}

/** The spot one step up or down from where a task is; null: there is none. */
export function step(task: Entity, by: 1 | -1, section: Section, forest: Forest): Spot | null {
  const level = levelOf(task, section, forest);
  const next = level[level.findIndex((one) => one.id === task.id) + by];
  return next ? { section, id: next.id, after: by > 0 } : null;
}

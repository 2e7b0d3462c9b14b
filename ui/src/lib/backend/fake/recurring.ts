import type { Entity, JsonValue } from "$bindings";
import { number, text } from "../../logic/fields";
import { nextDay, repeatOf } from "../../logic/recurrence";
import { DAY, dayOf, fromParts, momentOf, shift, startOf, toParts } from "../../logic/time";
import type { World } from "./world";

/** What becomes of a task's successor when the task is finished, or taken up again: the successors that changed. */
export function recurred(world: World, before: Entity | undefined, after: Entity): Entity[] {
  if (after.kind !== "task" || !before) return [];
  const [was, is] = [text(before, "status") === "done", text(after, "status") === "done"];
  if (was === is) return [];
  const successor = successorOf(world, after);
  if (!is) return successor && untouched(world, successor) ? [remove(world, successor)] : [];
  if (successor) return successor.deleted ? [world.put({ ...successor, deleted: false })] : [];
  const next = nextFields(after);
  return next ? [world.apply({ type: "create", kind: "task", fields: next })] : [];
}

const seriesOf = (task: Entity) => text(task, "recurrence_series") || task.id;
const occurrence = (task: Entity) => number(task, "recurrence_occurrence") ?? 1;

function successorOf(world: World, task: Entity): Entity | undefined {
  for (const { entity } of world.entities.values())
    if (entity.fields.recurrence_series === seriesOf(task) && occurrence(entity) === occurrence(task) + 1)
      return entity;
  return undefined;
}

function untouched(world: World, { kind, id, deleted, modified }: Entity): boolean {
  return !deleted && world.entities.get(`${kind} ${id}`)?.born === modified;
}

function remove(world: World, { kind, id }: Entity): Entity {
  return world.put({ ...world.get(kind, id), deleted: true });
}

/** The fields of the next occurrence; null: there is none. */
function nextFields(task: Entity): Record<string, JsonValue> | null {
  const repeat = repeatOf(task);
  const lead = text(task, "planned") || text(task, "deadline");
  if (!repeat || !lead || repeat.count === occurrence(task)) return null;
  const day = nextDay(repeat, dayOf(momentOf(lead)));
  if (day === null || (repeat.end !== null && day > repeat.end)) return null;
  const { completed_at: _, ...kept } = task.fields;
  const moved = (field: string) => {
    const when = text(task, field);
    return when ? { [field]: fromParts(later(when, lead, day), toParts(when).time) } : {};
  };
  return {
    ...kept,
    ...moved("planned"),
    ...moved("deadline"),
    status: "todo",
    recurrence_series: seriesOf(task),
    recurrence_occurrence: occurrence(task) + 1,
  };
}

/** The day of what goes along when `lead` moves to `day`: as many days from it as before. */
function later(when: string, lead: string, day: string): string {
  const [from, to] = [dayOf(momentOf(lead)), dayOf(momentOf(when))];
  return shift(day, Math.round((startOf(to) - startOf(from)) / DAY));
}

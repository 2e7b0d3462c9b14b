import type { Entity, JsonValue } from "$bindings";
import { text } from "./fields";
import { toMoment } from "./time";

/** How far a task has got. */
export const STATUSES = ["todo", "in_progress", "waiting", "done", "cancelled"] as const;

export function isDone(task: Entity): boolean {
  const status = text(task, "status");
  return status === "done" || status === "cancelled";
}

/** `done` goes with `completed_at`. */
export function statusFields(status: string, now: number): Record<string, JsonValue> {
  return { status, completed_at: status === "done" ? toMoment(now) : null };
}

export const ticked = (done: boolean, now: number) => statusFields(done ? "done" : "todo", now);

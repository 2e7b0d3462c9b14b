import type { JsonValue } from "$bindings";

/** When to remind, before the planned time or the deadline; `custom`: as many minutes before as is said beside it. */
export const REMINDERS = [
  "none",
  "at_time",
  "5_minutes_before",
  "15_minutes_before",
  "1_hour_before",
  "1_day_before",
  "custom",
] as const;
export type Reminder = (typeof REMINDERS)[number];

/** The moments of a task that it can remind of. */
export type Reminded = "planned" | "deadline";

/** Longer before, nobody means it: a year and a day in minutes. */
export const OFFSET_MAX = 366 * 24 * 60;
const OFFSET = 30;

/** Another reminder; a custom one says how long before, the others must not. */
export function reminderFields(field: Reminded, reminder: Reminder, offset: number | null): Record<string, JsonValue> {
  const none = reminder === "none";
  const custom = reminder === "custom" ? (offset ?? OFFSET) : null;
  return { [`${field}_reminder`]: none ? null : reminder, [`${field}_reminder_offset`]: custom };
}

/** Another moment; without one there is nothing to remind of. */
export function momentFields(field: Reminded, moment: string | null): Record<string, JsonValue> {
  return moment === null ? { [field]: null, ...reminderFields(field, "none", null) } : { [field]: moment };
}

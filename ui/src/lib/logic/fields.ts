import type { Entity, JsonValue } from "$bindings";

type Named = Pick<Entity, "fields">;

/** A field's text; empty where there is none. */
export function text(entity: Named, field: string): string {
  const value = entity.fields[field];
  return typeof value === "string" ? value : "";
}

export function number(entity: Named, field: string): number | null {
  const value = entity.fields[field];
  return typeof value === "number" ? value : null;
}

/** The items of a set of texts. */
export function items(entity: Named, field: string): string[] {
  const value = entity.fields[field];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

/** When a moment field is, or null. */
export function moment(entity: Named, field: string): number | null {
  const at = Date.parse(text(entity, field));
  return Number.isNaN(at) ? null : at;
}

export function titleOf(entity: Pick<Entity, "title">): string {
  return entity.title?.trim() || "Untitled";
}

const KINDS: Record<string, [one: string, many: string]> = {
  task: ["task", "Tasks"],
  habit: ["habit", "Habits"],
  habit_record: ["habit tick", "Habit ticks"],
  note: ["note", "Notes"],
  tag: ["tag", "Tags"],
  setting: ["setting", "Settings"],
};

/** What one entity of a kind is called, within a sentence. */
export function kindName(kind: string): string {
  return KINDS[kind]?.[0] ?? kind.replaceAll("_", " ");
}

/** What a kind is called as a heading. */
export function kindHeading(kind: string): string {
  return KINDS[kind]?.[1] ?? capital(kind.replaceAll("_", " "));
}

const FIELDS: Record<string, string> = {
  completed_at: "Completed",
  estimated_minutes: "Estimate",
  archived_at: "Archived",
  planned: "Planned",
  content: "Text",
  order: "Place in the list",
  created: "Created",
};

export function fieldName(field: string): string {
  return FIELDS[field] ?? capital(field.replaceAll("_", " "));
}

export const PRIORITIES = [
  { value: "urgent_important", label: "Urgent and important", short: "Urgent, important" },
  { value: "important", label: "Important, not urgent", short: "Important" },
  { value: "urgent", label: "Urgent, not important", short: "Urgent" },
  { value: "neither", label: "Neither", short: "Neither" },
] as const;

const CHOICES: Record<string, string> = {
  todo: "To do",
  in_progress: "In progress",
  waiting: "Waiting",
  done: "Done",
  cancelled: "Cancelled",
  complete: "Done",
  not_done: "Not done",
  skipped: "Skipped",
};

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** A value as a person reads it. `name` gives the names of tags. */
export function shown(
  field: string,
  value: JsonValue | undefined,
  name: (id: string) => string | null,
  date: (moment: string) => string,
): string {
  if (value === null || value === undefined || value === "") return "nothing";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map((item) => shown(field, item, name, date)).join(", ") || "nothing";
  if (typeof value === "object") return JSON.stringify(value);
  if (MOMENT.test(value)) return date(value);
  if (field === "priority") return PRIORITIES.find((one) => one.value === value)?.label ?? value;
  return (field === "status" ? CHOICES[value] : name(value)) ?? value;
}

/** The beginning of a text, for a line that only has to tell which one it was. */
export function brief(text: string, length = 120): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > length ? `${line.slice(0, length).trimEnd()}…` : line;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** "1 device", "2 devices". */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString()} ${number === 1 ? one : many}`;
}

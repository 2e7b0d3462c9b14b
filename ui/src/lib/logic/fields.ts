import type { Entity, JsonValue } from "$bindings";
import { t } from "../words/index.svelte";
import { date, isDay, momentOf, startOf } from "./time";

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

/** When a field's moment is, or its day begins; or null. */
export function moment(entity: Named, field: string): number | null {
  const at = momentOf(text(entity, field));
  return Number.isNaN(at) ? null : at;
}

export function titleOf({ title, kind }: Pick<Entity, "title"> & Partial<Pick<Entity, "kind">>): string {
  const own = title?.trim();
  if (!own) return t().fields.untitled;
  // A tick of a habit has its day for a title, as it is stored.
  return kind === "habit_record" && isDay(own) ? date(startOf(own), Date.now()) : own;
}

/** What a catalogue has under a name that comes from the data. */
function within<Word>(words: Record<string, Word>, name: string): Word | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}

const plain = (name: string) => name.replaceAll("_", " ");

/** What a kind is called; also one that this version does not know. */
export function kindWords(kind: string): { one: string; many: string; a: string; ofThis: string } {
  const { kinds, otherKind } = t().fields;
  return within(kinds, kind) ?? otherKind(plain(kind));
}

/** What one entity of a kind is called, within a sentence. */
export function kindName(kind: string): string {
  return kindWords(kind).one;
}

/** What a kind is called as a heading. */
export function kindHeading(kind: string): string {
  return kindWords(kind).many;
}

export function fieldName(field: string): string {
  return within(t().fields.names, field) ?? capital(plain(field));
}

const PRIORITY = ["urgent_important", "important", "urgent", "neither"] as const;

/** The priorities, the highest first, by the names that they have in the language that is spoken. */
export const PRIORITIES = PRIORITY.map((value) => ({
  value,
  get label() {
    return t().fields.priorities[value].label;
  },
  get short() {
    return t().fields.priorities[value].short;
  },
}));

/** What a value is called that is one of a few. */
function choice(field: string, value: string): string | undefined {
  const { choices, priorities } = t().fields;
  if (field === "priority") return within<{ label: string }>(priorities, value)?.label;
  if (field.endsWith("_reminder")) return within(choices.reminder, value);
  if (field.endsWith("_days")) return within(choices.days, value);
  const few = within<Record<string, string>>({ ...choices }, field);
  return few && within(few, value);
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** The fields that may hold a day alone. A title may look like one. */
const DAYS = /^(planned|deadline|day|recurrence_(start|day|end))$/;

/** Whether a field's value is a moment, or a day where it may hold one. */
export function isDated(field: string, value: JsonValue | undefined): boolean {
  return typeof value === "string" && (MOMENT.test(value) || (DAYS.test(field) && isDay(value)));
}

/** A value as a person reads it. `name` gives the names of tags. */
export function shown(
  field: string,
  value: JsonValue | undefined,
  name: (id: string) => string | null,
  date: (when: string) => string,
): string {
  if (value === null || value === undefined || value === "") return t().fields.nothing;
  if (typeof value === "boolean") return value ? t().fields.on : t().fields.off;
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.map((item) => shown(field, item, name, date)).join(", ") || t().fields.nothing;
  if (typeof value === "object") return JSON.stringify(value);
  if (isDated(field, value)) return date(value);
  return choice(field, value) ?? name(value) ?? value;
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

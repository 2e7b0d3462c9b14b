import type { Choice, Decided, DiffPart, Edit, JsonValue, Question, Resolved, Review, ReviewItem } from "$bindings";
import { PRIORITIES } from "../../logic/fields";
import { en } from "../../words/en";
import { fail } from "./world";
import type { Paired, World } from "./world";

type Version = { by: Paired | null; at: number; value: string | null };

/** What two devices disagree about. */
export type Conflict =
  | { type: "field"; field: string; sides: Version[]; combined: string | null }
  | { type: "deleted"; by: Paired; at: number; edited: number };

/** Words that were added or removed, by the longest common run of words. */
export function diff(from: string, to: string): DiffPart[] {
  const a = from.split(/(\s+)/);
  const b = to.split(/(\s+)/);
  const best = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const cell = (i: number, j: number) => best[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      best[i]![j] = a[i] === b[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
  const parts: DiffPart[] = [];
  const push = (op: DiffPart["op"], text = "") => {
    const last = parts.at(-1);
    if (last?.op === op) last.text += text;
    else if (text) parts.push({ op, text });
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && a[i] === b[j]) push("same", (j++, a[i++]));
    else if (j >= b.length || (i < a.length && cell(i + 1, j) >= cell(i, j + 1))) push("removed", a[i++]);
    else push("added", b[j++]);
  }
  return parts;
}

const key = (kind: string, id: string) => `${kind} ${id}`;

/** Words as the app behind has them: English, whatever the page speaks. */
const {
  names,
  priorities,
  choices,
}: { names: Names; priorities: Record<string, { label: string }>; choices: Choices } = en.fields;
type Names = Record<string, string>;
type Choices = Record<string, Names>;

const dates = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});

const label = (field: string): string => names[field] ?? field;

function readable(field: string, value: JsonValue | undefined): string {
  const word = String(value ?? "");
  if (/^\d{4}-\d\d-\d\dT/.test(word)) return dates.format(new Date(word)).replace(",", "");
  return (field === "priority" ? priorities[word]?.label : choices[field]?.[word]) ?? word;
}

export function reviews(world: World): ReviewItem[] {
  return [...world.conflicts].map(([name, conflicts]) => {
    const [kind = "", id = ""] = name.split(" ");
    const entity = world.get(kind, id);
    const devices = conflicts.flatMap((one) =>
      one.type === "field"
        ? one.sides.map((side) => side.by?.name ?? world.device.name)
        : [one.by.name, world.device.name],
    );
    return {
      kind,
      id,
      title: entity.title,
      fields: conflicts.flatMap((one) => (one.type === "field" ? [one.field] : [])),
      deleted: conflicts.some((one) => one.type === "deleted"),
      devices: [...new Set(devices)],
      at: Math.max(
        ...conflicts.map((one) => (one.type === "field" ? Math.max(...one.sides.map((s) => s.at)) : one.at)),
      ),
    };
  });
}

export function review(world: World, kind: string, id: string): Review {
  const entity = world.get(kind, id);
  const conflicts = world.conflicts.get(key(kind, id)) ?? [];
  const asked = new Set(conflicts.map((one) => (one.type === "field" ? one.field : "")));
  const questions = conflicts.map((one): Question => {
    if (one.type === "deleted")
      return {
        type: "deleted",
        deleted_by: one.by.name,
        deleted_at: one.at,
        deleted_own: false,
        edited_by: world.device.name,
        edited_at: one.edited,
        edited_own: true,
      };
    const now = readable(one.field, entity.fields[one.field]);
    return {
      type: "field",
      field: one.field,
      label: label(one.field),
      multiline: one.field === "content" || one.field === "description",
      now,
      now_value: entity.fields[one.field] ?? null,
      sides: one.sides.map(({ by, at, value }, i) => ({
        number: i + 1,
        device: by?.id ?? world.device.id,
        name: by?.name ?? world.device.name,
        own: by === null,
        at,
        value,
        text: readable(one.field, value),
        diff: diff(now, readable(one.field, value)),
      })),
      combined: one.combined,
      options: one.field === "priority" ? PRIORITIES.map((option) => option.value) : null,
    };
  });
  const unchanged = Object.entries(entity.fields)
    .filter(([field, value]) => !asked.has(field) && typeof value === "string" && field !== "created")
    .map(([field, value]) => ({ field, label: label(field), text: readable(field, value) }));
  return { entity, questions, unchanged };
}

export function resolve(
  world: World,
  made: Decided[],
  kind: string,
  id: string,
  field: string | null,
  choice: Choice,
): Resolved {
  const conflicts = world.conflicts.get(key(kind, id)) ?? [];
  const conflict = conflicts.find((one) => (one.type === "field" ? one.field : null) === field);
  if (!conflict)
    fail("nothing-to-decide", "This was settled already, perhaps on another device. Nothing is left to decide here.");
  const entity = world.get(kind, id);
  let undo: Edit;
  if (conflict.type === "deleted") {
    const gone = choice.type === "delete";
    world.apply({ type: gone ? "delete" : "keep", kind, id });
    undo = { type: gone ? "keep" : "delete", kind, id };
  } else {
    const { field } = conflict;
    const picked = choice.type === "number" ? conflict.sides[choice.number - 1]?.value : undefined;
    const value = choice.type === "value" ? choice.value : (picked ?? entity.fields[field] ?? null);
    undo = { type: "set", kind, id, fields: { [field]: entity.fields[field] ?? null } };
    world.apply({ type: "set", kind, id, fields: { [field]: value } });
    made.unshift({
      kind,
      id,
      title: world.get(kind, id).title,
      field,
      label: label(field),
      at: Date.now(),
      by: world.device.name,
      chosen: readable(field, value),
      others: conflict.sides
        .filter((side) => side.value !== value)
        .map((side) => ({ value: side.value, text: readable(field, side.value) })),
    });
  }
  const left = conflicts.filter((one) => one !== conflict);
  if (left.length) world.conflicts.set(key(kind, id), left);
  else world.conflicts.delete(key(kind, id));
  return { left: left.length, undo };
}

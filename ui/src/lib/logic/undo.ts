import type { Edit, Entity, JsonValue } from "$bindings";
import { merge } from "./merge";

/** A living entity, if it is here. */
export type Find = (kind: string, id: string) => Entity | undefined;

/** One edit taken back, and fields as they were left, which must not have changed since. */
export type Back = { edit: Edit; left?: Record<string, JsonValue> };

/** What one save did, as what takes it back; `about`: the entities that were edited. */
export type Step = { back: Back[]; about: Entity[]; at: number };

type Fields = Record<string, JsonValue>;

const value = (entity: Pick<Entity, "fields"> | undefined, field: string) => entity?.fields[field] ?? null;
const same = (a: JsonValue, b: JsonValue) => JSON.stringify(a) === JSON.stringify(b);
const among = (items: JsonValue, item: JsonValue) => Array.isArray(items) && items.some((one) => same(one, item));
const holds = (entity: Entity, field: string, item: JsonValue) => among(value(entity, field), item);
const pick = (entity: Pick<Entity, "fields"> | undefined, fields: string[]): Fields =>
  Object.fromEntries(fields.map((field) => [field, value(entity, field)]));

/** What takes a batch back, the last edit first. `after` is what the save answered, in which more may follow. */
export function inverse(edits: Edit[], before: Find, after: Entity[]): Back[] {
  return edits.flatMap((edit, i) => one(edit, before, after[i], after) ?? []).reverse();
}

function one(edit: Edit, before: Find, answered: Entity | undefined, after: Entity[]): Back | null {
  if (edit.type === "create") {
    if (answered?.kind !== edit.kind) return null;
    // What was there already under its natural id was only changed.
    const old = before(answered.kind, answered.id);
    return old ? revert(old, answered, Object.keys(edit.fields)) : gone(answered);
  }
  const { kind, id } = edit;
  const [old, now] = [before(kind, id), after.find((entity) => entity.kind === kind && entity.id === id)];
  switch (edit.type) {
    case "set":
      return old && now ? revert(old, now, Object.keys(edit.fields)) : null;
    case "text":
      return { edit: { ...edit, base: edit.text, text: edit.base } };
    case "add":
      return old && holds(old, edit.field, edit.item) ? null : { edit: { ...edit, type: "remove" } };
    case "remove":
      return old && !holds(old, edit.field, edit.item) ? null : { edit: { ...edit, type: "add" } };
    case "delete":
      return { edit: { type: "keep", kind, id } };
    case "keep":
      return old || !now ? null : gone(now);
  }
}

/** What takes back whatever happened to one entity. */
export function between(old: Entity | undefined, now: Entity): Back {
  if (!old) return gone(now);
  const fields = new Set([...Object.keys(old.fields), ...Object.keys(now.fields)]);
  return revert(
    old,
    now,
    [...fields].filter((field) => !same(value(old, field), value(now, field))),
  );
}

const revert = (old: Entity, now: Entity, fields: string[]): Back => ({
  edit: { type: "set", kind: old.kind, id: old.id, fields: pick(old, fields) },
  left: pick(now, fields),
});

const gone = ({ kind, id, fields }: Entity): Back => ({ edit: { type: "delete", kind, id }, left: fields });

/** Whether it holds what it was left with, and nothing else. Sets have no order, and what was emptied is as if it never was. */
function untouched({ fields }: Entity, left: Fields): boolean {
  const plain = (value: JsonValue = null) => {
    const items = Array.isArray(value) ? value.map((item) => JSON.stringify(item)).sort() : value;
    return items === "" || (Array.isArray(items) && items.length === 0) ? null : items;
  };
  return Object.keys({ ...fields, ...left }).every((field) => same(plain(fields[field]), plain(left[field])));
}

/** What takes one's own items out of the sets to which others have added theirs, as to the counts of a day. */
function ownItems({ kind, id, fields }: Entity, left: Fields): Edit[] {
  return Object.entries(fields).flatMap(([field, items]) => {
    if (!Array.isArray(items)) return [];
    const own = items.filter((item) => among(left[field] ?? null, item));
    return own.length < items.length ? own.map((item): Edit => ({ type: "remove", kind, id, field, item })) : [];
  });
}

/** The edits that take a step back as things are now. Whatever somebody else has changed since is left alone, and counted. */
export function due(back: Back[], find: Find): { edits: Edit[]; alone: number } {
  const edits: Edit[] = [];
  let alone = 0;
  for (const { edit, left } of back) {
    if (edit.type === "create") continue;
    const entity = find(edit.kind, edit.id);
    if (edit.type === "keep") {
      if (!entity) edits.push(edit);
    } else if (edit.type === "delete") {
      if (!entity) continue;
      if (!left || untouched(entity, left)) edits.push(edit);
      else {
        // What somebody else has put into it would go with it.
        edits.push(...ownItems(entity, left));
        alone += 1;
      }
    } else if (!entity) {
      alone += 1;
    } else if (edit.type === "set") {
      const fields = Object.entries(edit.fields);
      const own = fields.filter(([field]) => !left || same(value(entity, field), left[field] ?? null));
      alone += fields.length - own.length;
      if (own.length) edits.push({ ...edit, fields: Object.fromEntries(own) });
    } else if (edit.type === "text") {
      const stored = String(value(entity, edit.field) ?? "");
      const text = merge(edit.base, edit.text, stored);
      if (text === null) alone += 1;
      else if (text !== stored) edits.push({ ...edit, base: stored, text });
    } else if (holds(entity, edit.field, edit.item) === (edit.type === "remove")) {
      edits.push(edit);
    }
  }
  return { edits, alone };
}

/** Fields whose every save is a bit of typing. */
const TYPED = ["title", "name"];

/** One typing that was saved bit by bit, taken back in one go; null: they are two things. */
export function joined(first: Back[], second: Back[]): Back[] | null {
  const [[a, more], [b, other]] = [first, second];
  if (!a || !b || more || other) return null;
  if (a.edit.type === "text" && b.edit.type === "text") {
    const on = a.edit.kind === b.edit.kind && a.edit.id === b.edit.id && a.edit.field === b.edit.field;
    return on && a.edit.base === b.edit.text ? [{ edit: { ...a.edit, base: b.edit.base } }] : null;
  }
  if (a.edit.type !== "set" || b.edit.type !== "set" || a.edit.id !== b.edit.id) return null;
  const [field = "", ...rest] = Object.keys({ ...a.edit.fields, ...b.edit.fields });
  const on = rest.length === 0 && TYPED.includes(field) && same(a.left?.[field] ?? null, b.edit.fields[field] ?? null);
  return on && b.left ? [{ edit: a.edit, left: b.left }] : null;
}

import type { Edit, Entity, JsonValue } from "$bindings";
import { items } from "./fields";

/** The edits that take others back, the last one first. `find` gives what was there before them. */
export function takeBack(edits: readonly Edit[], find: (kind: string, id: string) => Entity | undefined): Edit[] {
  return edits
    .flatMap((edit): Edit[] => {
      if (edit.type === "create" || edit.type === "text") return [];
      const { kind, id } = edit;
      if (edit.type === "delete") return [{ type: "keep", kind, id }];
      if (edit.type === "keep") return [{ type: "delete", kind, id }];
      const before = find(kind, id);
      if (!before) return [];
      if (edit.type === "set") return [{ type: "set", kind, id, fields: earlier(edit.fields, before) }];
      const had = typeof edit.item === "string" && items(before, edit.field).includes(edit.item);
      if (had === (edit.type === "add")) return [];
      return [{ ...edit, type: edit.type === "add" ? "remove" : "add" }];
    })
    .reverse();
}

function earlier(fields: Record<string, JsonValue>, before: Entity): Record<string, JsonValue> {
  return Object.fromEntries(
    Object.entries(fields).map(([field, value]) => [field, before.fields[field] ?? (Array.isArray(value) ? [] : null)]),
  );
}

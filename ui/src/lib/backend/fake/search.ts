import type { Findings, Found } from "$bindings";
import { text } from "../../logic/fields";
import type { World } from "./world";

const AROUND = 40;
const TEXTS = ["title", "name", "description", "content"];

/** Entities in whose texts every word occurs. */
export function search(world: World, query: string, limit: number): Findings {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found: Found[] = [];
  if (!wanted.length) return { found, more: false, behind: 0 };
  for (const { entity } of world.entities.values()) {
    if (entity.deleted || entity.kind === "habit_record" || entity.kind === "setting") continue;
    const whole = TEXTS.flatMap((field) => text(entity, field) || []).join(" ");
    if (!wanted.every((word) => whole.toLowerCase().includes(word))) continue;
    const { kind, id, title } = entity;
    const at = whole.toLowerCase().indexOf(wanted[0] ?? "");
    const end = at + (wanted[0]?.length ?? 0);
    const parts = [
      { text: whole.slice(Math.max(0, at - AROUND), at), hit: false },
      { text: whole.slice(at, end), hit: true },
      { text: whole.slice(end, end + AROUND), hit: false },
    ];
    found.push({ kind, id, title, parts: parts.filter((part) => part.text) });
  }
  return { found: found.slice(0, limit), more: found.length > limit, behind: 0 };
}

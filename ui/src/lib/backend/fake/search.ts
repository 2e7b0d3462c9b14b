import type { Findings, Found } from "$bindings";
import { items, text, titleOf } from "../../logic/fields";
import type { World } from "./world";

const AROUND = 40;
const KINDS = ["task", "habit", "note"];
const TEXTS = ["title", "name", "description", "content"];

/** Entities in whose texts, or names of tags, every word occurs. */
export function search(world: World, query: string, limit: number): Findings {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found: Found[] = [];
  if (!wanted.length) return { found, more: false, behind: 0 };
  const names = new Map(world.living("tag").map((tag) => [tag.id, titleOf(tag)]));
  for (const { entity } of world.entities.values()) {
    if (entity.deleted || !KINDS.includes(entity.kind)) continue;
    const whole = TEXTS.flatMap((field) => text(entity, field) || []).join(" ");
    const tags = items(entity, "tags").map((tag) => names.get(tag) ?? "");
    const places = [whole, ...tags].map((place) => place.toLowerCase());
    if (!wanted.every((word) => places.some((place) => place.includes(word)))) continue;
    const { kind, id, title } = entity;
    const first = wanted.find((word) => whole.toLowerCase().includes(word)) ?? "";
    const at = whole.toLowerCase().indexOf(first);
    const end = at + first.length;
    const parts = [
      { text: whole.slice(Math.max(0, at - AROUND), at), hit: false },
      { text: whole.slice(at, end), hit: true },
      { text: whole.slice(end, end + AROUND), hit: false },
    ];
    found.push({ kind, id, title, parts: parts.filter((part) => part.text) });
  }
  return { found: found.slice(0, limit), more: found.length > limit, behind: 0 };
}

import type { JsonValue } from "$bindings";
import { dayOf, shift, toMoment } from "../../logic/time";

const VERBS = ["Call", "Write to", "Visit", "Plan", "Review", "Order", "Repair", "Return", "Print", "Sort"];
const THINGS = [
  "the library",
  "the landlord",
  "the garden shed",
  "the budget",
  "the photo album",
  "a new lamp",
  "the bike",
];

/** The fields of the task number `i` of very many. */
export function generated(i: number, now: number): Record<string, JsonValue> {
  const title = `${VERBS[i % VERBS.length]} ${THINGS[i % THINGS.length]} (${i + 1})`;
  const done = i % 5 === 4;
  return {
    title,
    status: done ? "done" : "todo",
    order: i + 100,
    ...(done && { completed_at: toMoment(now - i * 60_000) }),
    ...(i % 3 === 0 && { planned: shift(dayOf(now), i % 90) }),
  };
}

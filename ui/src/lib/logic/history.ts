import type { JsonValue, Moved } from "$bindings";
import type { HistoryLine, SessionLine } from "../backend/backend";
import { t } from "../words/index.svelte";
import { tenths } from "../words/intl";
import { dayName, dayOf, duration } from "./time";

type Counted = { new: number; changed: number; deleted: number; sent: number };

/** "3 new, 2 changed, 1 deleted", or what else there is to say. */
export function counted({ new: fresh, changed, deleted, sent }: Counted): string {
  const words = t().history;
  const told = [
    fresh && words.new(fresh),
    changed && words.changed(changed),
    deleted && words.deleted(deleted),
    sent && words.sent(sent),
  ].filter(Boolean);
  return told.join(", ") || words.nothingNew;
}

export function sessionWords(line: SessionLine): string {
  // A number and its unit stay on one line.
  return `${counted(line)} · ${duration(line.ended - line.started).replaceAll(" ", "\u00a0")}`;
}

/** What a sync that was asked for has brought. */
export function moved({ fresh, changed, deleted, sent, proved }: Moved): string {
  const nothing = fresh + changed + deleted + sent === 0;
  return proved && nothing ? t().history.alreadyUpToDate : counted({ new: fresh, changed, deleted, sent });
}

/** Lines in the order they come, under the days they belong to; a clock that was set back makes no day twice. */
export function byDay<Line>(lines: Line[], at: (line: Line) => number, now: number): [day: string, lines: Line[]][] {
  const days = new Map<string, Line[]>();
  for (const line of lines) {
    const day = dayName(dayOf(at(line)), dayOf(now));
    days.set(day, [...(days.get(day) ?? []), line]);
  }
  return [...days];
}

export function bytes(size: number): string {
  if (size < 1000) return `${size} B`;
  if (size < 1_000_000) return `${tenths().format(size / 1000)} kB`;
  return `${tenths().format(size / 1_000_000)} MB`;
}

/** Whether a line of the history kept something that can be put back. */
export function keeps({ event, field }: Pick<HistoryLine, "event" | "field">): boolean {
  return event === "deleted" || (event === "replaced" && field !== null);
}

export function valueOf(line: Pick<HistoryLine, "value">): JsonValue {
  if (line.value === null) return null;
  try {
    return JSON.parse(line.value) as JsonValue;
  } catch {
    return line.value;
  }
}

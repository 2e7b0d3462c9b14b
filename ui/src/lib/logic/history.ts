import type { JsonValue, Moved } from "$bindings";
import type { HistoryLine, SessionLine } from "../backend/backend";
import { dayName, dayOf, duration } from "./time";

type Counted = { new: number; changed: number; deleted: number; sent: number };

/** "3 new, 2 changed, 1 deleted", or what else there is to say. */
export function counted({ new: fresh, changed, deleted, sent }: Counted): string {
  const came = [
    fresh && `${fresh.toLocaleString()} new`,
    changed && `${changed.toLocaleString()} changed`,
    deleted && `${deleted.toLocaleString()} deleted`,
  ].filter(Boolean);
  const went = sent ? [`${sent.toLocaleString()} sent`] : [];
  return [...came, ...went].join(", ") || "nothing new";
}

export function sessionWords(line: SessionLine): string {
  return `${counted(line)} · ${duration(line.ended - line.started)}`;
}

/** What a sync that was asked for has brought. */
export function moved({ fresh, changed, deleted, sent, proved }: Moved): string {
  const brought = counted({ new: fresh, changed, deleted, sent });
  return proved && brought === "nothing new" ? "already up to date" : brought;
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
  if (size < 1_000_000) return `${(size / 1000).toFixed(1)} kB`;
  return `${(size / 1_000_000).toFixed(1)} MB`;
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

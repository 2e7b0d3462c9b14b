import { WEEKDAYS } from "./calendar";
import type { Grammar } from "./grammar";
import { any, countOf, eat, ends, indexOf, past, readDate, readWhen } from "./moments";
import type { Reading, When } from "./moments";
import { every } from "./recurrence";
import type { Repeat } from "./recurrence";

/** The priorities, as `!1` to `!4` name them. */
export const PRIORITY_ORDER = ["urgent_important", "important", "urgent", "neither"] as const;
export type Priority = (typeof PRIORITY_ORDER)[number];

type Value =
  | { kind: "when"; when: When }
  | { kind: "deadline"; when: When }
  | { kind: "priority"; priority: Priority }
  | { kind: "estimate"; minutes: number }
  | { kind: "tag"; name: string }
  | { kind: "repeat"; repeat: Repeat };

/** Something that a text says, and where. `weak`: it may also mean something else. */
export type Found = Value & { start: number; end: number; weak: boolean };

/** What a text says at that place; null: nothing that can be read. */
export function read(text: string, at: number, reading: Reading, tags: readonly string[]): Found | null {
  const simple = readMark(text, at, tags);
  if (simple) return simple;
  const repeat = best(reading.grammars.map((grammar) => readRepeat(text, at, grammar, reading)));
  if (repeat) return repeat;
  const deadline = best(reading.grammars.map((grammar) => readDeadline(text, at, grammar, reading)));
  if (deadline) return deadline;
  const when = readWhen(text, at, reading);
  return when && { kind: "when", start: at, end: when.end, weak: when.weak, when };
}

const best = (all: (Found | null)[]) =>
  all.reduce((longest, one) => (one && (!longest || one.end > longest.end) ? one : longest), null);

/** What begins with a mark of its own: `#work`, `!1`, `~30m`. */
function readMark(text: string, at: number, tags: readonly string[]): Found | null {
  const sure = (match: RegExpExecArray, value: Value): Found => ({
    ...value,
    start: at,
    end: ends(match),
    weak: false,
  });
  if (text[at] === "#") {
    const name = tagAt(text, at + 1, tags);
    return name ? { kind: "tag", name, start: at, end: at + 1 + name.length, weak: false } : null;
  }
  const priority = eat(text, at, "!([1-4])");
  if (priority)
    return sure(priority, { kind: "priority", priority: PRIORITY_ORDER[Number(priority[1]) - 1] ?? "neither" });
  const estimate = eat(
    text,
    at,
    "~(?:(\\d{1,3}(?:[.,]\\d{1,2})?) ?(?:h|hours?|std\\.?|stunden?)(?: ?(\\d{1,2}) ?(?:m|min(?:ute[ns]?)?)?)?|(\\d{1,2}):(\\d\\d)|(\\d{1,4}) ?(?:m|min(?:ute[ns]?)?)?)",
  );
  if (!estimate) return null;
  const [, hours, over, clockHours, clockMinutes, minutes] = estimate;
  const whole = hours ?? clockHours ?? "0";
  const count = Math.round(Number(whole.replace(",", ".")) * 60) + Number(over ?? clockMinutes ?? minutes ?? 0);
  return count > 0 ? sure(estimate, { kind: "estimate", minutes: count }) : null;
}

/** The longest tag that there is at that place, or a word that may become one. A number alone is none. */
function tagAt(text: string, at: number, tags: readonly string[]): string | null {
  const rest = text.slice(at);
  const known = tags
    .filter(
      (name) => rest.toLowerCase().startsWith(name.toLowerCase()) && /^(?:$|[\s,;!?)])/.test(rest.slice(name.length)),
    )
    .sort((a, b) => b.length - a.length)[0];
  if (known) return rest.slice(0, known.length);
  const word = /^[\p{L}\p{N}_][\p{L}\p{N}_/-]*/u.exec(rest)?.[0];
  return word && /\p{L}/u.test(word) ? word : null;
}

function readDeadline(text: string, at: number, grammar: Grammar, reading: Reading): Found | null {
  const by = eat(text, at, grammar.by);
  if (!by) return null;
  const when = readWhen(text, past(text, ends(by)), reading, true);
  // "by 9" and "bis 9" may count anything.
  if (!when || (when.weak && !when.day)) return null;
  return { kind: "deadline", start: at, end: when.end, weak: false, when };
}

const UNITS = ["minutely", "hourly", "daily", "weekly", "monthly", "yearly"] as const;
const ADVERBS = ["hourly", "daily", "weekly", "monthly", "yearly"] as const;

function readRepeat(text: string, at: number, grammar: Grammar, reading: Reading): Found | null {
  const names = grammar.weekdays.map((name, i) => any([name, grammar.shortWeekdays[i] ?? ""]));
  const adverb = eat(text, at, any(grammar.adverbs));
  if (adverb) {
    const recurrence = ADVERBS[indexOf(grammar.adverbs, adverb[0])] ?? "daily";
    return tail(text, { ...begun(at, ends(adverb)), weak: true }, every(recurrence), grammar, reading);
  }
  const parts = eat(text, at, any(grammar.partsOfWeek));
  if (parts) {
    const days = indexOf(grammar.partsOfWeek, parts[0]) ? WEEKDAYS.slice(5) : WEEKDAYS.slice(0, 5);
    return tail(text, { ...begun(at, ends(parts)), weak: true }, every("days_of_week", 1, days), grammar, reading);
  }
  const plural = weekdays(text, at, grammar.weekdayAdverbs, grammar);
  if (plural) return tail(text, begun(at, plural.end), every("days_of_week", 1, plural.days), grammar, reading);

  const word = eat(text, at, grammar.every);
  if (!word) return null;
  let next = past(text, ends(word));
  const nth = eat(text, next, any(grammar.ordinals));
  const other = nth ?? eat(text, next, `(?:${grammar.other})|(\\d{1,4}|${any(grammar.numbers)})`);
  const counted = other?.[1] ? countOf(grammar.numbers, other[1]) : 2;
  const interval = nth ? 3 + indexOf(grammar.ordinals, nth[0]) : other ? counted : 1;
  if (interval < 1) return null;
  if (other) next = past(text, ends(other));
  const unit = eat(text, next, any(grammar.everyUnits));
  if (unit) {
    const recurrence = UNITS[indexOf(grammar.everyUnits, unit[0])] ?? "daily";
    const days = recurrence === "weekly" ? daysOfWeek(text, past(text, ends(unit)), grammar, names) : null;
    if (days) return tail(text, begun(at, days.end), every("days_of_week", interval, days.days), grammar, reading);
    return tail(text, begun(at, ends(unit)), every(recurrence, interval), grammar, reading);
  }
  if (nth) return null;
  const work = eat(text, next, grammar.workdays);
  if (work) return tail(text, begun(at, ends(work)), every("days_of_week", 1, WEEKDAYS.slice(0, 5)), grammar, reading);
  const end = eat(text, next, grammar.weekend);
  if (end) return tail(text, begun(at, ends(end)), every("days_of_week", 1, WEEKDAYS.slice(5)), grammar, reading);
  const days = weekdays(text, next, names, grammar);
  return days && tail(text, begun(at, days.end), every("days_of_week", interval, days.days), grammar, reading);
}

const begun = (start: number, end: number) => ({ start, end, weak: false });

/** "on mon", "monday", "montags" behind weeks: short names are sure only behind a word that says so. */
function daysOfWeek(text: string, at: number, grammar: Grammar, names: readonly string[]) {
  const on = eat(text, at, grammar.on);
  if (on) return weekdays(text, past(text, ends(on)), names, grammar);
  return weekdays(text, at, grammar.weekdays, grammar) ?? weekdays(text, at, grammar.weekdayAdverbs, grammar);
}

/** "mon, thu and sat". */
function weekdays(text: string, at: number, names: readonly string[], grammar: Grammar) {
  const found = new Set<number>();
  let end = at;
  for (let next: number | null = at; next !== null;) {
    const match: RegExpExecArray | null = names.length ? eat(text, next, `(?:${any(names)})\\.?`) : null;
    if (!match) break;
    found.add(indexOf(names, match[0].replace(/\.$/, "")));
    end = ends(match);
    const joint = new RegExp(`^(?:\\s*[,/&+]\\s*(?:(?:${grammar.and})\\s+)?|\\s+(?:${grammar.and})\\s+)`, "iu").exec(
      text.slice(end),
    );
    next = joint ? end + joint[0].length : null;
  }
  return found.size ? { end, days: WEEKDAYS.filter((_, i) => found.has(i)) } : null;
}

/** "until 3 May", "5 times". */
function tail(
  text: string,
  place: Pick<Found, "start" | "end" | "weak">,
  repeat: Repeat,
  grammar: Grammar,
  reading: Reading,
): Found {
  const next = past(text, text[place.end] === "," ? place.end + 1 : place.end);
  const until = eat(text, next, grammar.until);
  const day = until && readDate(text, past(text, ends(until)), reading, true);
  if (day?.day) return { kind: "repeat", ...place, end: day.end, weak: false, repeat: { ...repeat, end: day.day } };
  const times = eat(text, next, `(\\d{1,4})(?:\\s|-)?(?:${grammar.times})`);
  const count = Number(times?.[1] ?? 0);
  if (times && count > 0)
    return { kind: "repeat", ...place, end: ends(times), weak: false, repeat: { ...repeat, count } };
  return { kind: "repeat", ...place, repeat };
}

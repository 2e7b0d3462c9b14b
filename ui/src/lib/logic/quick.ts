import type { Language } from "../words/index.svelte";
import { WEEKDAYS } from "./calendar";
import { grammarsOf } from "./grammar";
import type { Grammar } from "./grammar";
import { any, eat, ends, indexOf, past, readDate, readWhen } from "./moments";
import type { Reading, When } from "./moments";
import { every, firstDay } from "./recurrence";
import type { Repeat } from "./recurrence";
import { dayOf, fromParts, shift, toMoment } from "./time";

/** The priorities, as `!1` to `!4` name them. */
export const PRIORITY_ORDER = ["urgent_important", "important", "urgent", "neither"] as const;
export type Priority = (typeof PRIORITY_ORDER)[number];

export type Asked = {
  now: number;
  language: Language;
  /** How the person writes "3/5"; null: nobody can tell. */
  dayFirst: boolean | null;
  /** The names of the tags that there are: one may be of several words. */
  tags: readonly string[];
  /** Words that were understood and are not meant. */
  dismissed: readonly string[];
  /** The day that a time without one means; null: the next time it is so late. */
  day: string | null;
};

type Value =
  | { kind: "when"; when: When }
  | { kind: "deadline"; when: When }
  | { kind: "priority"; priority: Priority }
  | { kind: "estimate"; minutes: number }
  | { kind: "tag"; name: string }
  | { kind: "repeat"; repeat: Repeat };

type Found = Value & { start: number; end: number; weak: boolean };

/** Something that was understood, and the words that said so. */
export type Part = { kind: Found["kind"]; words: string[]; ranges: [start: number, end: number][]; name?: string };

export type Understood = {
  title: string;
  planned: string | null;
  deadline: string | null;
  priority: Priority | null;
  estimate: number | null;
  tags: string[];
  repeat: Repeat | null;
  parts: Part[];
};

/** What one line says of a task. What is not surely meant stays in the title, and so does everything in quotes. */
export function understand(text: string, asked: Asked): Understood {
  const reading: Reading = { ...asked, grammars: grammarsOf(asked.language) };
  const found = choose(settle(text, find(text, reading, asked)));
  const title = without(text, found);
  // Words that leave no title are the title.
  if (!title) return result(text.trim(), [], text, asked);
  return result(title, found, text, asked);
}

/** The text without the words that were understood. */
function without(text: string, found: readonly { start: number; end: number }[]): string {
  let title = "";
  let at = 0;
  for (const { start, end } of found) {
    title += text.slice(at, start);
    at = end;
  }
  const rest = text.slice(at);
  // A comma that set off what is gone goes with it.
  if (found.length && !/[\p{L}\p{N}]/u.test(rest)) title = title.replace(/[\s,;]+$/, "");
  return (title + rest).replace(/\s+/g, " ").trim();
}

const QUOTED = /"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|»[^«]*«/g;

/** Everything in a text that can be read as something, from left to right. */
function find(text: string, reading: Reading, { tags, dismissed }: Asked): Found[] {
  const quotes = [...text.matchAll(QUOTED)].map((match) => [match.index, match.index + match[0].length] as const);
  const blockers = reading.grammars.map((grammar) => grammar.blockers).join("|");
  const blocked = new RegExp(`(?:^|\\s)(?:${blockers})\\s+$`, "iu");
  const refused = new Set(dismissed);
  const all: Found[] = [];
  let at = past(text, 0);
  while (at < text.length) {
    const quote = quotes.find(([start, end]) => start <= at && at < end);
    const found = quote ? null : read(text, at, reading, tags);
    const crosses = found && quotes.some(([start]) => start > at && start < found.end);
    if (found && !crosses) {
      const meant = found.kind !== "when" || !blocked.test(text.slice(0, at));
      if (meant && !refused.has(folded(text.slice(at, found.end)))) all.push(found);
    }
    const next = quote ? quote[1] : found && !crosses ? found.end : at;
    at = past(text, next + (/^\S*/.exec(text.slice(next))?.[0].length ?? 0));
  }
  return all;
}

/** How dismissed words are remembered. */
export const folded = (words: string) => words.toLowerCase().replace(/\s+/g, " ").trim();

function read(text: string, at: number, reading: Reading, tags: readonly string[]): Found | null {
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
const ADVERBS = ["daily", "weekly", "monthly", "yearly"] as const;

function readRepeat(text: string, at: number, grammar: Grammar, reading: Reading): Found | null {
  const names = grammar.weekdays.map((name, i) => any([name, grammar.shortWeekdays[i] ?? ""]));
  const adverb = eat(text, at, any(grammar.adverbs));
  if (adverb) {
    const recurrence = ADVERBS[indexOf(grammar.adverbs, adverb[0])] ?? "daily";
    return tail(text, { ...begun(at, ends(adverb)), weak: true }, every(recurrence), grammar, reading);
  }
  const plural = weekdays(text, at, grammar.weekdayAdverbs, grammar);
  if (plural) return tail(text, begun(at, plural.end), every("days_of_week", 1, plural.days), grammar, reading);

  const word = eat(text, at, grammar.every);
  if (!word) return null;
  let next = past(text, ends(word));
  const other = eat(text, next, `(?:${grammar.other})|(\\d{1,4})`);
  const interval = other ? Number(other[1] ?? 2) : 1;
  if (interval < 1) return null;
  if (other) next = past(text, ends(other));
  const unit = eat(text, next, any(grammar.everyUnits));
  if (unit) {
    const recurrence = UNITS[indexOf(grammar.everyUnits, unit[0])] ?? "daily";
    const on = recurrence === "weekly" ? eat(text, past(text, ends(unit)), grammar.on) : null;
    const days = on && weekdays(text, past(text, ends(on)), names, grammar);
    if (days) return tail(text, begun(at, days.end), every("days_of_week", interval, days.days), grammar, reading);
    return tail(text, begun(at, ends(unit)), every(recurrence, interval), grammar, reading);
  }
  const work = eat(text, next, grammar.workdays);
  if (work) return tail(text, begun(at, ends(work)), every("days_of_week", 1, WEEKDAYS.slice(0, 5)), grammar, reading);
  const end = eat(text, next, grammar.weekend);
  if (end) return tail(text, begun(at, ends(end)), every("days_of_week", 1, WEEKDAYS.slice(5)), grammar, reading);
  const days = weekdays(text, next, names, grammar);
  return days && tail(text, begun(at, days.end), every("days_of_week", interval, days.days), grammar, reading);
}

const begun = (start: number, end: number) => ({ start, end, weak: false });

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

/** What may also mean something else is meant where it stands at the end, or beside what is sure. */
function settle(text: string, found: Found[]): Found[] {
  const sure = new Set(found.filter((one) => !one.weak));
  const blank = (start: number, end: number) => !/[^\s,;.!?]/.test(text.slice(start, end));
  const dated = (one: Found | undefined) =>
    one && sure.has(one) && (one.kind === "when" || one.kind === "deadline" || one.kind === "repeat");
  for (let before = -1; before !== sure.size;) {
    before = sure.size;
    for (const [i, one] of [...found.entries()].reverse()) {
      const [left, right] = [found[i - 1], found[i + 1]];
      const last = blank(one.end, right?.start ?? text.length) && (!right || trails(i + 1));
      const beside =
        (left && dated(left) && blank(left.end, one.start)) || (right && dated(right) && blank(one.end, right.start));
      if (last || beside) sure.add(one);
    }
  }
  return found.filter((one) => sure.has(one));

  /** Nothing but what is understood follows. */
  function trails(i: number): boolean {
    return found.slice(i).every((one, k, rest) => sure.has(one) && blank(one.end, rest[k + 1]?.start ?? text.length));
  }
}

/** Of what there can be only one of, the last; a day and a time may stand apart. */
function choose(found: Found[]): Found[] {
  const last = (kind: Found["kind"]) => found.findLast((one) => one.kind === kind);
  const whens = found.flatMap((one) => (one.kind === "when" ? [one] : []));
  const when = whens.at(-1);
  const other =
    when && whens.findLast(({ when: { day, time } }) => (day ? !when.when.day && !time : !when.when.time && time));
  const kept = new Set<Found | undefined>([
    when,
    other,
    ...(["deadline", "priority", "estimate", "repeat"] as const).map(last),
  ]);
  return found.filter((one) => one.kind === "tag" || kept.has(one));
}

function result(title: string, found: Found[], text: string, asked: Asked): Understood {
  const out: Understood = {
    title,
    planned: null,
    deadline: null,
    priority: null,
    estimate: null,
    tags: [],
    repeat: null,
    parts: [],
  };
  let when: Pick<When, "day" | "time"> = {};
  for (const one of found) {
    switch (one.kind) {
      case "when":
        when = { ...when, ...one.when };
        break;
      case "deadline":
        out.deadline = moment(one.when, { ...asked, day: null });
        break;
      case "priority":
        out.priority = one.priority;
        break;
      case "estimate":
        out.estimate = one.minutes;
        break;
      case "repeat":
        out.repeat = one.repeat;
        break;
      case "tag":
        if (!out.tags.some((name) => folded(name) === folded(one.name))) out.tags.push(one.name);
    }
    const name = one.kind === "tag" ? folded(one.name) : "";
    let part = out.parts.find((known) => known.kind === one.kind && (known.name ?? "") === name);
    if (!part) out.parts.push((part = { kind: one.kind, words: [], ranges: [], ...(name && { name }) }));
    part.words.push(folded(text.slice(one.start, one.end)));
    part.ranges.push([one.start, one.end]);
  }
  if (when.day || when.time) out.planned = moment(when, asked, out.repeat);
  else if (out.repeat) out.planned = begin(out.repeat, asked);
  return out;
}

/** A time that has passed today means tomorrow. */
function moment({ day, time = "" }: Pick<When, "day" | "time">, { now, day: usual }: Asked, repeat?: Repeat | null) {
  if (day) return fromParts(day, time);
  const today = dayOf(now);
  const from = usual ?? today;
  const first = repeat ? firstDay(repeat, from) : from;
  const at = fromParts(first, time);
  if (at !== null && Date.parse(at) > now) return at;
  const later = shift(first, 1);
  return fromParts(repeat ? firstDay(repeat, later) : later, time);
}

function begin(repeat: Repeat, { now, day }: Asked): string | null {
  if (repeat.recurrence === "hourly" || repeat.recurrence === "minutely") return toMoment(now - (now % 60_000));
  return fromParts(firstDay(repeat, day ?? dayOf(now)), "");
}

import type { Language } from "../words/index.svelte";
import { grammarsOf } from "./grammar";
import { past } from "./moments";
import type { Reading, When } from "./moments";
import { read } from "./reads";
import type { Found, Priority } from "./reads";
import { firstDay } from "./recurrence";
import type { Repeat } from "./recurrence";
import { dayOf, fromParts, shift, toMoment } from "./time";

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
  return firstDay(repeat, day ?? dayOf(now));
}

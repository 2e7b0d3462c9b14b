import { calendarDay, comingDate, comingNumber, comingWeekday, nextWeek, shiftMonths } from "./calendar";
import type { Grammar } from "./grammar";
import { dayOf, shift, toMoment, toParts } from "./time";

/** A day, a time, or both, as they stand in a text. `weak`: it may also mean something else. */
export type When = { end: number; day?: string; time?: string; weak: boolean };

/** What a text is read with. `dayFirst`: how the person writes "3/5"; null: nobody can tell. */
export type Reading = { now: number; grammars: Grammar[]; dayFirst: boolean | null };

/** A word ends where no letter, digit or apostrophe goes on. */
const END = "(?=$|[\\s,;!?)]|[.:](?=$|\\s))";
const patterns = new Map<string, RegExp>();

/** What of a text is at that place, as whole words; null: something else. */
export function eat(text: string, at: number, pattern: string): RegExpExecArray | null {
  let known = patterns.get(pattern);
  if (!known) patterns.set(pattern, (known = new RegExp(`(?:${pattern})${END}`, "iuy")));
  known.lastIndex = at;
  return known.exec(text);
}

export const past = (text: string, at: number) => at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
export const ends = (match: RegExpExecArray) => match.index + match[0].length;
export const any = (words: readonly string[]) => words.filter(Boolean).join("|");
export const indexOf = (words: readonly string[], word: string) =>
  words.findIndex((one) => one && new RegExp(`^(?:${one})$`, "iu").test(word));

/** What a number says that is one, or one of these words. */
export const countOf = (numbers: readonly string[], word: string) => Number(word) || indexOf(numbers, word) + 1;

/** A day and a time in either order, with what joins them. `said`: the word before it says that it is one. */
export function readWhen(text: string, at: number, reading: Reading, said = false): When | null {
  const day = readDate(text, at, reading, said);
  if (day) return day.time ? day : withTime(text, day, reading);
  const time = longest(reading.grammars.map((grammar) => readTime(text, at, grammar, reading)));
  if (!time) return null;
  const next = past(text, time.end);
  const then = readDate(text, next, reading);
  if (!then || then.time) return time;
  return { ...then, time: time.time, weak: then.weak && time.weak };
}

/** A day alone, whatever follows it. */
export function readDate(text: string, at: number, reading: Reading, said = false): When | null {
  return longest(reading.grammars.map((grammar) => readDay(text, at, grammar, reading, said)));
}

function withTime(text: string, day: When, reading: Reading): When {
  const next = past(text, text[day.end] === "," ? day.end + 1 : day.end);
  const time = longest(reading.grammars.map((grammar) => readTime(text, next, grammar, reading)));
  if (!time) return day;
  // Each makes the other surer.
  return { ...day, end: time.end, time: time.time, weak: false };
}

function longest<Part extends { end: number }>(parts: (Part | null)[]): Part | null {
  return parts.reduce((best, part) => (part && (!best || part.end > best.end) ? part : best), null);
}

function readTime(text: string, at: number, grammar: Grammar, { grammars }: Reading): When | null {
  const { oclock, hour: short, half, quarterPast, quarterTo, noon, units } = grammar;
  const numbers = [grammar.one, ...grammar.numbers.slice(1)];
  const hours = any(numbers);
  const said = `(?:(${grammar.at})\\s*)?`;
  const full = eat(text, at, `${said}(\\d{1,2})[:.](\\d\\d)(?:\\s*(?:(${oclock})|([ap])\\.?m\\.?))?`);
  // "9.30" alone may be anything.
  if (full && (full[0].includes(":") || full[1] || full[4] || full[5])) {
    const time = clock(full[2], full[3], full[5]);
    // "am" has another meaning elsewhere.
    if (time) return { end: ends(full), time, weak: false };
  }
  if (short) {
    // "9 Uhr 30 Minuten laufen" is at nine.
    const minutes = `(\\d\\d)(?!\\s(?:${any(units)})\\b)`;
    const parted = eat(text, at, `${said}(\\d{1,2})\\s?(?:${oclock}\\s?${minutes}|(?:${short})(?:\\s?${minutes})?)`);
    const time = parted && clock(parted[2], parted[3] ?? parted[4] ?? "00");
    // "2h" alone is how long something takes; nothing takes from noon to midnight.
    if (time && (parted[1] || parted[3] || time >= "13"))
      return { end: ends(parted), time, weak: !parted[1] && !parted[3] };
  }
  const gap = grammars.length > 1 ? "" : "\\s?";
  const round = eat(text, at, `${said}(\\d{1,2})(?:${gap}([ap])\\.?m\\.?|\\s*${oclock})`);
  if (round) {
    const time = clock(round[2], "0", round[3]);
    if (time) return { end: ends(round), time, weak: false };
  }
  const spoken = eat(text, at, `${said}(${hours})\\s${oclock}`);
  if (spoken) {
    const hour = countOf(numbers, spoken[2] ?? "");
    return { end: ends(spoken), time: clock(String(afternoon(hour)), "0") ?? "", weak: false };
  }
  const parts = `(${quarterPast})|(${half})|(${quarterTo})`;
  const mid = eat(text, at, `(?:${grammar.at}) (?:${parts}) (\\d{1,2}|${hours})`);
  if (mid) {
    const before = mid[3] !== undefined || (mid[2] !== undefined && half === "halb");
    const hour = countOf(numbers, mid[4] ?? "");
    const minutes = mid[1] ? "15" : mid[2] ? "30" : "45";
    const time = clock(String(afternoon(before ? hour - 1 || 12 : hour)), minutes);
    if (time) return { end: ends(mid), time, weak: false };
  }
  const middle = eat(text, at, grammar.at === "at|@" ? `at (?:${noon})` : noon);
  if (middle) return { end: ends(middle), time: "12:00", weak: false };
  const bare = eat(text, at, `(?:${grammar.at})(?:\\s*(\\d{1,2})|\\s(${hours}))`);
  const time = bare && clock(String(afternoon(countOf(numbers, bare[1] ?? bare[2] ?? ""))), "0");
  return time ? { end: ends(bare), time, weak: true } : null;
}

/** Nobody who says "at 3" means the night. */
const afternoon = (hour: number) => (hour >= 1 && hour <= 5 ? hour + 12 : hour);

function clock(hours = "", minutes = "", half?: string): string | null {
  let hour = Number(hours);
  if (half) {
    if (hour < 1 || hour > 12) return null;
    hour = (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  }
  if (hour > 23 || Number(minutes) > 59) return null;
  return `${String(hour).padStart(2, "0")}:${minutes.padStart(2, "0")}`;
}

function readDay(text: string, at: number, grammar: Grammar, reading: Reading, before: boolean): When | null {
  const word = eat(text, at, `(?:${grammar.on})(?: the)?`);
  const said = before || word !== null;
  const from = word ? past(text, ends(word)) : at;
  const near = named(text, from, grammar, reading) ?? weekday(text, from, grammar, reading, said);
  const day =
    (near && weeksLater(text, near, grammar)) ??
    (word ? null : ahead(text, at, grammar, reading)) ??
    date(text, from, grammar, reading, said);
  return day && said ? { ...day, weak: false } : day;
}

/** "today", "tomorrow morning", "tonight". */
function named(text: string, at: number, grammar: Grammar, { now }: Reading): When | null {
  const today = dayOf(now);
  const evening = eat(text, at, grammar.tonight);
  if (evening) return { end: ends(evening), day: today, time: "19:00", weak: false };
  const words = [grammar.today, grammar.tomorrow, grammar.overmorrow];
  const match = eat(text, at, words.map((word) => `(${word})`).join("|"));
  if (!match) return null;
  // In the middle of a sentence a capital makes it a noun: the morning.
  if (at > 0 && /^Morgen/.test(match[0])) return null;
  const day = shift(
    today,
    [1, 2, 3].findIndex((group) => match[group] !== undefined),
  );
  return daypart(text, { end: ends(match), day, weak: false }, grammar);
}

/** "monday in a week". */
function weeksLater(text: string, day: When, { within, numbers, units }: Grammar): When {
  const match = eat(text, past(text, day.end), `(?:${within}) (?:(\\d{1,2})|(${any(numbers)})) (?:${units[3] ?? ""})`);
  if (!match || !day.day) return day;
  const count = countOf(numbers, match[1] ?? match[2] ?? "");
  return { ...day, end: ends(match), day: shift(day.day, 7 * count), weak: false };
}

function daypart(text: string, day: When, grammar: Grammar): When {
  for (const [words, time] of grammar.dayparts) {
    const match = eat(text, past(text, day.end), words);
    if (match) return { ...day, end: ends(match), time, weak: false };
  }
  return day;
}

/** "monday", "next friday", "this weekend", "next week". */
function weekday(text: string, at: number, grammar: Grammar, reading: Reading, said: boolean): When | null {
  const today = dayOf(reading.now);
  const names = grammar.weekdays.map((name, i) => any([name, grammar.shortWeekdays[i] ?? ""]));
  const next = eat(
    text,
    at,
    `(?:${grammar.next}) (?:(${any(names)})|(${grammar.week})|(${grammar.month})|(${grammar.year}))`,
  );
  if (next) {
    const end = ends(next);
    const sure = { end, weak: false };
    if (next[2]) return { ...sure, day: nextWeek(today) };
    if (next[3]) return { ...sure, day: `${shiftMonths(today, 1).slice(0, 7)}-01` };
    if (next[4]) return { ...sure, day: `${Number(today.slice(0, 4)) + 1}-01-01` };
    return daypart(text, { ...sure, day: shift(nextWeek(today), indexOf(names, next[1] ?? "")) }, grammar);
  }
  const end = eat(text, at, `(?:(?:${grammar.coming}) )?(?:${grammar.weekend})`);
  if (end && (said || end[0].includes(" "))) return { end: ends(end), day: comingWeekday(today, 5), weak: false };
  const match = eat(
    text,
    at,
    `(?:(${grammar.coming}) )?(?:(${any(grammar.weekdays)})|(${any(grammar.shortWeekdays)})(\\.?))`,
  );
  if (!match) return null;
  const sure = said || match[1] !== undefined;
  const found = {
    end: ends(match),
    day: comingWeekday(shift(today, 1), indexOf(names, match[2] ?? match[3] ?? "")),
    weak: !sure,
  };
  if (match[2] || sure) return daypart(text, found, grammar);
  // "so" and "sun" are words; "So." and "sun 9:00" are days.
  if (match[4] && /^\p{Lu}/u.test(match[0])) return found;
  const timed = withTime(text, found, reading);
  return timed.time && (grammar.at === "at|@" || /^\p{Lu}/u.test(match[0])) ? timed : null;
}

/** "in 3 days", "in a week", "in 2 hours", "in half an hour". */
function ahead(text: string, at: number, grammar: Grammar, { now }: Reading): When | null {
  const half = eat(text, at, `(?:${grammar.within}) (?:${grammar.halfHour})`);
  if (half) return { end: ends(half), weak: false, ...toParts(toMoment(now + 30 * 60_000)) };
  const match = eat(
    text,
    at,
    `(?:${grammar.within}) (?:(\\d{1,3})\\s?|(${any(grammar.numbers)})\\s)(${any(grammar.units)})`,
  );
  if (!match) return null;
  const count = countOf(grammar.numbers, match[1] ?? match[2] ?? "");
  const today = dayOf(now);
  const found = { end: ends(match), weak: false };
  switch (indexOf(grammar.units, match[3] ?? "")) {
    case 0:
      return { ...found, ...toParts(toMoment(now + count * 60_000)) };
    case 1:
      return { ...found, ...toParts(toMoment(now + count * 3_600_000)) };
    case 2:
      return { ...found, day: shift(today, count) };
    case 3:
      return { ...found, day: shift(today, 7 * count) };
    case 4:
      return { ...found, day: shiftMonths(today, count) };
    default:
      return { ...found, day: shiftMonths(today, 12 * count) };
  }
}

/** "3 May", "May 3", "2026-05-03", "3.5.", "3/5", "on the 3rd". */
function date(text: string, at: number, grammar: Grammar, { now, dayFirst }: Reading, said: boolean): When | null {
  const today = dayOf(now);
  const on = (match: RegExpExecArray, year: string | undefined, month: number, day: number, weak: boolean) => {
    const found = year ? calendarDay(fullYear(year), month, day) : comingDate(today, month, day);
    return found ? { end: ends(match), day: found, weak } : null;
  };
  const iso = eat(text, at, "(\\d{4})-(\\d\\d)-(\\d\\d)");
  if (iso) return on(iso, iso[1], Number(iso[2]), Number(iso[3]), false);

  const months = any(grammar.months);
  const year = "(?:,? (\\d{4}))?";
  const of = grammar.of ? `(?:${grammar.of} )?` : "";
  const first = eat(text, at, `(\\d{1,2})(?:${grammar.ordinal})? ?${of}(${months})\\.?${year}`);
  if (first) return on(first, first[3], indexOf(grammar.months, first[2] ?? "") + 1, Number(first[1]), false);
  const second = eat(text, at, `(${months})\\.? (\\d{1,2})(?:${grammar.ordinal})?${year}`);
  if (second) {
    const doubtful = !second[3] && indexOf([grammar.doubtfulMonths], second[1] ?? "") >= 0;
    return on(second, second[3], indexOf(grammar.months, second[1] ?? "") + 1, Number(second[2]), doubtful);
  }
  const dotted = eat(text, at, "(\\d{1,2})\\.\\s?(\\d{1,2})\\.(\\d{4}|\\d\\d)?");
  if (dotted) return on(dotted, dotted[3], Number(dotted[2]), Number(dotted[1]), false);

  const slashed = eat(text, at, "(\\d{1,2})/(\\d{1,2})(?:/(\\d{4}|\\d\\d))?");
  if (slashed) {
    const [a, b] = [Number(slashed[1]), Number(slashed[2])];
    const order = a > 12 ? true : b > 12 ? false : a === b ? true : dayFirst;
    if (order === null) return null;
    return order ? on(slashed, slashed[3], b, a, !slashed[3]) : on(slashed, slashed[3], a, b, !slashed[3]);
  }
  const number = said ? eat(text, at, `(\\d{1,2})(?:${grammar.ordinal})`) : null;
  const day = number && comingNumber(today, Number(number[1]));
  return day ? { end: ends(number), day, weak: false } : null;
}

const fullYear = (year: string) => (year.length === 2 ? 2000 : 0) + Number(year);

import { afterEach, describe, expect, test } from "vitest";
import { understand } from "../src/lib/logic/quick";
import type { Asked } from "../src/lib/logic/quick";
import { toParts } from "../src/lib/logic/time";

/** A Wednesday, in the afternoon. */
const now = () => new Date(2026, 2, 11, 15, 30).getTime();
const asked = (more: Partial<Asked> = {}): Asked => ({
  now: now(),
  language: "en",
  dayFirst: null,
  tags: ["work", "deep work", "home"],
  dismissed: [],
  day: null,
  ...more,
});

const say = (moment: string | null) => {
  const { day, time } = toParts(moment);
  return time ? `${day} ${time}` : day;
};
/** Title, and when it is planned. */
const en = (text: string, more?: Partial<Asked>) => {
  const { title, planned } = understand(text, asked(more));
  return [title, say(planned)];
};
const de = (text: string) => en(text, { language: "de", dayFirst: true });

describe("one line of English", () => {
  test.each([
    ["Call the bank today", "Call the bank", "2026-03-11"],
    ["Call the bank tomorrow", "Call the bank", "2026-03-12"],
    ["Tomorrow call the bank", "call the bank", "2026-03-12"],
    ["Call tomorrow the bank", "Call the bank", "2026-03-12"],
    ["Call the bank tonight", "Call the bank", "2026-03-11 19:00"],
    ["Run the day after tomorrow", "Run", "2026-03-13"],
    ["Run tomorrow morning", "Run", "2026-03-12 09:00"],
    ["Call monday", "Call", "2026-03-16"],
    ["Call on mon", "Call", "2026-03-16"],
    ["Call thu", "Call", "2026-03-12"],
    ["Call wednesday", "Call", "2026-03-18"],
    ["Call on sun", "Call", "2026-03-15"],
    ["Call sat 10:00", "Call", "2026-03-14 10:00"],
    ["Call this friday", "Call", "2026-03-13"],
    ["Call next friday", "Call", "2026-03-20"],
    ["Call next monday", "Call", "2026-03-16"],
    ["Call next week", "Call", "2026-03-16"],
    ["Call next month", "Call", "2026-04-01"],
    ["Hike this weekend", "Hike", "2026-03-14"],
    ["Call in 3 days", "Call", "2026-03-14"],
    ["Call in a week", "Call", "2026-03-18"],
    ["Call in 2 weeks", "Call", "2026-03-25"],
    ["Call in 2 hours", "Call", "2026-03-11 17:30"],
    ["Call in two weeks", "Call", "2026-03-25"],
    ["Call today in a week", "Call", "2026-03-18"],
    ["Call monday in a week", "Call", "2026-03-23"],
    ["Call monday in two weeks at 9", "Call", "2026-03-30 09:00"],
    ["Call in 1 month", "Call", "2026-04-11"],
    ["Call 3 may", "Call", "2026-05-03"],
    ["Call 3rd of May", "Call", "2026-05-03"],
    ["Call may 3", "Call", "2026-05-03"],
    ["Call June 3rd the bank", "Call the bank", "2026-06-03"],
    ["Call 3 May 2028", "Call", "2028-05-03"],
    ["Call on the 15th", "Call", "2026-03-15"],
    ["Call on the 3rd", "Call", "2026-04-03"],
    ["Call 2026-05-03", "Call", "2026-05-03"],
    ["Call 3.5.", "Call", "2026-05-03"],
    ["Call 3.5.2027", "Call", "2027-05-03"],
    ["Call 1 March", "Call", "2027-03-01"],
    ["Call 9:45pm", "Call", "2026-03-11 21:45"],
    ["Call 9pm", "Call", "2026-03-11 21:00"],
    ["Call 9 am", "Call", "2026-03-12 09:00"],
    ["Call 12pm tomorrow", "Call", "2026-03-12 12:00"],
    ["Call at 16:00", "Call", "2026-03-11 16:00"],
    ["Call at 9", "Call", "2026-03-12 09:00"],
    ["Call at 4", "Call", "2026-03-11 16:00"],
    ["Call at half past 4", "Call", "2026-03-11 16:30"],
    ["Call at half past nine", "Call", "2026-03-12 09:30"],
    ["Call tomorrow at quarter to one", "Call", "2026-03-12 12:45"],
    ["Call at a quarter past ten tomorrow", "Call", "2026-03-12 10:15"],
    ["Call at nine o'clock", "Call", "2026-03-12 09:00"],
    ["Call tomorrow at nine", "Call", "2026-03-12 09:00"],
    ["Call in half an hour", "Call", "2026-03-11 16:00"],
    ["Call at noon tomorrow", "Call", "2026-03-12 12:00"],
    ["Call tomorrow at 9 about the loan", "Call about the loan", "2026-03-12 09:00"],
    ["Call friday at 9 about the loan", "Call about the loan", "2026-03-13 09:00"],
    ["At 9 tomorrow call", "call", "2026-03-12 09:00"],
    ["Call tomorrow, 9:00", "Call", "2026-03-12 09:00"],
    ["9:00 call the bank tomorrow", "call the bank", "2026-03-12 09:00"],
    ["Call the bank, tomorrow", "Call the bank", "2026-03-12"],
    ["Tell Tom about monday, tomorrow", "Tell Tom about monday", "2026-03-12"],
    ["Call monday or tuesday", "Call monday or", "2026-03-17"],
  ])("%s", (text, title, planned) => expect(en(text)).toEqual([title, planned]));

  test.each([
    "Look at 9 houses",
    "Enjoy the sun",
    "She sat there",
    "Prepare Monday meeting",
    "Slides for tomorrow",
    "Read today's paper",
    "Install version 3.5.",
    "I may 3 times a day",
    "Buy 3/5 of it",
    "Call 3/5",
    "Watch 31 june",
    "Call at 25",
    "Meeting 10:30-11:00",
    "The 9:00 train",
    "Write the weekly report",
    "Issue #42",
    "Wow!1",
    "a~30m",
    "Everyday things",
    "Stand by me",
    "tomorrow",
    "#work",
    "!1 ~30m",
    'Read "tomorrow" by Orwell',
    "Read “Every day” and „morgen“",
  ])("leaves alone: %s", (text) => {
    expect(understand(text, asked())).toMatchObject({
      title: text,
      planned: null,
      deadline: null,
      repeat: null,
      parts: [],
    });
  });

  test("a slash is read as the person writes it, or where it can be read in one way only", () => {
    expect(en("Call 3/5", { dayFirst: true })).toEqual(["Call", "2026-05-03"]);
    expect(en("Call 3/5", { dayFirst: false })).toEqual(["Call", "2027-03-05"]);
    expect(en("Call 13/5")).toEqual(["Call", "2026-05-13"]);
    expect(en("Call 5/13")).toEqual(["Call", "2026-05-13"]);
    expect(en("Call on 4/4")).toEqual(["Call", "2026-04-04"]);
  });

  test("everything at once", () => {
    const all = understand("Call the bank tomorrow 9:00 #work !1 ~30m every monday", asked());
    expect(all).toMatchObject({
      title: "Call the bank",
      priority: "urgent_important",
      estimate: 30,
      tags: ["work"],
      repeat: { recurrence: "days_of_week", days: ["mon"], interval: 1 },
    });
    expect(say(all.planned)).toBe("2026-03-12 09:00");
    expect(all.parts.map((part) => part.kind)).toEqual(["when", "tag", "priority", "estimate", "repeat"]);
  });

  test.each([
    ["x ~30m", 30],
    ["x ~30", 30],
    ["x ~45 min", 45],
    ["x ~1h", 60],
    ["x ~1h30", 90],
    ["x ~1h 30m", 90],
    ["x ~1.5h", 90],
    ["x ~2 hours", 120],
    ["x ~1:15", 75],
    ["x ~0", null],
  ])("%s takes %s minutes", (text, minutes) => expect(understand(text, asked()).estimate).toBe(minutes));

  test.each([
    ["Pay by friday", "Pay", "2026-03-13"],
    ["Pay due 3 May", "Pay", "2026-05-03"],
    ["Pay due: tomorrow 17:00", "Pay", "2026-03-12 17:00"],
    ["Pay by 17:00", "Pay", "2026-03-11 17:00"],
    ["Pay by sun", "Pay", "2026-03-15"],
    ["Pay by 9 people", "Pay by 9 people", ""],
  ])("%s is a deadline", (text, title, deadline) => {
    const read = understand(text, asked());
    expect([read.title, say(read.deadline), read.planned]).toEqual([title, deadline, null]);
  });

  test("a deadline and a plan go together", () => {
    const read = understand("Tax return on monday 10:00 by 31 may", asked());
    expect([read.title, say(read.planned), say(read.deadline)]).toEqual([
      "Tax return",
      "2026-03-16 10:00",
      "2026-05-31",
    ]);
  });

  test("tags: known ones of several words, new ones, and each once", () => {
    expect(understand("x #deep work tomorrow", asked()).tags).toEqual(["deep work"]);
    expect(understand("x #deep-sea #Work #work", asked()).tags).toEqual(["deep-sea", "Work"]);
    expect(understand("#küche x", asked()).tags).toEqual(["küche"]);
  });

  test("of two days the last one is meant", () => {
    expect(en("Move tomorrow to the 15th today")).toEqual(["Move tomorrow to the 15th", "2026-03-11"]);
  });

  test("where it is typed says which day a time is of", () => {
    expect(en("Call 9:00", { day: "2026-03-12" })).toEqual(["Call", "2026-03-12 09:00"]);
    expect(en("Call 9:00", { day: "2026-03-11" })).toEqual(["Call", "2026-03-12 09:00"]);
    expect(en("Call 18:00", { day: "2026-03-11" })).toEqual(["Call", "2026-03-11 18:00"]);
  });
});

describe("again and again", () => {
  const repeat = (text: string, more?: Partial<Asked>) => {
    const read = understand(text, asked(more));
    const { recurrence, interval, days, end, count } = read.repeat ?? {};
    return [read.title, recurrence, interval, days?.join(","), end ?? count ?? null, say(read.planned)];
  };
  test.each([
    ["Run every day", "Run", "daily", 1, "", null, "2026-03-11"],
    ["Run every day at 7", "Run", "daily", 1, "", null, "2026-03-12 07:00"],
    ["Run every other day", "Run", "daily", 2, "", null, "2026-03-11"],
    ["Run every 2 weeks", "Run", "weekly", 2, "", null, "2026-03-11"],
    ["Run every 2 weeks on mon and thu", "Run", "days_of_week", 2, "mon,thu", null, "2026-03-12"],
    ["Run every mon, thu", "Run", "days_of_week", 1, "mon,thu", null, "2026-03-12"],
    ["Run every monday and sun 9:00", "Run", "days_of_week", 1, "mon,sun", null, "2026-03-15 09:00"],
    ["Run every wednesday", "Run", "days_of_week", 1, "wed", null, "2026-03-11"],
    ["Run every wednesday at 9", "Run", "days_of_week", 1, "wed", null, "2026-03-18 09:00"],
    ["Run every weekday", "Run", "days_of_week", 1, "mon,tue,wed,thu,fri", null, "2026-03-11"],
    ["Run every weekend", "Run", "days_of_week", 1, "sat,sun", null, "2026-03-14"],
    ["Pay every month on the 3rd", "Pay", "monthly", 1, "", null, "2026-04-03"],
    ["Pay every year", "Pay", "yearly", 1, "", null, "2026-03-11"],
    ["Run daily", "Run", "daily", 1, "", null, "2026-03-11"],
    ["Run every day until 3 may", "Run", "daily", 1, "", "2026-05-03", "2026-03-11"],
    ["Run every day 5 times", "Run", "daily", 1, "", 5, "2026-03-11"],
    ["Run every two weeks", "Run", "weekly", 2, "", null, "2026-03-11"],
    ["Run every twelve days", "Run", "daily", 12, "", null, "2026-03-11"],
    ["Run every second week", "Run", "weekly", 2, "", null, "2026-03-11"],
    ["Run every other week monday", "Run", "days_of_week", 2, "mon", null, "2026-03-16"],
    ["Run every other week on thu", "Run", "days_of_week", 2, "thu", null, "2026-03-12"],
    ["Run every third week", "Run", "weekly", 3, "", null, "2026-03-11"],
    ["Run every 4th day", "Run", "daily", 4, "", null, "2026-03-11"],
    ["Run weekdays at 7", "Run", "days_of_week", 1, "mon,tue,wed,thu,fri", null, "2026-03-12 07:00"],
    ["Run on weekends", "Run", "days_of_week", 1, "sat,sun", null, "2026-03-14"],
    ["Drink hourly", "Drink", "hourly", 1, "", null, "2026-03-11 15:30"],
    ["Run every 3 hours", "Run", "hourly", 3, "", null, "2026-03-11 15:30"],
    ["Run every friday tomorrow", "Run", "days_of_week", 1, "fri", null, "2026-03-12"],
  ])("%s", (text, ...wanted) => expect(repeat(text)).toEqual(wanted));

  test.each([
    ["Laufen jeden Tag", "Laufen", "daily", 1, "", null, "2026-03-11"],
    ["Laufen täglich um 7", "Laufen", "daily", 1, "", null, "2026-03-12 07:00"],
    ["Laufen jeden zweiten Tag", "Laufen", "daily", 2, "", null, "2026-03-11"],
    ["Laufen alle 2 Wochen", "Laufen", "weekly", 2, "", null, "2026-03-11"],
    ["Laufen alle 2 Wochen am Mo und Do", "Laufen", "days_of_week", 2, "mon,thu", null, "2026-03-12"],
    ["Laufen alle zwei Wochen", "Laufen", "weekly", 2, "", null, "2026-03-11"],
    ["Laufen alle zwölf Tage", "Laufen", "daily", 12, "", null, "2026-03-11"],
    ["Laufen jede zweite Woche", "Laufen", "weekly", 2, "", null, "2026-03-11"],
    ["Laufen jede zweite Woche Montag", "Laufen", "days_of_week", 2, "mon", null, "2026-03-16"],
    ["Laufen alle zwei Wochen montags", "Laufen", "days_of_week", 2, "mon", null, "2026-03-16"],
    ["Laufen jede dritte Woche", "Laufen", "weekly", 3, "", null, "2026-03-11"],
    ["Laufen werktags um 7", "Laufen", "days_of_week", 1, "mon,tue,wed,thu,fri", null, "2026-03-12 07:00"],
    ["Laufen wochenends", "Laufen", "days_of_week", 1, "sat,sun", null, "2026-03-14"],
    ["Trinken stündlich", "Trinken", "hourly", 1, "", null, "2026-03-11 15:30"],
    ["Laufen jeden Mo, Do", "Laufen", "days_of_week", 1, "mon,thu", null, "2026-03-12"],
    ["Laufen jeden Montag und Sonntag 9 Uhr", "Laufen", "days_of_week", 1, "mon,sun", null, "2026-03-15 09:00"],
    ["Laufen montags und freitags", "Laufen", "days_of_week", 1, "mon,fri", null, "2026-03-13"],
    ["Laufen jeden Werktag", "Laufen", "days_of_week", 1, "mon,tue,wed,thu,fri", null, "2026-03-11"],
    ["Zahlen jeden Monat am 3.", "Zahlen", "monthly", 1, "", null, "2026-04-03"],
    ["Zahlen jedes Jahr", "Zahlen", "yearly", 1, "", null, "2026-03-11"],
    ["Laufen jeden Tag bis 3. Mai", "Laufen", "daily", 1, "", "2026-05-03", "2026-03-11"],
    ["Laufen jeden Tag 5 mal", "Laufen", "daily", 1, "", 5, "2026-03-11"],
    ["Run every monday", "Run", "days_of_week", 1, "mon", null, "2026-03-16"],
  ])("%s", (text, ...wanted) => expect(repeat(text, { language: "de" })).toEqual(wanted));
});

describe("one line of German", () => {
  test.each([
    ["Bank anrufen heute", "Bank anrufen", "2026-03-11"],
    ["Bank anrufen morgen", "Bank anrufen", "2026-03-12"],
    ["Morgen die Bank anrufen", "die Bank anrufen", "2026-03-12"],
    ["Bank anrufen übermorgen", "Bank anrufen", "2026-03-13"],
    ["Bank heute Abend anrufen", "Bank anrufen", "2026-03-11 19:00"],
    ["Laufen morgen früh", "Laufen", "2026-03-12 09:00"],
    ["Anrufen Montag", "Anrufen", "2026-03-16"],
    ["Am Montag anrufen", "anrufen", "2026-03-16"],
    ["Anrufen am Mo", "Anrufen", "2026-03-16"],
    ["Anrufen Do 9:00", "Anrufen", "2026-03-12 09:00"],
    ["Anrufen am so", "Anrufen", "2026-03-15"],
    ["Anrufen nächsten Freitag", "Anrufen", "2026-03-20"],
    ["Anrufen diesen Freitag", "Anrufen", "2026-03-13"],
    ["Anrufen nächste Woche", "Anrufen", "2026-03-16"],
    ["Wandern am Wochenende", "Wandern", "2026-03-14"],
    ["Anrufen in 3 Tagen", "Anrufen", "2026-03-14"],
    ["Anrufen in einer Woche", "Anrufen", "2026-03-18"],
    ["Anrufen in 2 Stunden", "Anrufen", "2026-03-11 17:30"],
    ["Anrufen 3. Mai", "Anrufen", "2026-05-03"],
    ["Anrufen am 3. Mai 2027 um 9", "Anrufen", "2027-05-03 09:00"],
    ["Anrufen am 15.", "Anrufen", "2026-03-15"],
    ["Anrufen 3.5.", "Anrufen", "2026-05-03"],
    ["Anrufen 03.05.27", "Anrufen", "2027-05-03"],
    ["Anrufen 3/5", "Anrufen", "2026-05-03"],
    ["Anrufen 3. März", "Anrufen", "2027-03-03"],
    ["Anrufen um 16 Uhr", "Anrufen", "2026-03-11 16:00"],
    ["Anrufen 16 Uhr", "Anrufen", "2026-03-11 16:00"],
    ["Anrufen um 16:30 Uhr", "Anrufen", "2026-03-11 16:30"],
    ["Anrufen um 16.30 Uhr", "Anrufen", "2026-03-11 16:30"],
    ["Anrufen 15 Uhr 45", "Anrufen", "2026-03-11 15:45"],
    ["Anrufen morgen um 9 Uhr 30", "Anrufen", "2026-03-12 09:30"],
    ["Morgen 9 Uhr 30 Minuten laufen", "30 Minuten laufen", "2026-03-12 09:00"],
    ["Anrufen 16h", "Anrufen", "2026-03-11 16:00"],
    ["Anrufen heute 15h", "Anrufen", "2026-03-11 15:00"],
    ["Anrufen heute 15h30", "Anrufen", "2026-03-11 15:30"],
    ["Anrufen um 9h", "Anrufen", "2026-03-12 09:00"],
    ["Anrufen heute in einer Woche", "Anrufen", "2026-03-18"],
    ["Anrufen Montag in einer Woche", "Anrufen", "2026-03-23"],
    ["Anrufen in zwei Wochen", "Anrufen", "2026-03-25"],
    ["Anrufen um halb 5", "Anrufen", "2026-03-11 16:30"],
    ["Anrufen morgen um halb zehn", "Anrufen", "2026-03-12 09:30"],
    ["Anrufen morgen um halb eins", "Anrufen", "2026-03-12 12:30"],
    ["Anrufen um viertel nach neun", "Anrufen", "2026-03-12 09:15"],
    ["Anrufen um Viertel vor 5", "Anrufen", "2026-03-11 16:45"],
    ["Anrufen morgen um neun Uhr", "Anrufen", "2026-03-12 09:00"],
    ["Anrufen morgen um eins", "Anrufen", "2026-03-12 13:00"],
    ["Anrufen in einer halben Stunde", "Anrufen", "2026-03-11 16:00"],
    ["Anrufen morgen mittags", "Anrufen", "2026-03-12 12:00"],
    ["Anrufen um 9 am Montag", "Anrufen", "2026-03-16 09:00"],
    ["Call the bank tomorrow at 9", "Call the bank", "2026-03-12 09:00"],
  ])("%s", (text, title, planned) => expect(de(text)).toEqual([title, planned]));

  test.each([
    "Das ist so",
    "Um ein Haus kümmern",
    "Jeden dritten Montag im Monat",
    "Tarife werktags vergleichen",
    "So machen wir es",
    "Guten Morgen sagen",
    "Den Morgen planen",
    "Treffen 9 am Bahnhof",
    "Wie mo und di",
    "Montagsrunde planen",
    "Folien für Montag",
    "Version 3.5. einspielen",
    "Um 9 Bäume kümmern",
    "Bis 10 zählen",
    "Der wöchentliche Bericht",
    "Essen vor 9:00",
    "Lernen 2h",
    "Alle zwei Bücher lesen",
  ])("leaves alone: %s", (text) => expect(de(text)).toEqual([text, ""]));

  test.each([
    ["Zahlen bis Freitag", "Zahlen", "2026-03-13"],
    ["Zahlen bis zum 3. Mai", "Zahlen", "2026-05-03"],
    ["Zahlen fällig am 3.5.", "Zahlen", "2026-05-03"],
    ["Zahlen bis morgen 17 Uhr", "Zahlen", "2026-03-12 17:00"],
    ["Zahlen bis Fr", "Zahlen", "2026-03-13"],
  ])("%s is a deadline", (text, title, deadline) => {
    const read = understand(text, asked({ language: "de" }));
    expect([read.title, say(read.deadline), read.planned]).toEqual([title, deadline, null]);
  });
});

describe("what was dismissed", () => {
  test("stays in the title, and so do its parts", () => {
    const text = "Call tomorrow 9:00 #work";
    expect(en(text, { dismissed: ["tomorrow 9:00"] })).toEqual(["Call tomorrow 9:00", ""]);
    expect(understand(text, asked({ dismissed: ["#work"] })).title).toBe("Call #work");
    expect(en("9:00 call tomorrow", { dismissed: ["tomorrow"] })).toEqual(["call tomorrow", "2026-03-12 09:00"]);
  });
});

describe("calendars", () => {
  const zone = process.env.TZ;
  afterEach(() => {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  });

  test("a day is a day, also when clocks change, and a time that there is not is the next one that there is", () => {
    process.env.TZ = "Europe/Berlin";
    const before = new Date(2026, 2, 28, 23, 30).getTime();
    expect(en("Call tomorrow", { now: before })).toEqual(["Call", "2026-03-29"]);
    expect(en("Call in 2 days", { now: before })).toEqual(["Call", "2026-03-30"]);
    expect(en("Call tomorrow 9:00", { now: before })).toEqual(["Call", "2026-03-29 09:00"]);
    expect(en("Call tomorrow 2:30", { now: before })).toEqual(["Call", "2026-03-29 03:30"]);
    expect(en("Call in 3 hours", { now: before })).toEqual(["Call", "2026-03-29 03:30"]);
  });

  test("months end where they end", () => {
    const end = new Date(2026, 0, 31, 12).getTime();
    expect(en("Call in 1 month", { now: end })).toEqual(["Call", "2026-02-28"]);
    expect(en("Call next month", { now: end })).toEqual(["Call", "2026-02-01"]);
    expect(en("Call tomorrow", { now: end })).toEqual(["Call", "2026-02-01"]);
    expect(en("Call on the 31st", { now: new Date(2026, 3, 2, 12).getTime() })).toEqual(["Call", "2026-05-31"]);
  });

  test("a leap day is in the next leap year", () => {
    expect(en("Call 29 feb")).toEqual(["Call", "2028-02-29"]);
    expect(en("Call 29 feb 2027")).toEqual(["Call 29 feb 2027", ""]);
    expect(en("Call in 1 year", { now: new Date(2028, 1, 29, 12).getTime() })).toEqual(["Call", "2029-02-28"]);
  });
});

test("whatever is typed: what is not understood is the title, in its order, and it is never empty", () => {
  const words = `Call the bank tomorrow today 9:00 at 9 9pm #work #deep work !1 !4 ~30m ~1h30 every monday daily
    by friday due 3 May on in 2 weeks 3.5. 3/5 "tomorrow 9:00" “so” sun until times jeden Mo, Do bis morgen um halb , . # ! ~ §`
    .split(/\s+/)
    .filter(Boolean);
  let seed = 7;
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 3_000; round++) {
    const text = Array.from({ length: 1 + random(9) }, () => words[random(words.length)]).join(random(9) ? " " : "  ");
    const read = understand(text, asked({ language: random(2) ? "en" : "de", dayFirst: random(2) === 0 }));
    const taken = read.parts.flatMap((part) => part.ranges).sort(([a], [b]) => a - b);
    let rest = "";
    let at = 0;
    for (const [start, end] of taken) {
      expect(start).toBeGreaterThanOrEqual(at);
      rest += text.slice(at, start);
      at = end;
    }
    rest += text.slice(at);
    const bare = (some: string) => some.replace(/[\s,;]+/g, "");
    expect(bare(read.title), text).toBe(bare(rest));
    expect(read.title.trim(), text).not.toBe("");
  }
});

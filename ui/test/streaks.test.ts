import { describe, expect, test } from "vitest";
import type { Entity } from "$bindings";
import { WEEKDAYS } from "../src/lib/logic/calendar";
import {
  between,
  dayEdits,
  firstDay,
  goalOf,
  less,
  momentOn,
  more,
  monthWeeks,
  placed,
  progress,
  say,
  shiftMonth,
  stateOf,
  streak,
  tap,
  targetOf,
  tickable,
  ticks,
  weekdays,
  weekStart,
} from "../src/lib/logic/habits";
import type { Day, Days, Said, State, Status } from "../src/lib/logic/habits";
import { dayOf, shift } from "../src/lib/logic/time";
import { seeded } from "./seeded";

const WORDS: Record<string, State> = { x: "complete", s: "skipped", n: "not_done", b: "begun" };

const known = (state: State, id = "1"): Day => ({
  id,
  state,
  status: state === "begun" ? "complete" : state,
  done: state === "begun" ? ["2026-03-01T09:00:00Z"] : [],
});

/** One letter a day, today's the last: x done, s skipped, n not done, b begun, . nothing. */
function days(letters: string, today = "2026-03-20"): Days {
  return new Map(
    [...letters].flatMap((letter, i): [string, Day][] => {
      const state = WORDS[letter];
      return state ? [[shift(today, i - letters.length + 1), known(state, String(i))]] : [];
    }),
  );
}

const habit = (fields: Entity["fields"], id = "h"): Entity => ({
  kind: "habit",
  id,
  title: id,
  fields,
  deleted: false,
  modified: 0,
  modified_by: null,
  reviews: 0,
  here: false,
});

// A Friday; weeks begin on Mondays.
const calendar = { today: "2026-03-20", first: "2026-01-01", weekStart: 1 };

describe("days in a row", () => {
  test.each([
    ["", 0, 0],
    ["x", 1, 1],
    ["xxx", 3, 3],
    // Today has until midnight.
    ["xxx.", 3, 3],
    ["xxx..", 0, 3],
    // Unless it was said that nothing comes of it.
    ["xxxn", 0, 3],
    // Skipped days neither count nor break, however many.
    ["xsx", 2, 2],
    ["xxssssx.", 3, 3],
    ["xxs", 2, 2],
    ["xxss.", 2, 2],
    ["s", 0, 0],
    ["s.x", 1, 1],
    ["xx.x", 1, 2],
    ["xxxxnxx", 2, 4],
    ["xxx.s.x", 1, 3],
    // What was only begun is not done; today it may still be.
    ["xxxb", 3, 3],
    ["xbxx", 2, 2],
    ["xxb.", 0, 2],
  ])("%s", (letters, current, best) =>
    expect(streak(days(letters), null, calendar)).toEqual({ current, best, unit: "day" }),
  );

  test("what is ticked for a day to come counts when it has come", () => {
    const ahead = new Map([...days("xx"), ["2026-03-21", known("complete")]]);
    expect(streak(ahead, null, calendar)).toMatchObject({ current: 2, best: 2 });
  });

  test("over a change of the clock, and a leap day", () => {
    for (const today of ["2026-03-30", "2026-10-26", "2028-03-01"])
      expect(streak(days("xxxxx", today), null, { ...calendar, today }).current).toBe(5);
  });

  test("the current one is never longer than the best; one more done today adds one", () => {
    const random = seeded(41);
    for (let round = 0; round < 500; round++) {
      const letters = Array.from({ length: random(40) }, () => "xxxsn."[random(6)]).join("");
      const goal = random(2) ? null : { frequency: 1 + random(4), period: 1 + random(10) };
      const before = streak(days(`${letters}.`), goal, calendar);
      const after = streak(days(`${letters}x`), goal, calendar);
      expect(before.current).toBeLessThanOrEqual(before.best);
      expect(after.current).toBeGreaterThanOrEqual(before.current);
      if (before.unit === "day") expect(after.current).toBe(before.current + 1);
      // A skipped day in between changes nothing.
      if (before.unit === "day") expect(streak(days(`${letters}s.`), goal, calendar).current).toBe(before.current);
    }
  });
});

describe("a goal", () => {
  const goal = { frequency: 3, period: 7 };

  test.each([
    // Monday to Friday of this week; what was done on Sunday is last week's.
    ["x.....", 0, 3],
    ["x.x.x.", 2, 3],
    ["xxxxxx", 5, 2],
    [".....s", 0, 2],
    ["..xx.b", 2, 3],
  ])("of a week goes by its week: %s", (letters, done, left) =>
    expect(progress(days(letters), goal, calendar)).toEqual({ done, left }),
  );

  test("counts in weeks that begin on the day that weeks begin with here", () => {
    // Sunday, the fifteenth, is five days before.
    expect(progress(days("x....."), goal, { ...calendar, weekStart: 7 }).done).toBe(1);
    expect(progress(days("x......"), goal, { ...calendar, weekStart: 6 }).done).toBe(1);
    expect(progress(days("x......"), goal, { ...calendar, weekStart: 7 }).done).toBe(0);
  });

  test("of other periods counts from the first day of the habit", () => {
    const ten = { frequency: 4, period: 10 };
    // The first period has ended on the tenth, the second on the twentieth.
    const at = { ...calendar, first: "2026-03-01" };
    expect(progress(days("xxxxxxxxxxxx"), ten, at)).toEqual({ done: 10, left: 0 });
    expect(progress(days("x."), ten, { ...at, today: "2026-03-20" })).toEqual({ done: 1, left: 1 });
  });

  test.each([
    // Two letters of this week's Monday to Friday are enough to see: each block of seven is a week.
    ["xxx....xxx....xxx..", 3, 3],
    ["xxx....xxx.........", 2, 2],
    ["xxx....xx.....xxx..", 1, 1],
    // Skipped days make up for those that lack, and count for nothing.
    ["xxx....xs.s...xxx..", 2, 2],
    ["xxx....sssssssxxx..", 2, 2],
    ["xxx....xs.....xxx..", 1, 1],
    ["x.x.x..x.x.x..x.x..", 2, 2],
    ["xxx....xxb....xxx..", 1, 1],
  ])("weeks in a row: %s", (letters, current, best) =>
    expect(streak(days(letters), goal, calendar)).toEqual({ current, best, unit: "week" }),
  );

  test("that leaves no day free is one of days in a row", () => {
    expect(streak(days("xxx"), { frequency: 7, period: 7 }, calendar)).toMatchObject({ current: 3, unit: "day" });
    expect(streak(days("xxx"), { frequency: 1, period: 1 }, calendar)).toMatchObject({ current: 3, unit: "day" });
    expect(streak(days("xxx"), { frequency: 2, period: 10 }, calendar).unit).toBe("period");
  });

  test("is there when it is on", () => {
    const fields = { goal: true, goal_frequency: 3, goal_period_days: 7 };
    expect(goalOf(habit(fields))).toEqual(goal);
    expect(goalOf(habit({ ...fields, goal: false }))).toBeNull();
    expect(goalOf(habit({}))).toBeNull();
  });
});

describe("the calendar", () => {
  test("has weeks as people there have them", () => {
    expect(weekStart("de-DE")).toBe(1);
    expect(weekStart("en-US")).toBe(7);
    expect(weekStart("en-GB")).toBe(1);
    expect(weekStart("de")).toBe(1);
    expect(weekdays(7)).toEqual(["sun", "mon", "tue", "wed", "thu", "fri", "sat"]);
  });

  test("shows a month in its weeks", () => {
    const february = monthWeeks("2026-02", 1);
    expect(february[0]).toEqual([null, null, null, null, null, null, "2026-02-01"]);
    expect(february).toHaveLength(5);
    expect(monthWeeks("2026-02", 7)).toHaveLength(4);
    expect(monthWeeks("2028-02", 1).flat().filter(Boolean)).toHaveLength(29);
    for (let i = 0; i < 60; i++) {
      const month = shiftMonth("2024-11", i);
      for (const start of [1, 6, 7]) {
        const all = monthWeeks(month, start).flat();
        const known = all.filter((day) => day !== null);
        expect(known[0]).toBe(`${month}-01`);
        expect(shift(known.at(-1)!, 1)).toBe(`${shiftMonth(month, 1)}-01`);
        expect(all.length % 7).toBe(0);
        // Each column is one day of the week.
        all.forEach((day, i) => {
          const weekday = (new Date(`${day}T12:00:00Z`).getUTCDay() + 6) % 7;
          if (day) expect(WEEKDAYS[weekday]).toBe(weekdays(start)[i % 7]);
        });
      }
    }
  });

  test("has days that can be ticked: from the first to today", () => {
    const made = habit({ created: new Date(2026, 2, 10, 9).toISOString() });
    expect(firstDay(made, undefined)).toBe("2026-03-10");
    expect(firstDay(made, new Map([["2026-03-01", known("complete")]]))).toBe("2026-03-01");
    expect(firstDay(habit({}), days("x"))).toBeNull();
    expect(tickable("2026-03-09", "2026-03-10", "2026-03-20")).toBe(false);
    expect(tickable("2026-03-10", "2026-03-10", "2026-03-20")).toBe(true);
    expect(tickable("2026-03-20", null, "2026-03-20")).toBe(true);
    expect(tickable("2026-03-21", null, "2026-03-20")).toBe(false);
  });
});

describe("what is said of a day", () => {
  const at = "2026-03-20T10:00:00.000Z";
  const moments = (count: number) => Array.from({ length: count }, (_, i) => `2026-03-20T0${i}:00:00Z`);
  const said = (status: Status, count = 0): Said => ({ status, done: moments(count) });

  test.each([
    ["complete", 0, 8, "complete"],
    ["not_done", 0, 8, "not_done"],
    ["complete", 1, 8, "begun"],
    // One has counted it full while the other took one back.
    ["complete", 7, 8, "begun"],
    ["complete", 8, 8, "complete"],
    ["complete", 9, 8, "complete"],
    // So it was stored before the moments alone said how far it is.
    ["not_done", 7, 8, "begun"],
    ["not_done", 8, 8, "complete"],
    ["skipped", 0, 8, "skipped"],
    ["skipped", 2, 8, "skipped"],
    ["skipped", 8, 8, "complete"],
    // It was counted, and is not any more.
    ["not_done", 2, 1, "complete"],
  ] as const)("%s, done %s times of %s, is %s", (status, count, target, wanted) =>
    expect(stateOf(said(status, count), target)).toBe(wanted),
  );

  test("a target holds while its goal is on", () => {
    const fields = { goal: true, goal_daily_target: 8 };
    expect(targetOf(habit(fields))).toBe(8);
    expect(targetOf(habit({ ...fields, goal: false }))).toBe(1);
    expect(targetOf(habit({ goal: true }))).toBe(1);
    const record = habit({ habit: "h", day: "2026-03-20", status: "complete", done_at: moments(3) }, "r");
    const stateWith = (fields: Entity["fields"]) =>
      ticks([record], new Map([["h", habit(fields)]]))
        .get("h")
        ?.get("2026-03-20")?.state;
    expect(stateWith(fields)).toBe("begun");
    expect(stateWith({ ...fields, goal_daily_target: 3 })).toBe("complete");
  });

  test("a tap goes round where nothing is counted", () => {
    const round = [undefined, said("complete"), said("skipped"), said("not_done")];
    expect(round.map((one) => tap(one, 1, at)?.status ?? null)).toEqual(["complete", "skipped", "not_done", null]);
    // What was counted before does not hold it where it is.
    expect(tap(said("not_done", 3), 1, at)).toEqual(said("skipped"));
  });

  test("a tap counts on, to the target and past it, and always says that it was done", () => {
    const after = (day: Said | undefined) => tap(day, 3, at);
    expect(after(undefined)).toEqual({ status: "complete", done: [at] });
    for (const status of ["complete", "skipped", "not_done"] as const)
      for (const times of [0, 1, 2, 3])
        expect(after(said(status, times))).toEqual({ status: "complete", done: [...moments(times), at] });
  });

  test("once more is done, where nothing is counted", () => {
    for (const day of [undefined, said("complete"), said("skipped"), said("not_done")])
      expect(more(day, 1, at)).toEqual(said("complete"));
    expect(more(said("complete", 2), 3, at)).toEqual(tap(said("complete", 2), 3, at));
  });

  test("one is taken back at a time, the latest first, until nothing is said", () => {
    const mixed: Said = { status: "complete", done: [at, "2026-03-20T08:00:00Z", "2026-03-20T09:00:00Z"] };
    expect(less(mixed, 3, at)).toEqual({ status: "complete", done: ["2026-03-20T08:00:00Z", "2026-03-20T09:00:00Z"] });
    expect(less(said("complete", 4), 3, at)).toEqual(said("complete", 3));
    expect(less(said("not_done", 2), 3, at)).toEqual(said("complete", 1));
    for (const last of [said("complete", 1), said("not_done", 1), said("complete"), said("skipped"), undefined])
      expect(less(last, 3, at)).toBeNull();
    expect(less(said("complete", 2), 1, at)).toBeNull();
  });

  test("to skip it or to say that it was not done takes the place of what was counted", () => {
    expect(say("skipped")(said("complete", 3), 3, at)).toEqual(said("skipped"));
    expect(say("not_done")(said("not_done", 2), 3, at)).toEqual(said("not_done"));
  });

  test("what is stored is changed moment by moment", () => {
    const day: Day = { id: "r", state: "begun", ...said("not_done", 2) };
    const on = { kind: "habit_record", id: "r" };
    expect(dayEdits(day, said("complete", 3))).toEqual([
      { type: "set", ...on, fields: { status: "complete" } },
      { type: "add", ...on, field: "done_at", item: moments(3)[2] },
    ]);
    expect(dayEdits(day, said("not_done"))).toEqual(
      moments(2).map((item) => ({ type: "remove", ...on, field: "done_at", item })),
    );
    expect(dayEdits(day, day)).toEqual([]);
  });

  test("moments are of their day, and all different", () => {
    const now = new Date(2026, 2, 31, 23, 59, 59, 500).getTime();
    // Clocks are put forward on the twenty-ninth; a leap day; today.
    for (const day of ["2026-03-29", "2024-02-29", "2026-03-31"]) {
      const taken: string[] = [];
      for (let i = 0; i < 50; i++) taken.push(momentOn(day, now, taken));
      expect(new Set(taken).size).toBe(50);
      expect(taken.map((one) => dayOf(Date.parse(one)))).toEqual(taken.map(() => day));
    }
    expect(momentOn("2026-03-31", now, [])).toBe(new Date(now).toISOString());
  });
});

describe("the order", () => {
  test.each([
    [null, null, 0],
    [null, 3, 2],
    [3, null, 4],
    [1, 2, 1.5],
  ])("between %s and %s", (a, b, wanted) => expect(between(a, b)).toBe(wanted));

  test("one edit moves one, as long as there is room", () => {
    const list = [1, 2, 3].map((order) => habit({ order }, String(order)));
    expect(placed(list, list[2]!, 0)).toEqual([{ type: "set", kind: "habit", id: "3", fields: { order: 0 } }]);
    expect(placed(list, list[0]!, 1)).toEqual([{ type: "set", kind: "habit", id: "1", fields: { order: 2.5 } }]);
    for (const [item, place] of [
      [0, 0],
      [0, -1],
      [2, 3],
    ] as const)
      expect(placed(list, list[item]!, place)).toEqual([]);
  });

  test("any moves, however many, leave each where it was put", () => {
    const random = seeded(77);
    let list = Array.from({ length: 7 }, (_, i) => habit({ order: Math.floor(i / 3) }, String(i)));
    for (let i = 0; i < 500; i++) {
      const item = list[random(7)]!;
      const place = random(7);
      const wanted = list.filter((one) => one !== item).toSpliced(place, 0, item);
      if (wanted.every((one, at) => one === list[at])) continue;
      const edits = new Map(placed(list, item, place).map((edit) => [edit.type === "set" ? edit.id : "", edit]));
      list = list.map((one) => {
        const edit = edits.get(one.id);
        return edit?.type === "set" ? habit({ order: edit.fields.order ?? 0 }, one.id) : one;
      });
      list.sort((a, b) => Number(a.fields.order) - Number(b.fields.order));
      expect(list.map((one) => one.id)).toEqual(wanted.map((one) => one.id));
    }
  });
});

import { describe, expect, test } from "vitest";
import type { Entity, JsonValue } from "$bindings";
import { dayFirst, shiftMonths } from "../src/lib/logic/calendar";
import { moved, step } from "../src/lib/logic/moves";
import { between, place } from "../src/lib/logic/order";
import { understand } from "../src/lib/logic/quick";
import { every, firstDay, nextDay, repeatFields, repeatOf, repeatSummary } from "../src/lib/logic/recurrence";
import { momentFields, reminderFields } from "../src/lib/logic/reminders";
import { statusFields, ticked } from "../src/lib/logic/status";
import { dueDay, isLate, newTask, NO_FILTER, sections } from "../src/lib/logic/tasks";
import type { Filter, View } from "../src/lib/logic/tasks";
import { startOf, toMoment, toParts } from "../src/lib/logic/time";
import { branches, Forest } from "../src/lib/logic/tree";
import { speak } from "../src/lib/words/index.svelte";

const NOW = new Date(2026, 2, 11, 15, 30).getTime();
const TODAY = "2026-03-11";
const at = (day: string, hours = 0) => (hours ? toMoment(startOf(day) + hours * 3_600_000) : day);

let next = 0;
function task(fields: Record<string, JsonValue>, more: Partial<Entity> = {}): Entity {
  const id = String(++next).padStart(4, "0");
  const named = { kind: "task", id, title: String(fields.title ?? id), fields, deleted: false, modified: NOW };
  return { ...named, modified_by: null, reviews: 0, here: false, ...more };
}
const mapped = (tasks: Entity[]) => new Map(tasks.map((one) => [one.id, one]));
const none = new Map<string, Entity>();
const read = (text: string) =>
  understand(text, { now: NOW, language: "en", dayFirst: null, tags: [], dismissed: [], day: null });

describe("sections of tasks", () => {
  const late = task({ title: "late", planned: at("2026-03-01"), order: 2 });
  const due = task({ title: "due", deadline: at(TODAY), planned: at("2026-03-20"), order: 1 });
  const ahead = task({ title: "ahead", planned: at("2026-03-12") });
  const far = task({ title: "far", planned: at("2026-05-01"), priority: "urgent" });
  const loose = task({ title: "loose", description: "with a needle", tags: ["t1"] });
  const done = task({ title: "done", status: "done", completed_at: at(TODAY, 1), planned: at(TODAY) });
  const all = [far, ahead, due, late, loose, done];
  const tags = mapped([task({ name: "Garden" }, { id: "t1", kind: "tag", title: "Garden" })]);
  const shown = (tasks: Entity[], view: View, filter: Partial<Filter> = {}, stay?: Set<string>) =>
    sections({
      tasks: mapped(tasks),
      tags,
      forest: new Forest(mapped(tasks)),
      view,
      filter: { ...NO_FILTER, ...filter },
      now: NOW,
      ...(stay && { stay }),
    });
  const names = (view: View, filter: Partial<Filter> = {}, stay?: Set<string>) =>
    shown(all, view, filter, stay).map((section) => [section.name, ...section.tasks.map((one) => one.task.title)]);

  test("today is what is due and what was left", () => {
    expect(names("today")).toEqual([
      ["Earlier", "late"],
      ["Today", "due"],
    ]);
  });

  test("upcoming goes day by day", () => {
    expect(names("upcoming").map((section) => section[1])).toEqual(["ahead", "far"]);
  });

  test("what is done is apart, but lingers where it was ticked", () => {
    expect(names("done")).toEqual([["Today", "done"]]);
    expect(names("today", {}, new Set([done.id]))[1]).toEqual(["Today", "done", "due"]);
  });

  test("search looks into descriptions and the names of tags, too", () => {
    expect(names("all", { search: "NEEDLE" })).toEqual([["Open", "loose"]]);
    expect(names("all", { search: "garden" })).toEqual([["Open", "loose"]]);
    expect(names("all", { search: "hay" })).toEqual([]);
  });

  test("a filter narrows: all of the tags, any of the priorities", () => {
    expect(names("all", { tags: ["t1"] })).toEqual([["Open", "loose"]]);
    expect(names("all", { tags: ["t1", "t2"] })).toEqual([]);
    expect(names("all", { priorities: ["urgent", "important"] })).toEqual([["Open", "far"]]);
    expect(names("all", { priorities: [""], search: "a" })[0]?.slice(1)).toEqual(["ahead", "loose", "late"]);
    expect(names("all", { here: true })).toEqual([]);
  });

  test("the matrix has all of its quarters, and a place for what is in none", () => {
    const quarters = shown(all, "matrix").map((one) => [one.key, one.tasks.length]);
    expect(quarters).toEqual([
      ["urgent_important", 0],
      ["important", 0],
      ["urgent", 1],
      ["neither", 0],
      ["none", 4],
    ]);
  });

  test("the earlier of both dates counts, and only a past deadline is late", () => {
    expect(dueDay(due)).toBe(TODAY);
    expect(isLate(late, NOW)).toBe(false);
    expect(isLate(task({ title: "x", deadline: at("2026-03-10") }), NOW)).toBe(true);
  });

  test("a part stands below its whole, wherever that is; with a day of its own it stands there", () => {
    const whole = task({ title: "whole", planned: at(TODAY), order: 1 });
    const part = task({ title: "part", parent: whole.id, order: 0 });
    const deep = task({ title: "deep", parent: part.id, order: 0 });
    const other = task({ title: "other", parent: whole.id, planned: at("2026-03-20") });
    const some = [part, deep, other, whole];
    const lines = (view: View, filter = {}) =>
      shown(some, view, filter).flatMap((one) => one.tasks.map(({ task, depth }) => `${depth} ${task.title}`));
    expect(lines("today")).toEqual(["0 whole", "1 part", "2 deep"]);
    expect(lines("upcoming")).toEqual(["0 other"]);
    expect(lines("all", { search: "deep" })).toEqual(["0 deep"]);
  });
});

describe("parts of tasks", () => {
  test("a task is never hidden: not by circles, nor by a parent that is gone", () => {
    const [a, b, c] = ["a", "b", "c"].map((id) => task({ title: id }, { id })) as [Entity, Entity, Entity];
    Object.assign(a.fields, { parent: "b" });
    Object.assign(b.fields, { parent: "a" });
    Object.assign(c.fields, { parent: "a" });
    const alone = task({ title: "alone", parent: "gone" });
    const self = task({ title: "self" }, { id: "self" });
    self.fields.parent = "self";
    const all = [a, b, c, alone, self];
    const forest = new Forest(mapped(all));
    const lines = branches(all, forest).map(({ task, depth }) => `${depth} ${task.title}`);
    expect(lines).toEqual(["0 a", "1 c", "0 b", "0 alone", "0 self"]);
    expect([forest.below([a]), forest.below([b])]).toEqual([[c], []]);
  });

  test("whatever the parents are, every task is there once", () => {
    let seed = 3;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 200; round++) {
      const all = Array.from({ length: 12 }, (_, i) => task({ parent: `n${random(15)}` }, { id: `n${i}` }));
      const lines = branches(all, new Forest(mapped(all)));
      expect(lines.map((one) => one.task.id).sort()).toEqual(all.map((one) => one.id).sort());
    }
  });

  test("of ten thousand levels are listed, each once, dated by what they are part of", () => {
    const all = Array.from({ length: 10_000 }, (_, i) => task({ parent: i ? `n${i - 1}` : "" }, { id: `n${i}` }));
    const [top] = all as [Entity];
    top.fields.planned = at(TODAY);
    const tasks = mapped([...all].reverse());
    const forest = new Forest(tasks);
    expect(branches([...tasks.values()], forest)).toEqual(all.map((task, depth) => ({ task, depth })));
    const asked = { tasks, tags: none, forest, filter: NO_FILTER, now: NOW };
    const [today, ...others] = sections({ ...asked, view: "today" });
    expect([today?.tasks.length, others]).toEqual([10_000, []]);
    expect(forest.below([top])).toHaveLength(9_999);
    // A circle of as many: each is a task of its own.
    top.fields.parent = "n9999";
    const circle = new Forest(tasks);
    expect(all.filter(({ id }) => circle.parent(id))).toEqual([]);
  });

  test("go with what they are part of, however deep, and none twice", () => {
    const parents = { whole: "", part: "whole", deep: "part", deepest: "deep", other: "" };
    const all = Object.entries(parents).map(([id, parent]) => task({ title: id, parent }, { id }));
    const forest = new Forest(mapped(all));
    const below = (...ids: string[]) => forest.below(all.filter((one) => ids.includes(one.id))).map((one) => one.id);
    expect(below("whole")).toEqual(["part", "deep", "deepest"]);
    expect(below("whole", "deep").sort()).toEqual(["deepest", "part"]);
    expect(below("deepest", "other")).toEqual([]);
  });

  test("tell how far they are", () => {
    const whole = task({ title: "whole" });
    const parts = ["done", "todo", "cancelled"].map((status) => task({ status, parent: whole.id }));
    const forest = new Forest(mapped([whole, ...parts]));
    expect(forest.progress(whole.id)).toEqual({ done: 2, all: 3 });
    expect(forest.progress(parts[0]!.id)).toBeNull();
  });
});

describe("order", () => {
  test("is a number between its neighbours", () => {
    expect(between(1, 2)).toBe(1.5);
    expect(between(null, 2)).toBe(1);
    expect(between(2, null)).toBe(3);
    expect(between(null, null)).toBe(0);
    expect([between(1, 1), between(1, 1 + Number.EPSILON)]).toEqual([null, null]);
  });

  test("where there is no room, the smallest run is spaced anew", () => {
    const list = [1, 2, 2, 2, 3].map((order, i) => ({ id: `${i}`, order }));
    const put = place(list, 2, ["x"]);
    expect([...put.keys()]).toEqual(["1", "x"]);
    expect(place(list, 5, ["x"])).toEqual(new Map([["x", 4]]));
    expect(place(list, 0, ["x", "y"])).toEqual(
      new Map([
        ["x", -1],
        ["y", 0],
      ]),
    );
  });

  test("after any moves the list is as it was dragged, and a move touches few", () => {
    let seed = 11;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    let list = Array.from({ length: 20 }, (_, i) => ({ id: `${i}`, order: Math.floor(i / 4) }));
    let saved = 0;
    for (let round = 0; round < 2_000; round++) {
      const [one] = list.splice(random(list.length), 1);
      // Again and again into the same gap, which leaves the least room.
      const index = random(3) ? 10 : random(list.length + 1);
      const put = place(list, index, [one!.id]);
      list.splice(index, 0, one!);
      list = list.map((item) => ({ ...item, order: put.get(item.id) ?? item.order }));
      saved += put.size;
      const wanted = list.map((item) => item.id);
      const sorted = [...list].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1)).map((item) => item.id);
      expect(sorted.indexOf(one!.id)).toBe(wanted.indexOf(one!.id));
    }
    expect(saved).toBeLessThan(2_000 * 1.2);
  });
});

describe("moves", () => {
  const [a, b, c] = [1, 2, 3].map((order) => task({ order, planned: at(TODAY, 9) })) as [Entity, Entity, Entity];
  const part = task({ order: 1, parent: b.id });
  const later = task({ order: 5, planned: at("2026-03-12") });
  const all = [a, b, part, c, later];
  const forest = new Forest(mapped(all));
  const section = (view: View, index: number) =>
    sections({ tasks: mapped(all), tags: none, forest, view, filter: NO_FILTER, now: NOW })[index]!;
  const today = section("today", 0);
  const tomorrow = section("upcoming", 0);
  const move = (tasks: Entity[], id: string | null, after: boolean, to = today) =>
    moved(tasks, { section: to, id, after }, forest);

  test("within a day only the order changes", () => {
    expect(move([c], a.id, false)?.fields).toEqual(new Map([[c.id, { order: 0 }]]));
    expect(move([a], b.id, true)).toMatchObject({ fields: new Map([[a.id, { order: 2.5 }]]), place: 2, of: 3 });
    expect(move([a], a.id, true)).toBeNull();
    expect(move([a], b.id, false)).toBeNull();
  });

  test("to another day it is planned there, at its time of day", () => {
    const fields = move([a], later.id, true, tomorrow)?.fields.get(a.id);
    expect(fields?.order).toBe(6);
    expect(toParts(String(fields?.planned))).toEqual({ day: "2026-03-12", time: "09:00" });
    expect(move([a], null, false, tomorrow)?.fields.get(a.id)?.order).toBe(4);
  });

  test("what is late is no place to put anything", () => {
    const earlier = { key: "earlier", name: "Earlier", late: true, tasks: [] };
    expect(move([a], null, true, earlier)).toBeNull();
  });

  test("to another quarter it gets its priority", () => {
    const quarter = { key: "urgent", name: "", priority: "urgent", tasks: [] };
    expect(move([a], null, true, quarter)?.fields.get(a.id)).toMatchObject({ priority: "urgent" });
    const unsorted = { ...quarter, key: "none", priority: "none" };
    expect(move([a], null, true, unsorted)?.fields.get(a.id)).toMatchObject({ priority: null });
  });

  test("a part stays with its whole, and a whole is put beside another, not into it", () => {
    expect(move([part], c.id, true)).toBeNull();
    expect(move([a], part.id, false)?.fields).toEqual(new Map([[a.id, { order: 2.5 }]]));
  });

  test("by key it goes one step among its own", () => {
    expect(step(b, 1, today, forest)).toEqual({ section: today, id: c.id, after: true });
    expect(step(c, 1, today, forest)).toBeNull();
    expect(step(part, -1, today, forest)).toBeNull();
  });

  test("many keep together", () => {
    const fields = move([a, c], later.id, false, tomorrow)?.fields;
    expect([fields?.get(a.id)?.order, fields?.get(c.id)?.order]).toEqual([3, 4]);
    // Wherever each comes from.
    const mixed = move([later, a], b.id, true)?.fields;
    expect([mixed?.get(later.id)?.planned, mixed?.get(a.id)?.planned]).toEqual([at(TODAY), undefined]);
  });
});

describe("what comes back", () => {
  const weekly = { ...every("days_of_week", 2, ["mon", "thu"]), end: "2026-05-03" };

  test("is said in one sentence, in each language", async () => {
    expect(repeatSummary(weekly, NOW)).toMatch(/^Every 2 weeks on Mon, Thu until /);
    expect(repeatSummary(every("daily"), NOW)).toBe("Every day");
    expect(repeatSummary({ ...every("monthly"), count: 3 }, NOW)).toBe("Every month, 3 times");
    await speak("de");
    expect(repeatSummary(weekly, NOW)).toMatch(/^Alle 2 Wochen am Mo, Do bis /);
    expect(repeatSummary(every("yearly"), NOW)).toBe("Jedes Jahr");
    await speak("en");
  });

  test("is saved whole, and cleared whole", () => {
    const fields = repeatFields(weekly, "2026-03-12");
    expect(fields).toEqual({
      recurrence: "days_of_week",
      recurrence_interval: 2,
      recurrence_days: ["mon", "thu"],
      recurrence_start: "2026-03-12",
      recurrence_day: null,
      recurrence_end: "2026-05-03",
      recurrence_count: null,
    });
    expect(repeatOf({ fields })).toEqual(weekly);
    expect(Object.values(repeatFields(null, TODAY)).every((value) => value === null || `${value}` === "")).toBe(true);
    expect(repeatFields({ ...weekly, end: "2026-01-01" }, TODAY).recurrence_end).toBe(TODAY);
    expect(repeatOf({ fields: { recurrence: "none", recurrence_interval: 2 } })).toBeNull();
  });

  test.each([
    [every("daily", 3), "2026-03-30", "2026-04-02"],
    [every("weekly"), "2026-03-25", "2026-04-01"],
    [every("monthly"), "2026-01-31", "2026-02-28"],
    [every("yearly"), "2028-02-29", "2029-02-28"],
    [every("days_of_week", 1, ["mon", "thu"]), "2026-03-11", "2026-03-12"],
    [every("days_of_week", 1, ["mon", "thu"]), "2026-03-12", "2026-03-16"],
    [every("days_of_week", 2, ["mon", "thu"]), "2026-03-12", "2026-03-23"],
    [every("hourly"), "2026-03-12", null],
  ])("%o after %s is %s", (repeat, day, after) => expect(nextDay(repeat, day)).toBe(after));

  test("begins on the first of its days", () => {
    expect(firstDay(weekly, TODAY)).toBe("2026-03-12");
    expect(firstDay(every("daily"), TODAY)).toBe(TODAY);
  });
});

describe("fields that belong together", () => {
  test("a custom reminder says how long before, and no other does", () => {
    expect(reminderFields("planned", "custom", null)).toEqual({
      planned_reminder: "custom",
      planned_reminder_offset: 30,
    });
    expect(reminderFields("deadline", "at_time", 30)).toEqual({
      deadline_reminder: "at_time",
      deadline_reminder_offset: null,
    });
    expect(momentFields("planned", null)).toEqual({
      planned: null,
      planned_reminder: null,
      planned_reminder_offset: null,
    });
  });

  test("done goes with its time, and nothing else does", () => {
    expect(ticked(true, NOW)).toEqual({ status: "done", completed_at: toMoment(NOW) });
    expect(ticked(false, NOW)).toEqual({ status: "todo", completed_at: null });
    expect(statusFields("cancelled", NOW).completed_at).toBeNull();
  });

  test("a new task is dated by where it was typed, unless it says when", () => {
    const day = (view: View, text: string) => newTask(read(text), [], view, 3, NOW).planned;
    expect(day("upcoming", "x")).toBe("2026-03-12");
    expect(day("upcoming", "x in 3 days")).toBe("2026-03-14");
    expect(newTask(read("x"), [], "all", 3, NOW)).toEqual({
      title: "x",
      order: 2,
      status: "todo",
      created: toMoment(NOW),
    });
    expect(newTask(read("x !2 ~5 every mon"), ["t"], "all", 0, NOW)).toMatchObject({
      priority: "important",
      estimated_minutes: 5,
      tags: ["t"],
      recurrence: "days_of_week",
      recurrence_days: ["mon"],
      recurrence_start: "2026-03-16",
    });
  });
});

test("which way round a date is written", () => {
  expect(dayFirst("en", ["en"])).toBeNull();
  expect(dayFirst("en", ["de-DE", "en-US"])).toBe(false);
  expect(dayFirst("en", ["en-GB"])).toBe(true);
  expect(dayFirst("de", ["en-US"])).toBe(true);
});

test("a month later is in the next month", () => {
  expect(shiftMonths("2026-12-31", 2)).toBe("2027-02-28");
  expect(shiftMonths("2026-03-31", -1)).toBe("2026-02-28");
});

import { afterEach, describe, expect, test, vi } from "vitest";
import type { JsonValue } from "$bindings";
import { diff } from "../src/lib/backend/fake/conflicts";
import { brief, count, kindHeading, shown } from "../src/lib/logic/fields";
import { byDay, bytes, counted, keeps } from "../src/lib/logic/history";
import { excerpt } from "../src/lib/logic/notes";
import { sharpSize } from "../src/lib/logic/qr";
import { ago, countdown, dayName, duration, fromParts, minutes, momentLabel, momentOf } from "../src/lib/logic/time";
import { shift, timeLabel, toParts } from "../src/lib/logic/time";
import { FakeBackend } from "../src/lib/backend/fake";
import { Draft } from "../src/lib/state/draft.svelte";
import { Pages } from "../src/lib/state/pages.svelte";
import { Planner } from "../src/lib/state/planner.svelte";
import { base64, gray } from "../src/screens/pairing/luma";

const NOW = new Date(2026, 2, 11, 15, 30).getTime();
const TODAY = "2026-03-11";
test("a code is drawn with as many pixels for each module", () => {
  const svg = (modules: number) => `<svg width="${modules * 8}" height="1"><path d="M32 32h8v8H32V32"/></svg>`;
  expect([65, 57, 33].map((modules) => sharpSize(svg(modules), 264))).toEqual([260, 228, 264]);
  expect([sharpSize("", 264), sharpSize(svg(300), 264)]).toEqual([264, 264]);
});

describe("times", () => {
  test("are told in the words of a person", () => {
    expect(ago(NOW - 5_000, NOW)).toBe("just now");
    expect(ago(NOW - 3 * 60_000, NOW)).toMatch(/^3 min/);
    expect(ago(NOW - 30 * 86_400_000, NOW)).not.toContain("ago");
    expect([duration(180), duration(42_000), duration(65_000)]).toEqual(["0.2 s", "42 s", "1 min 5 s"]);
    expect([minutes(45), minutes(60), minutes(90)]).toEqual(["45 min", "1 h", "1 h 30 min"]);
    expect([countdown(125_000), countdown(900), countdown(-5)]).toEqual(["2:05", "0:01", "0:00"]);
  });

  test("days are days of the calendar, whatever the clocks do", () => {
    expect(shift("2026-03-28", 2)).toBe("2026-03-30");
    expect(shift("2026-01-01", -1)).toBe("2025-12-31");
    expect([dayName(TODAY, TODAY), dayName("2026-03-12", TODAY), dayName("2026-03-10", TODAY)]).toEqual([
      "Today",
      "Tomorrow",
      "Yesterday",
    ]);
    expect(dayName("2026-03-14", TODAY)).toMatch(/^Saturday/);
  });

  test("a day without a time is stored as the day, and midnight is a time like others", () => {
    expect(fromParts(TODAY, "")).toBe(TODAY);
    expect(toParts(TODAY)).toEqual({ day: TODAY, time: "" });
    for (const time of ["09:05", "00:00"]) {
      const moment = fromParts(TODAY, time);
      expect(moment).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(toParts(moment)).toEqual({ day: TODAY, time });
    }
    const [day, midnight] = [TODAY, fromParts(TODAY, "00:00")!];
    const now = momentOf(TODAY);
    expect(momentOf(midnight)).toBe(now);
    expect(momentLabel(day, now)).toBe("Today");
    expect(momentLabel(midnight, now)).toMatch(/^Today, (12:00|00:00|0:00)/);
    expect([timeLabel(day, TODAY, now), timeLabel(day, "2026-03-12", now)]).toEqual(["", "Today"]);
    expect(fromParts("", "10:00")).toBeNull();
    for (const none of ["nonsense", "2026-02-30"]) {
      expect(toParts(none)).toEqual({ day: "", time: "" });
      expect(momentLabel(none, now)).toBe(none);
    }
  });
});

describe("words", () => {
  test("values are shown as people read them", () => {
    const show = (field: string, value: JsonValue) =>
      shown(
        field,
        value,
        (id) => (id === "1" ? "home" : null),
        () => "a date",
      );
    expect(show("tags", ["1"])).toBe("home");
    expect(show("priority", "urgent")).toBe("Urgent, not important");
    expect(show("status", "in_progress")).toBe("In progress");
    expect(show("planned", "2026-03-01T09:00:00Z")).toBe("a date");
    expect([show("planned", "2026-03-01"), show("title", "2026-03-01")]).toEqual(["a date", "2026-03-01"]);
    expect([show("x", null), show("x", true), show("x", 3), show("x", { a: 1 })]).toEqual([
      "nothing",
      "on",
      "3",
      '{"a":1}',
    ]);
    expect([count(1, "item"), count(2, "item"), kindHeading("time_record")]).toEqual([
      "1 item",
      "2 items",
      "Time record",
    ]);
    expect(brief("a  b\nc", 4)).toBe("a b…");
    expect(excerpt("# Title\n- *one*\n1. two")).toBe("Title one two");
  });

  test("a sync is told by what it brought", () => {
    expect(counted({ new: 3, changed: 2, deleted: 1, sent: 0 })).toBe("3 new, 2 changed, 1 deleted");
    expect(counted({ new: 0, changed: 0, deleted: 0, sent: 0 })).toBe("nothing new");
    expect([bytes(12), bytes(1500), bytes(2_000_000)]).toEqual(["12 B", "1.5 kB", "2.0 MB"]);
  });

  test("each day stands once, also where the clock was set back in between", () => {
    const days = byDay([NOW, NOW - 86_400_000, NOW + 1], (at) => at, NOW);
    expect(days).toEqual([
      ["Today", [NOW, NOW + 1]],
      ["Yesterday", [NOW - 86_400_000]],
    ]);
  });

  test("a line of the history that kept nothing is not put back", () => {
    expect(keeps({ event: "replaced", field: "title" })).toBe(true);
    expect(keeps({ event: "deleted", field: null })).toBe(true);
    expect(keeps({ event: "put back", field: null })).toBe(false);
  });

  test("a diff gives both texts back", () => {
    const parts = diff("one two three", "one 2 three four");
    const side = (gone: string) =>
      parts
        .filter((part) => part.op !== gone)
        .map((part) => part.text)
        .join("");
    expect(side("added")).toBe("one two three");
    expect(side("removed")).toBe("one 2 three four");
  });
});

describe("a draft", () => {
  afterEach(() => void vi.useRealTimers());

  test("saves after a pause, once for all that was typed", async () => {
    vi.useFakeTimers();
    const saved: string[] = [];
    const draft = new Draft("", async (value) => void saved.push(value));
    draft.type("a");
    await vi.advanceTimersByTimeAsync(500);
    draft.type("ab");
    await vi.advanceTimersByTimeAsync(600);
    expect(saved).toEqual(["ab"]);
    expect(draft.state).toBe("saved");
  });

  test("takes what arrives only while nobody has typed", () => {
    const draft = new Draft("old", async () => {});
    draft.take("theirs");
    expect(draft.value).toBe("theirs");
    draft.type("mine");
    draft.take("theirs again");
    expect(draft.value).toBe("mine");
  });

  test("what arrives while typing is merged with what was typed, from where the typing began", async () => {
    const saves: string[][] = [];
    const draft = new Draft("tent", async (value, base) => {
      saves.push([value, base]);
      return `maps\n${value}`;
    });
    draft.type("tent\nstove");
    draft.take("maps\ntent");
    await draft.flush();
    expect(saves).toEqual([["tent\nstove", "tent"]]);
    expect([draft.value, draft.crossed]).toEqual(["maps\ntent\nstove", false]);
  });

  test("what could not be merged is told", async () => {
    const draft = new Draft("old", async (value) => value);
    draft.type("mine");
    draft.take("theirs");
    await draft.flush();
    expect([draft.value, draft.crossed]).toEqual(["mine", true]);
  });

  test("its own saved text is no news, even when typing went on", async () => {
    let finish = () => {};
    const draft = new Draft("", () => new Promise<void>((resolve) => (finish = resolve)));
    draft.type("a");
    const saving = draft.flush();
    draft.type("ab");
    draft.take("a");
    finish();
    await saving;
    expect([draft.value, draft.crossed, draft.state]).toEqual(["ab", false, "typing"]);
  });

  test("saves of one text never overlap; the later one begins from the earlier", async () => {
    const saves: string[][] = [];
    const finish: (() => void)[] = [];
    const draft = new Draft("", (value, base) => {
      saves.push([value, base]);
      return new Promise<void>((resolve) => finish.push(resolve));
    });
    draft.type("a");
    void draft.flush();
    draft.type("ab");
    const both = Promise.all([draft.flush(), draft.flush()]);
    await Promise.resolve();
    expect(saves).toEqual([["a", ""]]);
    finish[0]?.();
    await vi.waitFor(() => expect(finish).toHaveLength(2));
    finish[1]?.();
    await both;
    expect(saves).toEqual([
      ["a", ""],
      ["ab", "a"],
    ]);
    expect([draft.value, draft.state]).toEqual(["ab", "saved"]);
  });

  test("what was typed during a save saves itself after a pause", async () => {
    vi.useFakeTimers();
    const saved: string[] = [];
    const draft = new Draft("", async (value) => {
      saved.push(value);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    });
    draft.type("a");
    await vi.advanceTimersByTimeAsync(700);
    draft.type("ab");
    await vi.advanceTimersByTimeAsync(3000);
    expect(saved).toEqual(["a", "ab"]);
    expect(draft.state).toBe("saved");
  });

  test("a title keeps the blank that is being typed, and loses it when it is left", async () => {
    const saved: string[] = [];
    const draft = new Draft("Old", async (value) => void saved.push(value), { title: true });
    draft.type("Buy ");
    await draft.flush();
    draft.take("Buy");
    expect(draft.value).toBe("Buy ");
    draft.type("Buy milk ");
    await draft.leave();
    expect([draft.value, saved.at(-1), draft.state]).toEqual(["Buy milk", "Buy milk", "saved"]);
  });

  test("an empty title is not saved, and comes back when it is left", async () => {
    const saved: string[] = [];
    const draft = new Draft("Old", async (value) => void saved.push(value), { title: true });
    draft.type(" ");
    await draft.flush();
    expect([draft.value, draft.state]).toEqual([" ", "typing"]);
    await draft.leave();
    expect([draft.value, draft.state, saved]).toEqual(["Old", "clean", []]);
  });

  test("a failure keeps the text, and the next attempt can save it", async () => {
    let broken = true;
    const draft = new Draft("", async () => {
      if (broken) throw new Error("The disk is full.");
    });
    draft.type("a");
    await draft.flush();
    expect([draft.value, draft.state, draft.error]).toEqual(["a", "failed", "The disk is full."]);
    broken = false;
    await draft.flush();
    expect([draft.state, draft.error]).toEqual(["saved", ""]);
  });
});

describe("the planner", () => {
  const held = (fake: FakeBackend, planner: Planner, title: string) =>
    planner.tasks.get(fake.world.living("task").find((one) => one.title === title)?.id ?? "")!;

  test("an answer that was overtaken by a save changes nothing", async () => {
    const fake = new FakeBackend();
    const planner = new Planner(fake);
    await planner.load();
    const [one, other] = ["Water the tomatoes", "Pick up the parcel"].map((title) => held(fake, planner, title));
    const answer = { head: fake.world.head, entities: [one!, other!], more: false };
    let tell = (_: typeof answer) => {};
    fake.changes = () => new Promise((resolve) => (tell = resolve));
    const following = planner.follow();
    await planner.set(one!, { title: "Water the beans" });
    await planner.save({ type: "delete", kind: "task", id: other!.id });
    tell(answer);
    await following;
    expect(planner.tasks.get(one!.id)?.title).toBe("Water the beans");
    expect(planner.tasks.has(other!.id)).toBe(false);
    await planner.save({ type: "keep", kind: "task", id: other!.id });
    expect(planner.tasks.has(other!.id)).toBe(true);
  });
});

test("two refreshes of the history at once bring nothing twice", async () => {
  const lines = [{ number: 1 }];
  const asked: (() => void)[] = [];
  let slow = false;
  const pages = new Pages(async () => {
    const now = lines.toReversed();
    if (slow) await new Promise<void>((resolve) => asked.push(resolve));
    return now;
  });
  await pages.find("");
  lines.push({ number: 2 });
  slow = true;
  const both = [pages.refresh(), pages.refresh()];
  asked.forEach((answer) => answer());
  await Promise.all(both);
  expect(pages.lines.map((line) => line.number)).toEqual([2, 1]);
});

test("the history is searched once for what is typed fast", async () => {
  vi.useFakeTimers();
  const asked: string[] = [];
  const pages = new Pages(async ({ search }) => {
    asked.push(search);
    return [];
  });
  let stop = pages.look("");
  await vi.advanceTimersByTimeAsync(10);
  for (const search of ["p", "ph", "pho"]) {
    stop();
    stop = pages.look(search);
    await vi.advanceTimersByTimeAsync(50);
  }
  await vi.advanceTimersByTimeAsync(150);
  vi.useRealTimers();
  expect(asked).toEqual(["", "pho"]);
});

test("a picture becomes one byte of brightness a pixel", () => {
  expect([...gray([255, 255, 255, 255, 0, 0, 0, 255])]).toEqual([255, 0]);
  expect(atob(base64(gray(new Array(200_000).fill(0)))).length).toBe(50_000);
});

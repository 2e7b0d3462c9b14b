import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, describe, expect, test } from "vitest";
import type { Edit } from "$bindings";
import type { FakeBackend } from "../src/lib/backend/fake";
import { dayOf, shift, startOf, toMoment } from "../src/lib/logic/time";
import { button, expectAccessible, findButton, open } from "./open";

describe("habits", () => {
  const today = (name: string, state: string) => screen.findByRole("button", { name: `${name}, Today: ${state}` });

  const choice = async (name: string) => within(await screen.findByRole("dialog")).getByRole("button", { name });

  test("a day goes round: done, skipped, not done, open; one record stays one record", async () => {
    const { fake, user } = await open("habits");
    const before = fake.world.living("habit_record").length;
    await user.click(await today("Read 20 pages", "open"));
    await user.click(await today("Read 20 pages", "done"));
    expect(fake.world.living("habit_record").length).toBe(before + 1);
    await user.click(await today("Read 20 pages", "skipped"));
    await user.click(await today("Read 20 pages", "not done"));
    await today("Read 20 pages", "open");
    expect(fake.world.living("habit_record").length).toBe(before);
    await user.click(await today("Read 20 pages", "open"));
    await today("Read 20 pages", "done");
    expect(fake.world.living("habit_record").length).toBe(before + 1);
  });

  test("two quick taps are two steps, not twice the first", async () => {
    const { user } = await open("habits");
    const cell = await today("Read 20 pages", "open");
    await user.dblClick(cell);
    expect(await today("Read 20 pages", "skipped")).toBe(cell);
  });

  test("a tick lengthens the streak", async () => {
    const { user } = await open("habits");
    const row = within(screen.getByRole("row", { name: /Read 20 pages/ }));
    const before = row.getByText("10", { selector: ".streak span" });
    await user.click(await today("Read 20 pages", "open"));
    await waitFor(() => expect(before.textContent).toBe("11"));
  });

  test("a habit is added, renamed, archived and brought back", async () => {
    const { user } = await open("habits");
    await user.type(screen.getByRole("textbox", { name: "Add a habit" }), "Stretch{Enter}");
    await user.click(await findButton("More about Stretch"));
    await user.click(await choice("Rename"));
    await user.keyboard("Stretch well{Enter}");
    await waitFor(() => expect(document.activeElement?.textContent?.trim()).toBe("Stretch well"));
    await user.click(await findButton("More about Stretch well"));
    await user.click(await choice("Archive"));
    await waitFor(() => expect(screen.queryByRole("button", { name: "More about Stretch well" })).toBeNull());
    await user.click(screen.getByText("Archived", { selector: "summary" }));
    const archived = within(screen.getByText("Stretch well").closest("li")!);
    await user.click(archived.getByRole("button", { name: "Bring back" }));
    expect(await findButton("More about Stretch well")).toBeTruthy();
  });

  test("a deleted habit comes back by Undo", async () => {
    const { user } = await open("habits");
    await user.click(button("More about Morning run"));
    await user.click(await choice("Delete"));
    await waitFor(() => expect(screen.queryByRole("button", { name: "More about Morning run" })).toBeNull());
    await user.click(await findButton("Undo"));
    expect(await findButton("More about Morning run")).toBeTruthy();
  });

  test("a refused habit stays in the field", async () => {
    const { fake, user } = await open("habits");
    fake.refuse("save", "rule", "name: must be one line");
    const field = screen.getByRole("textbox", { name: "Add a habit" }) as HTMLInputElement;
    await user.type(field, "Stretch{Enter}");
    expect((await screen.findByRole("alert")).textContent).toBe("name: must be one line");
    expect(field.value).toBe("Stretch");
    await user.keyboard("{Escape}");
    expect([field.value, screen.queryByRole("alert"), document.activeElement]).toEqual(["", null, field]);
  });

  test("says what habits are when there is none, and is accessible", async () => {
    await open("habits", { empty: true });
    expect(await screen.findByText("Small things, day by day")).toBeTruthy();
    await expectAccessible();
  });

  test("is accessible", async () => {
    await open("habits");
    await expectAccessible();
  });

  test("a day before the habit was there, or still to come, cannot be ticked", async () => {
    const { fake, user } = await open("habits", { empty: true });
    await user.type(screen.getByRole("textbox", { name: "Add a habit" }), "Stretch{Enter}");
    const before = await screen.findByRole("button", { name: "Stretch, Yesterday: before it began" });
    expect(before.getAttribute("aria-disabled")).toBe("true");
    await user.click(before);
    await user.click(await today("Stretch", "open"));
    await today("Stretch", "done");
    expect(fake.world.living("habit_record").map((one) => one.fields.day)).toEqual([dayOf(Date.now())]);
  });

  test("earlier weeks can be looked at and ticked", async () => {
    const { fake, user } = await open("habits");
    await user.click(button("Earlier days"));
    const day = shift(dayOf(Date.now()), -13);
    const [cell] = within(screen.getByRole("row", { name: /Morning run/ })).getAllByRole("button", { name: /: / });
    await user.click(cell!);
    await waitFor(() => expect(fake.world.living("habit_record").some((one) => one.fields.day === day)).toBe(true));
    await user.click(button("Today"));
    expect(button("Later days")).toHaveProperty("disabled", true);
  });
});

describe("by keys", () => {
  const focused = () => document.activeElement?.getAttribute("aria-label");
  /** As the arrows find it. */
  async function begin() {
    const opened = await open("habits");
    const cell = await screen.findByRole("button", { name: /^Morning run, Today/ });
    await waitFor(() => expect(cell.tabIndex).toBe(0));
    cell.focus();
    return opened;
  }

  test("the grid is one stop, and arrows go from day to day and from habit to habit", async () => {
    const { user } = await begin();
    const stops = [...document.querySelectorAll("table button")].filter((one) => (one as HTMLElement).tabIndex === 0);
    expect(stops).toHaveLength(1);
    await user.keyboard("{ArrowDown}");
    expect(focused()).toBe("Read 20 pages, Today: open");
    await user.keyboard("{ArrowLeft}");
    expect(focused()).toBe("Read 20 pages, Yesterday: done");
    await user.keyboard("{ArrowUp}");
    expect(focused()).toMatch(/^Morning run, Yesterday/);
    await user.keyboard("{Home}");
    expect(focused()).toBe("Details of Morning run");
    await user.keyboard("{ArrowDown}");
    expect(focused()).toBe("Details of Read 20 pages");
    await user.keyboard("{Control>}{End}{/Control}");
    expect(focused()).toBe("More about Drink water");
    await user.keyboard("{Control>}{Home}{/Control}");
    expect(focused()).toBe("Details of Morning run");
  });

  test("Space goes round, and keys say it at once", async () => {
    const { user } = await begin();
    await user.keyboard("{ArrowDown} ");
    await waitFor(() => expect(focused()).toBe("Read 20 pages, Today: done"));
    await user.keyboard("x");
    await waitFor(() => expect(focused()).toBe("Read 20 pages, Today: not done"));
    await user.keyboard("s");
    await waitFor(() => expect(focused()).toBe("Read 20 pages, Today: skipped"));
    await user.keyboard("{Delete}");
    await waitFor(() => expect(focused()).toBe("Read 20 pages, Today: open"));
    await user.keyboard("+");
    await waitFor(() => expect(focused()).toBe("Read 20 pages, Today: done"));
    // With Shift, or while capitals are locked.
    await user.keyboard("{Shift>}S{/Shift}");
    await waitFor(() => expect(focused()).toBe("Read 20 pages, Today: skipped"));
    await user.keyboard("X");
    await waitFor(() => expect(focused()).toBe("Read 20 pages, Today: not done"));
  });

  test("Alt and an arrow move a habit, and tell where it is", async () => {
    const { user } = await begin();
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    expect(await screen.findByText("Morning run is now 2 of 5")).toBeTruthy();
    const rows = screen.getAllByRole("row").slice(1);
    expect(rows[1]!.textContent).toContain("Morning run");
    expect(focused()).toMatch(/^Morning run, Today/);
  });
});

describe("a habit is dragged", () => {
  const order = () => [...document.querySelectorAll("[data-row] .words:first-child")].map((one) => one.textContent);
  const pointer = (type: string, pointerType: string, clientY: number) =>
    new PointerEvent(type, { pointerType, clientY, pointerId: 1, bubbles: true });

  async function begin(pointerType: "mouse" | "touch") {
    const opened = await open("habits");
    const rows = [...document.querySelectorAll("tr[data-row]")];
    // As large as on a screen: each is met along a hundred points.
    rows.forEach((row, i) => (row.getBoundingClientRect = () => ({ top: i * 100, height: 100 }) as DOMRect));
    document.elementFromPoint = (_, y) => rows[Math.floor(y / 100)] ?? null;
    const grip = rows[0]!.querySelector(".grip")!;
    const to = (y: number) => window.dispatchEvent(pointer("pointermove", pointerType, y));
    const drop = (y: number) => window.dispatchEvent(pointer("pointerup", pointerType, y));
    grip.dispatchEvent(pointer("pointerdown", pointerType, 20));
    return { ...opened, grip, to, drop, first: order()[0]! };
  }
  const line = () => document.querySelector(".drop-after, .drop-before")?.querySelector(".words")?.textContent;

  afterEach(() => Reflect.deleteProperty(document, "elementFromPoint"));

  test("by the mouse; a line shows where to, and Esc leaves it where it was", async () => {
    const { fake, to, drop, first } = await begin("mouse");
    to(470);
    await waitFor(() => expect(line()).toBe("Drink water"));
    expect(document.querySelector(".ghost")?.textContent).toContain(first);
    await fireEvent.keyDown(window, { key: "Escape" });
    await waitFor(() => expect(line()).toBeUndefined());
    drop(470);
    expect(order()[0]).toBe(first);
    document.querySelector(".grip")!.dispatchEvent(pointer("pointerdown", "mouse", 20));
    to(470);
    drop(470);
    await waitFor(() => expect(order().at(-1)).toBe(first));
    expect(fake.world.living("habit").find((one) => one.title === first)?.fields.order).toBe(5);
  });

  test("by a finger that rests on its handle, while the page does not scroll", async () => {
    const { grip, to, drop, first } = await begin("touch");
    const scrolls = () => grip.dispatchEvent(new Event("touchmove", { bubbles: true, cancelable: true }));
    expect(scrolls()).toBe(true);
    await waitFor(() => expect(document.querySelector(".ghost")).toBeTruthy());
    expect(scrolls()).toBe(false);
    to(170);
    await waitFor(() => expect(line()).toBe("Read 20 pages"));
    drop(170);
    await waitFor(() => expect(order()[1]).toBe(first));
    expect(scrolls()).toBe(true);
  });

  test("not by a finger that goes on: that one scrolls", async () => {
    const { to, drop, first } = await begin("touch");
    to(170);
    await new Promise((resolve) => setTimeout(resolve, 250));
    to(470);
    expect(document.querySelector(".ghost")).toBeNull();
    drop(470);
    expect(order()[0]).toBe(first);
  });
});

describe("a habit that is done several times a day", () => {
  const water = (state: string, day = "Today") =>
    screen.findByRole("button", { name: `Drink water, ${day}: ${state}` });
  const choice = async (name: string) => within(await screen.findByRole("dialog")).getByRole("button", { name });
  const habitOf = (fake: FakeBackend) => fake.world.living("habit").find((one) => one.title === "Drink water")!;
  const record = (fake: FakeBackend, day = dayOf(Date.now())) =>
    fake.world.living("habit_record").find((one) => one.fields.habit === habitOf(fake).id && one.fields.day === day);
  const times = (fake: FakeBackend, day?: string) =>
    (record(fake, day)?.fields.done_at as string[] | undefined)?.length;
  const shown = (cell: HTMLElement) => cell.querySelector<HTMLElement>("[data-times]")?.dataset.times;
  const status = (fake: FakeBackend) => record(fake)?.fields.status;
  /** The fields of today's record that were ever written over. */
  const history = (fake: FakeBackend) =>
    fake.world.history.filter(({ id }) => id === record(fake)?.id).map(({ field }) => field);

  test("is counted tap by tap, is done at its target, and goes on past it", async () => {
    const { fake, user } = await open("habits");
    const cell = await water("3 of 8 done");
    expect(shown(cell)).toBe("3");
    expect(screen.getByText(/^3 of 8 today · \d of 5 days this week$/)).toBeTruthy();
    expect(screen.getByText("1 of 5 done today")).toBeTruthy();
    await user.click(cell);
    expect(await water("4 of 8 done")).toBe(cell);
    for (let i = 0; i < 4; i++) await user.click(cell);
    await water("8 of 8 done");
    // Done is a tick, as of any other habit.
    expect(shown(cell)).toBeUndefined();
    expect(screen.getByText("2 of 5 done today")).toBeTruthy();
    expect(screen.getByText(/^8 of 8 today · \d of 5 days this week$/)).toBeTruthy();
    await user.click(cell);
    await water("9 of 8 done");
    expect(shown(cell)).toBe("9");
    expect(times(fake)).toBe(9);
  });

  test("two quick taps are two, also of a day long past", async () => {
    const { fake, user } = await open("habits");
    await user.dblClick(await water("3 of 8 done"));
    await water("5 of 8 done");
    const day = shift(dayOf(Date.now()), -9);
    await user.click(button("Earlier days"));
    const cells = within(screen.getByRole("row", { name: /Drink water/ })).getAllByRole("button", { name: /: open$/ });
    await user.dblClick(cells.at(-2)!);
    await waitFor(() => expect(times(fake, day)).toBe(2));
    for (const at of record(fake, day)!.fields.done_at as string[]) expect(dayOf(Date.parse(at))).toBe(day);
  });

  test("by keys: on, and back again until it is open; or skipped, not done, and counted anew", async () => {
    const { fake, user } = await open("habits");
    (await water("3 of 8 done")).focus();
    await user.keyboard("+=");
    await water("5 of 8 done");
    await user.keyboard("---");
    await water("2 of 8 done");
    await user.keyboard("{Backspace}{Backspace}");
    await water("open");
    expect(record(fake)).toBeUndefined();
    await user.keyboard(" ");
    await water("1 of 8 done");
    await user.keyboard("s");
    await water("skipped");
    await user.keyboard("{Enter} ");
    await water("2 of 8 done");
    expect(status(fake)).toBe("complete");
    await user.keyboard("x");
    await water("not done");
    expect(times(fake)).toBe(0);
    await user.keyboard(" ");
    await water("1 of 8 done");
    await user.keyboard("{Delete}");
    await water("open");
    // What is emptied stays empty, whatever is said of it next.
    await user.keyboard("s");
    await water("skipped");
    expect(times(fake)).toBe(0);
  });

  test("what is taken back by Ctrl+Z is all that was counted, or one tap", async () => {
    const { fake, user } = await open("habits");
    const cell = await water("3 of 8 done");
    cell.focus();
    await user.keyboard("x");
    await water("not done");
    await user.keyboard("{Control>}z{/Control}");
    await water("3 of 8 done");
    // However many moments those are, it was one thing.
    expect(await screen.findByText("Undone: Drink water")).toBeTruthy();
    await user.click(cell);
    await water("4 of 8 done");
    await user.keyboard("{Control>}z{/Control}");
    await water("3 of 8 done");
    await user.keyboard("{Delete}");
    await water("open");
    await user.keyboard("{Control>}z{/Control}");
    await water("3 of 8 done");
    // A day that was emptied begins anew.
    await user.keyboard("{Delete} ");
    await water("1 of 8 done");
    expect(times(fake)).toBe(1);
  });

  test("counts of two devices come together", async () => {
    const { fake, user } = await open("habits");
    const cell = await water("3 of 8 done");
    const { kind, id } = record(fake)!;
    // In the day's first seconds: three that are there already are spread over all of it.
    const add = (second: number): Edit => {
      const item = toMoment(startOf(dayOf(Date.now())) + second * 1_000);
      return { type: "add", kind, id, field: "done_at", item };
    };
    // They arrive between two taps, and before the page has heard of them.
    await user.click(cell);
    for (const second of [1, 2]) fake.world.apply(add(second), fake.world.peers[0]);
    await user.click(cell);
    await water("7 of 8 done");
    fake.arrive(add(3));
    await water("8 of 8 done");
    // Both have said the same of the day all along: there is nothing to ask.
    expect(history(fake)).not.toContain("status");
    expect(screen.getByText("2 of 5 done today")).toBeTruthy();
  });

  test("the first count of a day does not take the place of another device's", async () => {
    const { fake, user } = await open("habits");
    (await water("3 of 8 done")).focus();
    await user.keyboard("{Delete}");
    await water("open");
    const fields = { habit: habitOf(fake).id, day: dayOf(Date.now()), status: "complete" };
    const done_at = [toMoment(Date.now() - 60_000)];
    fake.world.apply({ type: "create", kind: "habit_record", fields: { ...fields, done_at } }, fake.world.peers[0]);
    await user.keyboard(" ");
    await water("2 of 8 done");
    expect(times(fake)).toBe(2);
  });

  test("a menu says all of it, for a finger that rests on a day and for the other mouse button", async () => {
    const { user } = await open("habits");
    const closed = () => waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const cell = await water("3 of 8 done");
    await fireEvent.contextMenu(cell);
    await user.click(await choice("Take one back"));
    expect(await water("2 of 8 done")).toBe(cell);
    await closed();
    expect(document.activeElement).toBe(cell);
    cell.dispatchEvent(new PointerEvent("pointerdown", { pointerType: "touch", isPrimary: true, bubbles: true }));
    await user.click(await choice("Skip the day"));
    await water("skipped");
    await closed();
    // A habit that is not counted has one, too.
    await fireEvent.contextMenu(await screen.findByRole("button", { name: "Read 20 pages, Today: open" }));
    await user.click(await choice("Not done"));
    await screen.findByRole("button", { name: "Read 20 pages, Today: not done" });
  });

  test("arrows go round in that menu", async () => {
    const { user } = await open("habits");
    await fireEvent.contextMenu(await water("3 of 8 done"));
    const menu = await screen.findByRole("dialog");
    await waitFor(() => expect(document.activeElement).toBe(menu));
    const goes = async (key: string, to: string) => {
      await user.keyboard(`{${key}}`);
      expect(document.activeElement?.textContent).toBe(to);
    };
    await goes("ArrowDown", "Once more");
    await goes("ArrowDown", "Take one back");
    await goes("ArrowUp", "Once more");
    await goes("ArrowUp", "Open again");
    await goes("ArrowDown", "Once more");
    await goes("End", "Open again");
    await goes("Home", "Once more");
    await user.keyboard("{ArrowDown}{Enter}");
    await water("2 of 8 done");
  });

  test("its details count today, and any day of the month", async () => {
    const { fake, user } = await open("habits");
    await user.click(button("Details of Drink water"));
    const panel = within(await screen.findByRole("complementary", { name: "Habit details" }));
    await user.click(panel.getByRole("button", { name: "Once more" }));
    expect(await panel.findByText("4 of 8 done")).toBeTruthy();
    const back = panel.getByRole("button", { name: "Take one back" });
    for (let i = 0; i < 4; i++) await user.click(back);
    expect(await panel.findByText("0 of 8 done")).toBeTruthy();
    expect(back).toHaveProperty("disabled", true);
    const cell = panel.getByRole("button", { current: "date" });
    await user.dblClick(cell);
    await waitFor(() => expect(cell.getAttribute("aria-label")).toMatch(/: 2 of 8 done$/));
    expect(shown(cell)).toBe("2×");
    await user.keyboard("-");
    await waitFor(() => expect(times(fake)).toBe(1));
    await expectAccessible();
  });

  test("without its goal it is one like any other", async () => {
    const { fake } = await open("habits");
    await water("3 of 8 done");
    fake.arrive({ type: "set", kind: "habit", id: habitOf(fake).id, fields: { goal: false } });
    const cell = await water("done");
    await fireEvent.click(cell);
    await water("skipped");
    expect(times(fake)).toBe(0);
  });
});

describe("the details of a habit", () => {
  const habit = (fake: FakeBackend, name: string) => fake.world.living("habit").find((one) => one.title === name)!;

  async function details(name = "Morning run") {
    const opened = await open("habits");
    await opened.user.click(button(`Details of ${name}`));
    const panel = within(await screen.findByRole("complementary", { name: "Habit details" }));
    return { ...opened, panel, of: () => habit(opened.fake, name).fields };
  }

  test("are accessible, with everything on", async () => {
    const { user, panel } = await details();
    await user.click(panel.getByRole("switch", { name: /^Goal/ }));
    await panel.findByLabelText("out of");
    await user.click(panel.getByRole("switch", { name: /^Reminder/ }));
    await panel.findByLabelText("Time");
    await expectAccessible();
  });

  test("have a month to tick in, also by keys", async () => {
    const { fake, user, panel } = await details("Read 20 pages");
    const cell = panel.getByRole("button", { current: "date" });
    expect(cell.getAttribute("aria-label")).toMatch(/^Read 20 pages, \w+day, .*: open$/);
    await user.click(cell);
    await waitFor(() => expect(cell.getAttribute("aria-label")).toMatch(/: done$/));
    expect(fake.world.living("habit_record").some((one) => one.fields.day === dayOf(Date.now()))).toBe(true);
    await user.click(panel.getByRole("button", { name: "Month before" }));
    expect(panel.getAllByRole("button", { name: /^Read 20 pages, / }).length).toBeGreaterThanOrEqual(28);
    expect(panel.getByRole("button", { name: "Month after" })).toHaveProperty("disabled", false);
  });

  test("a goal goes with its numbers, and says how far it is", async () => {
    const { user, panel, of } = await details();
    await user.click(panel.getByRole("switch", { name: /^Goal/ }));
    await waitFor(() => expect(of()).toMatchObject({ goal: true, goal_frequency: 5, goal_period_days: 7 }));
    expect(panel.getByText(/of 5 days this week/)).toBeTruthy();
    const days = panel.getByLabelText("out of");
    await user.clear(days);
    await user.type(days, "3");
    await user.tab();
    // No more days than there are.
    await waitFor(() => expect(of()).toMatchObject({ goal_frequency: 3, goal_period_days: 3 }));
    await user.click(panel.getByRole("switch", { name: /^Goal/ }));
    await waitFor(() => expect(of().goal).toBe(false));
    await user.click(panel.getByRole("switch", { name: /^Goal/ }));
    await waitFor(() => expect(of()).toMatchObject({ goal: true, goal_period_days: 3 }));
  });

  test("a reminder has a time from the start; its days are every day until some are chosen", async () => {
    const { user, panel, of } = await details();
    await user.click(panel.getByRole("switch", { name: /^Reminder/ }));
    await waitFor(() => expect(of()).toMatchObject({ reminder: true, reminder_time: "09:00" }));
    expect(panel.getByText(/Every day/)).toBeTruthy();
    await user.click(panel.getByRole("button", { name: "Monday" }));
    await user.click(panel.getByRole("button", { name: "Friday" }));
    await waitFor(() => expect(of().reminder_days).toEqual(["mon", "fri"]));
    await user.click(panel.getByRole("button", { name: "Monday" }));
    await waitFor(() => expect(of().reminder_days).toEqual(["fri"]));
    const time = panel.getByLabelText<HTMLInputElement>("Time");
    await fireEvent.change(time, { target: { value: "" } });
    await waitFor(() => expect(time.value).toBe("09:00"));
  });

  test("are changed as they are typed, and a refused name stays to be mended", async () => {
    const { fake, user, panel, of } = await details();
    await user.type(panel.getByLabelText("Description"), " Before breakfast.");
    await user.tab();
    await waitFor(() => expect(of().description).toMatch(/Before breakfast\.$/));
    await user.type(panel.getByLabelText("Estimate in minutes"), "25");
    await user.tab();
    await waitFor(() => expect(of().estimated_minutes).toBe(25));
    fake.refuse("save", "rule", "name: must be one line");
    await user.type(panel.getByLabelText("Name"), " 2{Enter}");
    expect((await panel.findByRole("alert")).textContent).toBe("name: must be one line");
    expect(panel.getByLabelText<HTMLTextAreaElement>("Name").value).toBe("Morning run 2");
  });

  test("keep the caret in the description where it was when another device adds to it", async () => {
    const { fake, panel } = await details();
    const field = panel.getByLabelText<HTMLTextAreaElement>("Description");
    field.setSelectionRange(4, 4);
    const { id } = habit(fake, "Morning run");
    fake.arrive({ type: "set", kind: "habit", id, fields: { description: "About 3 km along the river" } });
    await waitFor(() => expect(field.value).toBe("About 3 km along the river"));
    expect(field.value.slice(0, field.selectionStart)).toBe("About 3 km");
  });

  test("archive it and bring it back; going back closes them", async () => {
    const { user, panel } = await details();
    await user.click(panel.getByRole("button", { name: "Archive" }));
    await user.click(await panel.findByRole("button", { name: "Bring back" }));
    expect(await findButton("More about Morning run")).toBeTruthy();
    await user.click(panel.getByRole("button", { name: "Close details" }));
    await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Details of Morning run"));
  });

  test("a habit that is ticked on another device shows it", async () => {
    const { fake, panel } = await details("Read 20 pages");
    const { id } = habit(fake, "Read 20 pages");
    const fields = { habit: id, day: dayOf(Date.now()), status: "complete", created: toMoment(Date.now()) };
    fake.arrive({ type: "create", kind: "habit_record", fields });
    await waitFor(() =>
      expect(panel.getByRole("button", { current: "date" }).getAttribute("aria-label")).toMatch(/: done$/),
    );
    expect(panel.getAllByText("11 days in a row")).toHaveLength(2);
  });
});

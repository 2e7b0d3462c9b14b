import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import type { Entity, JsonValue } from "$bindings";
import { FakeBackend } from "../src/lib/backend/fake";
import { dayOf, fromParts, shift, toParts } from "../src/lib/logic/time";
import { speak } from "../src/lib/words/index.svelte";
import { HEADING, KEYS } from "../src/screens/tasks/keys";
import { button, expectAccessible, findButton, open } from "./open";

const row = (title: string) => screen.queryByRole("button", { name: title });
const tick = (title: string) => screen.getByRole("checkbox", { name: `Done: ${title}` });
const field = () => screen.getByRole<HTMLInputElement>("textbox", { name: "Add a task for today" });
const titles = () => [...document.querySelectorAll("[data-task]")].map((one) => one.textContent?.trim());
const day = (by: number, hours = 0) =>
  fromParts(shift(dayOf(Date.now()), by), hours ? `${String(hours).padStart(2, "0")}:00` : "");

function stored(fake: FakeBackend, title: string): Entity {
  const all = [...fake.world.entities.values()].map((one) => one.entity);
  return all.findLast((one) => one.title === title) as Entity;
}

/** A planner with these tasks alone, planned for today. */
function planner(...tasks: (string | Record<string, JsonValue>)[]) {
  const fake = new FakeBackend({ empty: true });
  const ids = tasks.map((one, i) => {
    const fields = {
      planned: day(0),
      order: i + 1,
      status: "todo",
      ...(typeof one === "string" ? { title: one } : one),
    };
    return fake.world.apply({ type: "create", kind: "task", fields }).id;
  });
  return { fake, ids };
}

describe("one line", () => {
  test("becomes what it says: date, tags, priority, estimate and repetition", async () => {
    const { fake, user } = await open("tasks");
    await user.type(field(), "Call the bank tomorrow 9:00 #work #money !1 ~30m every monday");
    const chips = within(screen.getByRole("list", { name: "Understood" }));
    expect(chips.getAllByRole("listitem").map((one) => one.textContent?.trim())).toEqual([
      expect.stringMatching(/^Tomorrow, 9:00/),
      "work",
      "money",
      "Urgent and important",
      "30 min",
      "Every week on Mon",
    ]);
    await expectAccessible();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(stored(fake, "Call the bank")).toBeTruthy());
    const { fields } = stored(fake, "Call the bank");
    expect(toParts(String(fields.planned))).toEqual({ day: shift(dayOf(Date.now()), 1), time: "09:00" });
    expect(fields).toMatchObject({
      priority: "urgent_important",
      estimated_minutes: 30,
      tags: [stored(fake, "work").id, stored(fake, "money").id],
      recurrence: "days_of_week",
      recurrence_days: ["mon"],
    });
    expect(stored(fake, "money").fields).toMatchObject({ name: "money", type: "label" });
  });

  test("what is not meant is taken off, and its words stay", async () => {
    const { fake, user } = await open("tasks");
    await user.type(field(), "Watch Tomorrow 9:00 !1");
    await user.click(button(/^Not meant: Tomorrow/));
    expect(screen.queryByRole("button", { name: /^Not meant: Tomorrow/ })).toBeNull();
    expect(document.activeElement).toBe(field());
    await user.keyboard("{Enter}");
    expect(await findButton("Watch Tomorrow 9:00")).toBeTruthy();
    expect(stored(fake, "Watch Tomorrow 9:00").fields.priority).toBe("urgent_important");
    // The next line is read afresh.
    await user.type(field(), "Watch Tomorrow 9:00");
    expect(button(/^Not meant: Tomorrow/)).toBeTruthy();
  });

  test("what was begun is there again after a look at another screen", async () => {
    const { user } = await open("tasks");
    const field = () => screen.findByRole<HTMLInputElement>("textbox", { name: "Add a task for today" });
    await user.click(await screen.findByRole("button", { name: "Only on this device" }));
    await user.type(await field(), "Call the den");
    await user.click(screen.getByRole("link", { name: /^Notes/ }));
    await screen.findByRole("heading", { level: 1, name: "Notes" });
    await user.click(screen.getByRole("link", { name: /^Tasks/ }));
    expect((await field()).value).toBe("Call the den");
    expect(screen.getByRole("button", { name: "Only on this device" }).getAttribute("aria-pressed")).toBe("true");
  });

  test("Esc empties the field, then goes on to the list, and never loses the focus", async () => {
    const { fake } = planner("One", "Two");
    const { user } = await open("tasks", { fake });
    await findButton("One");
    await user.type(field(), "Call tomorrow{Escape}");
    expect(field().value).toBe("");
    expect(screen.queryByRole("button", { name: /^Not meant/ })).toBeNull();
    expect(document.activeElement).toBe(field());
    fake.refuse("save", "storage", "The disk is full.");
    await user.keyboard("Call{Enter}");
    await screen.findByRole("alert");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("alert")).toBeNull();
    expect(document.activeElement).toBe(field());
    await user.keyboard("{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(row("One")));
    await user.keyboard("j");
    await waitFor(() => expect(document.activeElement).toBe(row("Two")));
  });

  test("Esc stays in the field where the list is empty", async () => {
    const { fake } = planner();
    const { user } = await open("tasks", { fake });
    await user.click(field());
    await user.keyboard("{Escape}");
    expect(document.activeElement).toBe(field());
  });

  test("Esc in the field closes nothing else", async () => {
    const { fake } = planner("One");
    const { user } = await open("tasks", { fake });
    await user.click(await findButton("One"));
    const details = () => screen.queryByRole("complementary", { name: "Task details" });
    await waitFor(() => expect(details()).toBeTruthy());
    await user.type(field(), "Call{Escape}{Escape}");
    await waitFor(() => expect(document.activeElement).toBe(row("One")));
    expect(details()).toBeTruthy();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(details()).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(row("One")));
  });

  test("says by itself what can be written", async () => {
    const { user } = await open("tasks");
    await user.click(button("What you can write"));
    expect(await screen.findByRole("dialog", { name: "Write it as you say it" })).toBeTruthy();
    await expectAccessible();
  });

  test("is read in the language that is spoken", async () => {
    const { user } = await open("tasks");
    await speak("de");
    await user.type(
      await screen.findByRole("textbox", { name: "Neue Aufgabe für heute" }),
      "Bank anrufen !2 alle 2 Wochen",
    );
    expect(await findButton("Nicht gemeint: Alle 2 Wochen")).toBeTruthy();
    await speak("en");
  });
});

describe("parts of a task", () => {
  test("are added in its details, stand below it, and are counted", async () => {
    const { fake } = planner("Trip", "Other");
    const { user } = await open("tasks", { fake });
    (await findButton("Trip")).focus();
    await user.keyboard("s");
    const input = await screen.findByRole("textbox", { name: "Add a subtask" });
    await waitFor(() => expect(document.activeElement).toBe(input));
    await user.type(input, "Book the train{Enter}");
    await user.type(input, "Pack{Enter}");
    await screen.findByRole("button", { name: "Open Pack" });
    expect(stored(fake, "Pack").fields.parent).toBe(stored(fake, "Trip").id);
    await expectAccessible();
    await user.click(button("Close details"));
    await waitFor(() => expect(titles()).toEqual(["Trip", "Book the train", "Pack", "Other"]));
    await user.click(tick("Pack"));
    expect(await screen.findByText("1 of 2 subtasks done")).toBeTruthy();
  });

  test("a task is made part of the one above it by key, and lifted out again", async () => {
    const { fake, ids } = planner("Trip", "Pack");
    const { user } = await open("tasks", { fake });
    (await findButton("Pack")).focus();
    await user.keyboard("{Alt>}{ArrowRight}{/Alt}");
    await waitFor(() => expect(stored(fake, "Pack").fields.parent).toBe(ids[0]));
    await waitFor(() => expect(document.activeElement).toBe(row("Pack")));
    await user.keyboard("{Alt>}{ArrowLeft}{/Alt}");
    await waitFor(() => expect(stored(fake, "Pack").fields.parent).toBeUndefined());
  });

  test("the whole is chosen and cleared in the details, and is never a part of its own", async () => {
    const { fake, ids } = planner("Trip", "Pack", { title: "Socks", parent: "?" });
    fake.world.apply({ type: "set", kind: "task", id: ids[2]!, fields: { parent: ids[1]! } });
    const { user } = await open("tasks", { fake });
    await user.click(await findButton("Pack"));
    await user.click(screen.getByRole("combobox", { name: "Part of" }));
    const options = within(await screen.findByRole("listbox", { name: "Part of" })).getAllByRole("option");
    expect(options.map((one) => one.textContent?.trim())).toEqual(["Trip"]);
    await user.click(options[0]!);
    await waitFor(() => expect(stored(fake, "Pack").fields.parent).toBe(ids[0]));
    await user.click(await findButton("Make it a task of its own"));
    await waitFor(() => expect(stored(fake, "Pack").fields.parent).toBeUndefined());
  });
});

describe("the order", () => {
  test("is changed by key, with the focus and the words along", async () => {
    const { fake } = planner("One", "Two", "Three");
    const { user } = await open("tasks", { fake });
    (await findButton("One")).focus();
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    await waitFor(() => expect(titles()).toEqual(["Two", "One", "Three"]));
    expect(stored(fake, "One").fields.order).toBe(2.5);
    await waitFor(() => expect(document.activeElement).toBe(row("One")));
    expect(screen.getByText("One: 2 of 3")).toBeTruthy();
    await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
    await waitFor(() => expect(titles()).toEqual(["One", "Two", "Three"]));
  });
});

describe("many at once", () => {
  test("are chosen by key, and done with one way back", async () => {
    const { fake } = planner("One", "Two", "Three");
    const { user } = await open("tasks", { fake });
    (await findButton("One")).focus();
    await user.keyboard("x{Shift>}{ArrowDown}{/Shift}");
    const bar = within(await screen.findByRole("toolbar", { name: "Selected tasks" }));
    expect(bar.getByRole("status").textContent).toContain("2 selected");
    await expectAccessible();
    await user.click(bar.getByRole("button", { name: "Done" }));
    await waitFor(() => expect(stored(fake, "Two").fields.status).toBe("done"));
    expect(stored(fake, "Three").fields.status).toBe("todo");
    expect(await screen.findByText("2 tasks done")).toBeTruthy();
    await user.click(button("Undo"));
    await waitFor(() => expect(stored(fake, "One").fields).toMatchObject({ status: "todo" }));
    expect(stored(fake, "Two").fields.completed_at).toBeUndefined();
  });

  test("are chosen by clicks, planned, and let go by Esc", async () => {
    const { fake } = planner({ title: "One", planned: day(0, 9) }, "Two", "Three");
    const { user } = await open("tasks", { fake });
    await user.keyboard("{Control>}");
    await user.click(await findButton("One"));
    await user.keyboard("{/Control}{Shift>}");
    await user.click(await findButton("Two"));
    await user.keyboard("{/Shift}");
    await user.click(button("Plan"));
    await user.click(await findButton("Tomorrow"));
    await waitFor(() => expect(stored(fake, "One").fields.planned).toBe(day(1, 9)));
    expect(stored(fake, "Two").fields.planned).toBe(day(1));
    await waitFor(() => expect(titles()).toEqual(["Three"]));
    (await findButton("Three")).focus();
    await user.keyboard("x");
    await screen.findByRole("toolbar");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("toolbar")).toBeNull());
    expect(screen.queryByRole("complementary", { name: "Task details" })).toBeNull();
  });

  test("get a priority and a tag from a menu", async () => {
    const { fake } = planner("One", "Two");
    fake.world.apply({ type: "create", kind: "tag", fields: { name: "home", type: "label" } });
    const { user } = await open("tasks", { fake });
    (await findButton("One")).focus();
    await user.keyboard("x{Shift>}{ArrowDown}{/Shift}");
    const bar = within(await screen.findByRole("toolbar"));
    await user.click(bar.getByRole("button", { name: "Priority" }));
    await user.click(await screen.findByRole("menuitem", { name: "Urgent, not important" }));
    await waitFor(() => expect(stored(fake, "Two").fields.priority).toBe("urgent"));
    await user.click(bar.getByRole("button", { name: "Tag" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: "home" }));
    await waitFor(() => expect(stored(fake, "One").fields.tags).toEqual([stored(fake, "home").id]));
  });

  test("what was ticked elsewhere meanwhile is not among them any more", async () => {
    const { fake, ids } = planner("One", "Two", "Three");
    const { user } = await open("tasks", { fake });
    (await findButton("One")).focus();
    await user.keyboard("x{Shift>}{ArrowDown}{/Shift}");
    await screen.findByText("2 selected");
    fake.arrive({ type: "set", kind: "task", id: ids[0]!, fields: { status: "done" } });
    expect(await screen.findByText("1 selected")).toBeTruthy();
    await waitFor(() => expect(document.activeElement).toBe(row("Two")));
    await user.keyboard("{Delete}");
    await waitFor(() => expect(stored(fake, "Two").deleted).toBe(true));
    expect(stored(fake, "One").deleted).toBe(false);
    (await findButton("Three")).focus();
    await user.keyboard("{Control>}a{/Control}");
    expect(await screen.findByText("1 selected")).toBeTruthy();
  });
});

describe("keys on a task", () => {
  test("tick, plan and set priorities, but never while somebody types", async () => {
    const { fake } = planner("One", "Two");
    const { user } = await open("tasks", { fake });
    await user.type(field(), "1tmx j");
    expect(field().value).toBe("1tmx j");
    (await findButton("One")).focus();
    await user.keyboard("3");
    await waitFor(() => expect(stored(fake, "One").fields.priority).toBe("urgent"));
    await user.keyboard("m");
    await waitFor(() => expect(stored(fake, "One").fields.planned).toBe(day(1)));
    await waitFor(() => expect(document.activeElement).toBe(row("Two")));
    await user.keyboard(" ");
    await waitFor(() => expect(stored(fake, "Two").fields.status).toBe("done"));
  });

  test("work at the tick, which is the first that Tab reaches, and its Space is its own", async () => {
    const { fake } = planner("One", "Two", "Three");
    const { user } = await open("tasks", { fake });
    await findButton("One");
    const tabTo = async (name: string) => {
      field().focus();
      for (let i = 0; i < 30 && document.activeElement !== tick(name); i++) await user.tab();
      expect(document.activeElement).toBe(tick(name));
    };
    await tabTo("One");
    await user.keyboard("{ArrowDown}");
    await waitFor(() => expect(document.activeElement).toBe(row("Two")));
    await tabTo("Two");
    await user.keyboard("k");
    await waitFor(() => expect(document.activeElement).toBe(row("One")));
    await tabTo("One");
    await user.keyboard("1");
    await waitFor(() => expect(stored(fake, "One").fields.priority).toBe("urgent_important"));
    expect(document.activeElement).toBe(tick("One"));
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    await waitFor(() => expect(titles()).toEqual(["Two", "One", "Three"]));
    await waitFor(() => expect(document.activeElement?.closest("[data-row]")).toBe(row("One")?.closest("[data-row]")));
    await tabTo("One");
    await user.keyboard("x");
    await screen.findByText("1 selected");
    // The tick became another box.
    await waitFor(() => expect(document.activeElement).toBe(row("One")));
    await user.keyboard("x");
    await waitFor(() => expect(screen.queryByRole("toolbar")).toBeNull());
    await tabTo("One");
    await user.keyboard(" ");
    await waitFor(() => expect(stored(fake, "One").fields.status).toBe("done"));
    await tabTo("Two");
    await user.keyboard("m");
    await waitFor(() => expect(stored(fake, "Two").fields.planned).toBe(day(1)));
    await tabTo("Three");
    await user.keyboard("s");
    await waitFor(() => expect(document.activeElement).toBe(screen.queryByRole("textbox", { name: "Add a subtask" })));
  });

  test("work at a button of the row, whose Enter is its own, and F2 renames from anywhere in it", async () => {
    const { fake } = planner("One", "Two");
    const { user } = await open("tasks", { fake });
    (await findButton("Rename One")).focus();
    await user.keyboard("j");
    await waitFor(() => expect(document.activeElement).toBe(row("Two")));
    button("Rename One").focus();
    await user.keyboard("{Enter}");
    const title = screen.getByRole<HTMLInputElement>("textbox", { name: "Title" });
    await user.type(title, "jx1 ");
    expect(title.value).toContain("jx1");
    expect(screen.queryByRole("toolbar")).toBeNull();
    await user.keyboard("{Escape}");
    tick("Two").focus();
    await user.keyboard("{F2}");
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Title" }).value).toBe("Two");
  });

  test("j and k walk, Enter opens, and g is still the key of places", async () => {
    const { fake } = planner("One", "Two");
    const { user } = await open("tasks", { fake });
    (await findButton("One")).focus();
    await user.keyboard("j");
    await waitFor(() => expect(document.activeElement).toBe(row("Two")));
    await user.keyboard("k{Enter}");
    expect(await screen.findByRole("complementary", { name: "Task details" })).toBeTruthy();
    await user.click(button("Close details"));
    (await findButton("One")).focus();
    await user.keyboard("gt");
    expect(stored(fake, "One").fields.planned).toBe(day(0));
  });

  test("are listed, each with its word", async () => {
    const { user } = await open("tasks");
    await user.keyboard("?");
    const sheet = within(await screen.findByRole("dialog"));
    expect(sheet.getByText(HEADING())).toBeTruthy();
    for (const { says } of KEYS) expect(sheet.getByText(says())).toBeTruthy();
  });
});

describe("the matrix", () => {
  test("has four quarters and what is not sorted yet; a number moves a task", async () => {
    const { fake } = planner({ title: "One", priority: "urgent" }, "Two");
    const { user } = await open("tasks", { fake });
    await user.click(button("Matrix"));
    const quarter = (name: string) => within(screen.getByRole("region", { name }));
    expect(quarter("Urgent, not important").getByRole("button", { name: "One" })).toBeTruthy();
    const two = quarter("No priority").getByRole("button", { name: "Two" });
    await expectAccessible();
    two.focus();
    await user.keyboard("1");
    await waitFor(() => expect(quarter("Urgent and important").getByRole("button", { name: "Two" })).toBeTruthy());
    await waitFor(() => expect(document.activeElement).toBe(row("Two")));
  });
});

describe("the filter", () => {
  test("narrows by tag and priority, and says so where nothing is left", async () => {
    const { user } = await open("tasks");
    await user.click(button("Filter"));
    await expectAccessible();
    await user.click(button("Tag"));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: "work" }));
    await user.keyboard("{Escape}");
    await waitFor(() => expect(titles()).toEqual(["Draft the talk about local-first apps"]));
    await user.click(button("Only here"));
    expect(await screen.findByText("Nothing fits the filter")).toBeTruthy();
    await user.click(screen.getAllByRole("button", { name: "Clear filter" }).at(-1)!);
    await waitFor(() => expect(titles().length).toBeGreaterThan(3));
  });
});

describe("what comes back", () => {
  test("says when, and goes again when the tick is taken back", async () => {
    const { fake } = planner({ title: "Run", planned: day(0, 9), recurrence: "daily" });
    const { user } = await open("tasks", { fake });
    expect(await screen.findByText("Every day")).toBeTruthy();
    await user.click(tick("Run"));
    expect(await screen.findByText(/^Done\. Next: Tomorrow, 9:00/)).toBeTruthy();
    const next = stored(fake, "Run");
    expect(next.fields).toMatchObject({ status: "todo", planned: day(1, 9), recurrence_occurrence: 2 });
    await user.click(button("Undo"));
    await waitFor(() => expect(stored(fake, "Run").deleted).toBe(true));
    expect(fake.world.living("task").map((one) => one.fields.status)).toEqual(["todo"]);
  });

  test("is set up in the details, with a sentence that says it", async () => {
    const { fake } = planner({ title: "Run", planned: null });
    const { user } = await open("tasks", { fake });
    await user.click(button("All"));
    await user.click(await findButton("Run"));
    const panel = within(await screen.findByRole("complementary", { name: "Task details" }));
    await user.selectOptions(panel.getByLabelText("Repeats", { selector: "select" }), "daily");
    expect(await panel.findByText("Every day")).toBeTruthy();
    // What comes back needs a day to come back from.
    expect(stored(fake, "Run").fields).toMatchObject({ recurrence: "daily", planned: day(0) });
    await user.selectOptions(panel.getByLabelText("Repeats", { selector: "select" }), "days_of_week");
    const days = within(await panel.findByRole("group", { name: "On these days" }));
    const pressed = days.getAllByRole("button", { pressed: true });
    expect(pressed.length).toBe(1);
    await user.click(pressed[0]!);
    await user.click(days.getAllByRole("button", { pressed: false })[0]!);
    await waitFor(() => expect((stored(fake, "Run").fields.recurrence_days as string[]).length).toBe(2));
    await user.selectOptions(panel.getByLabelText("Ends"), "times");
    await waitFor(() => expect(stored(fake, "Run").fields.recurrence_count).toBe(10));
    await expectAccessible();
    await user.selectOptions(panel.getByLabelText("Repeats", { selector: "select" }), "none");
    await waitFor(() => expect(stored(fake, "Run").fields.recurrence).toBeUndefined());
    expect(stored(fake, "Run").fields.recurrence_count).toBeUndefined();
  });
});

describe("reminders", () => {
  test("go with their moment, and a custom one says how long before", async () => {
    const { fake } = planner("One");
    const { user } = await open("tasks", { fake });
    await user.click(await findButton("One"));
    const choice = await screen.findByLabelText("Remind of the planned time");
    expect(screen.queryByLabelText("Remind of the deadline")).toBeNull();
    await user.selectOptions(choice, "custom");
    const before = await screen.findByLabelText("Minutes before");
    expect(stored(fake, "One").fields.planned_reminder_offset).toBe(30);
    await user.clear(before);
    await user.type(before, "45{Tab}");
    await waitFor(() => expect(stored(fake, "One").fields.planned_reminder_offset).toBe(45));
    await user.click(button("Clear planned"));
    await waitFor(() => expect(stored(fake, "One").fields.planned_reminder).toBeUndefined());
    expect(stored(fake, "One").fields.planned_reminder_offset).toBeUndefined();
  });
});

describe("what arrives from another device", () => {
  test("moves neither the focus nor what is in sight", async () => {
    const { fake } = planner(...Array.from({ length: 60 }, (_, i) => `Task ${i}`));
    const { user } = await open("tasks", { fake });
    const body = document.querySelector<HTMLElement>(".list .screen-body")!;
    (await findButton("Task 3")).focus();
    body.scrollTop = 120;
    body.dispatchEvent(new Event("scroll"));
    // What was done here itself is over.
    await new Promise((resolve) => setTimeout(resolve, 600));
    fake.arrive({ type: "create", kind: "task", fields: { title: "New", planned: day(0), order: -1, status: "todo" } });
    await waitFor(() => expect(body.scrollTop).toBe(172));
    expect(document.activeElement).toBe(row("Task 3"));
    await user.keyboard("{ArrowDown}");
    await waitFor(() => expect(document.activeElement).toBe(row("Task 4")));
  });

  test("does not move the row under the pointer, not even where there is nothing to scroll", async () => {
    const { fake, ids } = planner(...Array.from({ length: 8 }, (_, i) => `Task ${i}`));
    const { user } = await open("tasks", { fake });
    const body = document.querySelector<HTMLElement>(".list .screen-body")!;
    const place = (title: string) => {
      const y = row(title)
        ?.closest("li")
        ?.style.transform.match(/translateY\((-?\d+)px\)/)?.[1];
      return Number(y) - body.scrollTop;
    };
    await findButton("Task 3");
    // The third row, below the head of its section.
    body.dispatchEvent(new MouseEvent("pointermove", { clientY: 100 + 44 + 3 * 52 + 10, bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve, 600));
    const before = place("Task 3");
    fake.arrive({ type: "delete", kind: "task", id: ids[0]! });
    fake.arrive({ type: "delete", kind: "task", id: ids[1]! });
    await waitFor(() => expect(titles()[0]).toBe("Task 2"));
    expect(place("Task 3")).toBe(before);
    fake.arrive({ type: "create", kind: "task", fields: { title: "New", planned: day(0), order: 0, status: "todo" } });
    await waitFor(() => expect(titles()[0]).toBe("New"));
    await waitFor(() => expect(place("Task 3")).toBe(before));
    // What is done here moves as it always does.
    (await findButton("New")).focus();
    await user.keyboard("{Delete}");
    await waitFor(() => expect(titles()[0]).toBe("Task 2"));
    body.dispatchEvent(new MouseEvent("pointerleave"));
    await waitFor(() => expect(place("Task 2")).toBe(44));
  });
});

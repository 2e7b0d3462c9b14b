import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import type { Findings } from "$bindings";
import { FakeBackend } from "../src/lib/backend/fake";
import { fits, recent } from "../src/lib/logic/palette";
import { Finder } from "../src/lib/state/finder.svelte";
import { button, expectAccessible, open } from "./open";

const field = () => screen.getByRole("combobox", { name: "Search and commands" });
const options = () => screen.getAllByRole("option").map((one) => one.textContent?.replace(/\s+/g, " ").trim());
const chosen = () => screen.getByRole("option", { selected: true }).textContent ?? "";

async function palette(options: Parameters<typeof open>[1] = {}) {
  const opened = await open("tasks", options);
  await opened.user.keyboard("{Control>}k{/Control}");
  await waitFor(() => expect(document.activeElement).toBe(field()));
  return opened;
}

describe("the palette", () => {
  test("begins with what was changed last, and everything that can be done", async () => {
    await palette();
    const names = within(screen.getByRole("listbox"))
      .getAllByRole("group")
      .map((group) => group.querySelector("p")?.textContent);
    expect(names).toEqual(["Changed lately", "Go to", "Do"]);
    expect(within(screen.getByRole("group", { name: "Changed lately" })).getAllByRole("option")).toHaveLength(6);
    expect(screen.getByRole("option", { name: "New note" })).toBeTruthy();
    // There is nothing yet to take back.
    expect(screen.queryByRole("option", { name: /^Undo/ })).toBeNull();
    await expectAccessible();
  });

  test("finds what is typed, marks it, and opens it", async () => {
    const { user } = await palette();
    await user.type(field(), "lisb");
    const found = await screen.findByRole("option", { name: /Sort the photos from Lisbon/ });
    expect(found.querySelector("mark")?.textContent).toBe("Lisb");
    expect(found.getAttribute("aria-selected")).toBe("true");
    expect(field().getAttribute("aria-activedescendant")).toBe(found.id);
    await waitFor(() => expect(screen.getByText("1 result")).toBeTruthy());
    await user.keyboard("{Enter}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(await screen.findByRole("complementary", { name: "Task details" })).toBeTruthy();
  });

  test("a note and a habit open on their screens", async () => {
    const { user } = await palette();
    await user.type(field(), "packing");
    await user.click(await screen.findByRole("option", { name: /Packing list/ }));
    expect(await screen.findByRole("heading", { level: 1, name: "Notes" })).toBeTruthy();
    await user.keyboard("{Escape}");
    (document.activeElement as HTMLElement).blur();
    await user.keyboard("{Control>}k{/Control}");
    await user.type(field(), "morning run");
    await user.click(await screen.findByRole("option", { name: /Morning run/ }));
    expect(await screen.findByRole("heading", { level: 1, name: "Habits" })).toBeTruthy();
  });

  test("goes by the keys, in a ring, to both ends, and away", async () => {
    const { user } = await palette();
    const all = options();
    expect(chosen()).toContain(String(all[0]).split(" ")[0]);
    await user.keyboard("{ArrowUp}");
    expect(chosen()).toMatch(/^\s*Keyboard shortcuts/);
    await user.keyboard("{ArrowDown}{ArrowDown}");
    expect(options().indexOf(chosen().replace(/\s+/g, " ").trim())).toBe(1);
    await user.keyboard("{End}");
    expect(chosen()).toMatch(/Keyboard shortcuts/);
    await user.keyboard("{Home}");
    expect(options().indexOf(chosen().replace(/\s+/g, " ").trim())).toBe(0);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await user.click(button("Search"));
    await waitFor(() => expect(field()).toBeTruthy());
    await user.keyboard("{Control>}k{/Control}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  test("leads to screens and to what is new", async () => {
    const { user } = await palette();
    await user.keyboard("hist");
    await user.keyboard("{Enter}");
    expect(await screen.findByRole("heading", { level: 1, name: "History" })).toBeTruthy();
    await user.keyboard("{Control>}k{/Control}");
    await user.keyboard("new task{Enter}");
    await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Add a task for today"));
  });

  test("does what is asked for: pausing, undoing, looks and keys", async () => {
    const { fake, user } = await palette();
    const run = async (typed: string) => {
      if (!screen.queryByRole("dialog")) await user.keyboard("{Control>}k{/Control}");
      await user.type(field(), typed);
      await user.keyboard("{Enter}");
      await waitFor(() => expect(screen.queryByRole("combobox", { name: "Search and commands" })).toBeNull());
    };
    await run("pause");
    await waitFor(() => expect(fake.world.paused).toBe(true));
    await run("resume");
    await waitFor(() => expect(fake.world.paused).toBe(false));
    await run("appearance dark");
    expect(document.documentElement.dataset.theme).toBe("dark");
    await user.click(button("Delete Water the tomatoes"));
    await waitFor(() => expect(screen.queryByRole("button", { name: "Water the tomatoes" })).toBeNull());
    await run("undo");
    expect(await screen.findByRole("button", { name: "Water the tomatoes" })).toBeTruthy();
    await run("keyboard");
    expect(await screen.findByRole("dialog", { name: "Keyboard shortcuts" })).toBeTruthy();
  });

  test("imports, and shows where everything else is imported what came in", async () => {
    const { user } = await palette();
    await user.keyboard("import a file{Enter}");
    expect(await screen.findByText(/3 items read: 2 new/)).toBeTruthy();
    expect(screen.getByRole("heading", { level: 1, name: "Devices" })).toBeTruthy();
  });

  test("says what is missing, that there is more, that there is nothing, and what went wrong", async () => {
    const fake = new FakeBackend({ tasks: 40 });
    let search = fake.search;
    fake.search = (query, limit) => search(query, limit);
    const { user } = await palette({ fake });
    await user.type(field(), "the");
    expect(await screen.findByText(/^More than 30/)).toBeTruthy();
    search = async () => ({ found: [], more: false, behind: 1_204 });
    await user.type(field(), " x");
    expect(await screen.findByText(/^Still reading 1,204 items/)).toBeTruthy();
    expect(screen.getByText("Nothing has “the x” in it")).toBeTruthy();
    await expectAccessible();
    search = async () => {
      throw new Error("The index is damaged.");
    };
    await user.type(field(), "y");
    expect((await screen.findByRole("alert")).textContent).toContain("The index is damaged.");
    expect(screen.getByRole("dialog")).toBeTruthy();
  });

  test("has no place over a dialog", async () => {
    const { user } = await open("devices");
    await user.click(button("Pair a device"));
    await screen.findByRole("dialog", { name: "Pair a device" });
    await user.keyboard("{Control>}k{/Control}");
    expect(screen.getAllByRole("dialog")).toHaveLength(1);
  });

  test("is left by going back", async () => {
    await palette();
    // The step that it is in the history is written a moment later.
    await new Promise((resolve) => setTimeout(resolve, 20));
    history.back();
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(screen.getByRole("heading", { level: 1, name: "Tasks" })).toBeTruthy();
  });
});

describe("what is found", () => {
  test("is asked for once there is a pause, and a stale answer is dropped", async () => {
    vi.useFakeTimers();
    const asked: [string, (findings: Findings) => void][] = [];
    const finder = new Finder((query) => new Promise((resolve) => asked.push([query, resolve])));
    const answer = (i: number, title: string) =>
      asked[i]?.[1]({ found: [{ kind: "task", id: title, title, parts: [] }], more: false, behind: 0 });
    let stop = finder.look("p");
    for (const query of ["pa", "pas"]) {
      stop();
      stop = finder.look(query);
    }
    await vi.advanceTimersByTimeAsync(60);
    stop = finder.look("pass");
    await vi.advanceTimersByTimeAsync(60);
    expect(asked.map(([query]) => query)).toEqual(["pas", "pass"]);
    answer(1, "new");
    answer(0, "old");
    await vi.advanceTimersByTimeAsync(1);
    expect([finder.found.map((one) => one.id), finder.searched]).toEqual([["new"], "pass"]);
    stop();
    finder.look(" ");
    expect(finder.found).toEqual([]);
    vi.useRealTimers();
  });

  test("a command fits by the beginnings of its words, with or without marks", () => {
    expect(fits("", "Undo")).toBe(true);
    expect(fits("new ta", "New task")).toBe(true);
    expect(fits("ask", "New task")).toBe(false);
    expect(fits("ruckgangig", "Rückgängig")).toBe(true);
    expect(fits("geräte", "Geräte")).toBe(true);
    expect(fits("dark app", "Appearance: Dark")).toBe(true);
  });

  test("what was changed last is found among very many without sorting them", () => {
    const base = { kind: "task", title: null, fields: {}, deleted: false, modified_by: null, reviews: 0, here: false };
    const many = Array.from({ length: 2_000 }, (_, i) => ({ ...base, id: String(i), modified: (i * 7919) % 2_003 }));
    const sorted = [...many].sort((a, b) => b.modified - a.modified).slice(0, 6);
    expect(recent(many, 6)).toEqual(sorted);
    expect(recent(many.slice(0, 2), 6)).toHaveLength(2);
  });
});

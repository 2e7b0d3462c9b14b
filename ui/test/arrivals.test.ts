import { fireEvent, screen, waitFor } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import type { FakeBackend } from "../src/lib/backend/fake";
import { Draft } from "../src/lib/state/draft.svelte";
import { button, open } from "./open";

const TEXT = "First paragraph here.\n\nSecond paragraph here.\n\nThird paragraph here.";
const note = (fake: FakeBackend) => fake.world.living("note").find((one) => one.title === "Landlord")!;
const stored = (fake: FakeBackend) => note(fake).fields.content as string;

/** A note that is open on two devices. */
async function shared() {
  const opened = await open("notes");
  const { fake, user } = opened;
  const { id } = note(fake);
  fake.world.apply({ type: "set", kind: "note", id, fields: { content: TEXT } });
  fake.world.tell("data", { head: fake.world.head });
  await user.click(button(/^Landlord/));
  const area = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Text, in Markdown" });
  await waitFor(() => expect(area.value).toBe(TEXT));
  /** Another device has changed words that are not those that somebody types here. */
  const arrive = (from: string, to: string) => {
    const now = stored(fake);
    fake.arrive({ type: "text", kind: "note", id, field: "content", base: now, text: now.replace(from, to) });
  };
  /** The caret stands after these words. */
  const put = (after: string, length = 0) => {
    const at = area.value.indexOf(after) + after.length;
    area.focus();
    area.setSelectionRange(at, at + length);
  };
  const around = () => {
    const { value, selectionStart: start, selectionEnd: end } = area;
    return `${value.slice(start - 5, start)}[${value.slice(start, end)}]${value.slice(end, end + 5)}`;
  };
  return { ...opened, area, arrive, put, around };
}

describe("while nobody types, a change that arrives is there at once", () => {
  test.each([
    ["before the caret", "First paragraph", "At first a longer paragraph"],
    ["after it", "Third", "The last"],
    ["above its line", "\n\nSecond", "\n\nA new one.\n\nSecond"],
  ])("%s, and the caret stays within its word", async (_, from, to) => {
    const { area, arrive, put, around } = await shared();
    put("Second para");
    arrive(from, to);
    await waitFor(() => expect(area.value).toBe(TEXT.replace(from, to)));
    expect(around()).toBe(" para[]graph");
    expect(document.activeElement).toBe(area);
  });

  test("and what is selected stays so", async () => {
    const { area, arrive, put, around } = await shared();
    put("Second ", 9);
    arrive("First", "The very first");
    await waitFor(() => expect(area.value).toContain("The very first"));
    expect(around()).toBe("cond [paragraph] here");
  });

  test("the place that it came to glows, and who it was is told", async () => {
    const { arrive, put } = await shared();
    put("Second");
    arrive("Third", "Fourth");
    expect((await screen.findByText("Fourth", { selector: "mark" })).textContent).toBe("Fourth");
    expect(screen.getByText("Pixel 8 changed this note")).toBeTruthy();
  });

  test("what is seen stays where it is seen", async () => {
    const { area, arrive } = await shared();
    Object.defineProperty(area, "scrollHeight", { value: 4_000, configurable: true });
    // A letter is as high as its place: enough to see that the caret's line is what is held.
    vi.spyOn(HTMLElement.prototype, "offsetTop", "get").mockImplementation(function (this: HTMLElement) {
      return this.previousSibling?.textContent?.length ?? 0;
    });
    area.focus();
    area.setSelectionRange(30, 30);
    area.scrollTop = 20;
    arrive("First", "The first");
    await waitFor(() => expect(area.value).toContain("The first"));
    expect(area.scrollTop).toBe(24);
  });
});

describe("while somebody types", () => {
  test("both are merged, and the caret stays behind what was typed", async () => {
    const { fake, user, area, arrive, put, around } = await shared();
    put("Second para");
    await user.keyboard("XY");
    arrive("First", "The very first");
    expect(area.value).not.toContain("very");
    await waitFor(() => expect(area.value).toContain("The very first"));
    expect(area.value).toContain("Second paraXYgraph");
    expect(around()).toBe("araXY[]graph");
    expect(stored(fake)).toBe(area.value);
    expect(screen.queryByText(/changed on another device while you typed/)).toBeNull();
  });

  test("without a pause, it still comes", async () => {
    const { user, area, arrive, put } = await shared();
    put("Second para");
    await user.keyboard("a");
    arrive("First", "The very first");
    const begun = Date.now();
    let typed = 1;
    while (!area.value.includes("very") && Date.now() - begun < 4_000) {
      await user.keyboard("a");
      typed += 1;
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    expect(area.value).toContain("The very first");
    expect(area.value).toContain(`Second para${"a".repeat(typed)}graph`);
    expect(Date.now() - begun).toBeLessThan(1_500);
  });

  test("also while a save is under way", async () => {
    const { fake, user, area, arrive, put, around } = await shared();
    const save = fake.save;
    let go = () => {};
    fake.save = (edits) => new Promise<void>((resolve) => (go = resolve)).then(() => save(edits));
    put("Second para");
    await user.keyboard("X");
    await waitFor(() => expect(screen.getByText("Saving…")).toBeTruthy(), { timeout: 2_000 });
    arrive("Third", "The last");
    await user.keyboard("Y");
    fake.save = save;
    go();
    await waitFor(
      () => expect(stored(fake)).toBe(TEXT.replace("Second para", "Second paraXY").replace("Third", "The last")),
      { timeout: 3_000 },
    );
    await waitFor(() => expect(area.value).toBe(stored(fake)));
    expect(around()).toBe("araXY[]graph");
  });

  test("a save that is late goes into its own note, whichever is open by then", async () => {
    const { fake, user, put } = await shared();
    const other = () => fake.world.living("note").find((one) => one.title === "Sourdough")!.fields.content;
    const before = other();
    const save = fake.save;
    let go = () => {};
    fake.save = (edits) => new Promise<void>((resolve) => (go = resolve)).then(() => save(edits));
    put("Second para");
    await user.keyboard("X");
    await waitFor(() => expect(screen.getByText("Saving…")).toBeTruthy(), { timeout: 2_000 });
    await user.keyboard("Y");
    await user.click(button(/^Sourdough/));
    await waitFor(() =>
      expect(screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Text, in Markdown" }).value).toBe(before),
    );
    fake.save = save;
    go();
    await waitFor(() => expect(stored(fake)).toBe(TEXT.replace("Second para", "Second paraXY")), { timeout: 3_000 });
    expect(other()).toBe(before);
  });

  test("a save that fails keeps what was typed; the next one merges", async () => {
    const { fake, user, area, arrive, put } = await shared();
    fake.refuse("save", "storage", "The disk is full.");
    put("Second para");
    await user.keyboard("X");
    arrive("Third", "The last");
    expect((await screen.findByRole("alert")).textContent).toBe("The disk is full.");
    expect(area.value).toBe(TEXT.replace("Second para", "Second paraX"));
    await user.keyboard("Y");
    await waitFor(() => expect(stored(fake)).toContain("Second paraXYgraph"), { timeout: 2_000 });
    expect(stored(fake)).toContain("The last");
    await waitFor(() => expect(area.value).toBe(stored(fake)));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  test("a word that is being composed is not disturbed; what arrived comes after it", async () => {
    const { fake, area, arrive, put, around } = await shared();
    put("Second para");
    await fireEvent.compositionStart(area);
    area.setRangeText("か", area.selectionStart, area.selectionStart, "end");
    await fireEvent.input(area);
    arrive("First", "The very first");
    await waitFor(() => expect(stored(fake)).toContain("か"), { timeout: 2_000 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(area.value).toBe(TEXT.replace("Second para", "Second paraか"));
    await fireEvent.compositionEnd(area);
    await waitFor(() => expect(area.value).toContain("The very first"));
    expect(around()).toBe("paraか[]graph");
    expect(stored(fake)).toBe(area.value);
  });
});

test("Ctrl+Z takes back what was typed here, and nothing that arrived", async () => {
  const { fake, user, area, arrive, put } = await shared();
  put("Second para");
  await user.keyboard("X");
  arrive("First", "The very first");
  await waitFor(() => expect(area.value).toContain("The very first"));
  await user.keyboard("{Control>}z{/Control}");
  expect(area.value).toBe(TEXT.replace("First", "The very first"));
  await user.keyboard("{Control>}{Shift>}z{/Shift}{/Control}");
  expect(area.value).toContain("paraXgraph");
  await user.keyboard("{Control>}z{/Control}{Control>}z{/Control}");
  await waitFor(() => expect(stored(fake)).toBe(TEXT.replace("First", "The very first")), { timeout: 2_000 });
});

describe("in a task's description", () => {
  async function described() {
    const { fake, user } = await open("tasks");
    const { id } = fake.world.living("task").find((one) => one.title === "Reply to Amira about Saturday")!;
    fake.arrive({ type: "set", kind: "task", id, fields: { description: "First line.\nSecond line.\nThird line." } });
    await user.click(await screen.findByRole("button", { name: "Reply to Amira about Saturday" }));
    const area = await screen.findByLabelText<HTMLTextAreaElement>("Description");
    const now = () => String(fake.world.get("task", id).fields.description);
    const arrive = (from: string, to: string) =>
      fake.arrive({ type: "text", kind: "task", id, field: "description", base: now(), text: now().replace(from, to) });
    area.focus();
    return { user, area, now, arrive };
  }

  test("the caret stays where it is as well, and Ctrl+Z takes back one's own", async () => {
    const { user, area, now, arrive } = await described();
    area.setSelectionRange(5, 5);
    await user.keyboard("X");
    arrive("Third", "Last");
    await waitFor(() => expect(area.value).toBe("FirstX line.\nSecond line.\nLast line."), { timeout: 2_000 });
    expect(area.selectionStart).toBe(6);
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(now()).toBe("First line.\nSecond line.\nLast line."), { timeout: 2_000 });
  });

  test("what was written over is told", async () => {
    const { user, area, arrive } = await described();
    area.setSelectionRange(12, 12);
    await user.keyboard("My ");
    arrive("Second line", "Their second line");
    expect(await screen.findByText(/same passage was changed/, {}, { timeout: 2_000 })).toBeTruthy();
  });
});

describe("a draft", () => {
  test("is saved while somebody types on and on", async () => {
    vi.useFakeTimers();
    const saved: string[] = [];
    const draft = new Draft("", async (value) => void saved.push(value));
    for (let letter = 1; letter <= 50; letter++) {
      draft.type("x".repeat(letter));
      await vi.advanceTimersByTimeAsync(100);
    }
    vi.useRealTimers();
    expect(saved.length).toBeGreaterThanOrEqual(2);
    expect(saved.length).toBeLessThan(5);
  });

  const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  test("that fails is not tried again by itself", async () => {
    const save = vi.fn(() => Promise.reject(new Error("full")));
    const draft = new Draft("a\nb", save);
    draft.type("A\nb");
    draft.take("a\nB");
    await later(900);
    expect(save).toHaveBeenCalledTimes(1);
    expect(draft.value).toBe("A\nb");
  });

  test("goes on from what is stored where its typing does not overlap, and from what it sent where it does", async () => {
    const sent: [string, string][] = [];
    let answer = (_: string) => {};
    const draft = new Draft("a\nb\nc", (value, base) => {
      sent.push([base, value]);
      return new Promise((resolve) => (answer = resolve));
    });
    draft.type("A\nb\nc");
    void draft.flush();
    draft.type("AA\nb\nc");
    answer("A\nb\nC");
    await later(0);
    expect(draft.value).toBe("AA\nb\nC");
    void draft.flush();
    await later(0);
    expect(sent.at(-1)).toEqual(["A\nb\nC", "AA\nb\nC"]);
    draft.type("AA\nb\nCC");
    answer("AA\nb\nX");
    await later(0);
    expect(draft.value).toBe("AA\nb\nCC");
    void draft.flush();
    await later(0);
    expect(sent.at(-1)).toEqual(["AA\nb\nC", "AA\nb\nCC"]);
    answer("AA\nb\nCC");
    await later(0);
    expect(draft.state).toBe("saved");
  });
});

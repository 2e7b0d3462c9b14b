import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { FakeBackend } from "../src/lib/backend/fake";
import type { Paired } from "../src/lib/backend/fake/world";
import { dayOf, fromParts, shift } from "../src/lib/logic/time";
import { button, expectAccessible, findButton, open } from "./open";

async function look(title: RegExp) {
  const opened = await open("review");
  await opened.user.click(await findButton(title));
  const dialog = within(await screen.findByRole("dialog"));
  await dialog.findByRole("button", { name: "Later" });
  return { ...opened, dialog };
}

const present = /^Birthday present/;
const entity = (fake: FakeBackend, title: RegExp) =>
  [...fake.world.entities.values()].map((one) => one.entity).find((one) => title.test(one.title ?? ""))!;

describe("review", () => {
  test("lists what waits; the badge counts the same", async () => {
    await open("review");
    expect(await screen.findByText("Title and priority of this task")).toBeTruthy();
    expect(screen.getByText("Deleted on one device, edited on another")).toBeTruthy();
    expect(screen.getByRole("link", { name: "Review , 3 items to look at" })).toBeTruthy();
    await expectAccessible();
  });

  test("shows each side with its device and the words that differ", async () => {
    const { dialog } = await look(present);
    const mine = within(dialog.getByRole("article", { name: "Laptop’s version" }));
    expect(mine.getByText("Laptop (this device)")).toBeTruthy();
    expect(mine.getByText("and Mia", { selector: "ins" })).toBeTruthy();
    expect(within(dialog.getByRole("article", { name: "Now" })).getByText("Birthday present for Jonas")).toBeTruthy();
    expect(dialog.getByText("What is the same on all devices")).toBeTruthy();
    await expectAccessible();
  });

  test("asks one question after the other, then goes on to the next item", async () => {
    const { fake, user, dialog } = await look(present);
    expect(dialog.getByText(/question 1 of 2/)).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Use the other: Pixel 8" }));
    expect(await screen.findByText("Which priority shall stand?")).toBeTruthy();
    expect(entity(fake, present).title).toBe("Birthday present for Jonas (a book)");
    await user.click(button("Use this: Laptop"));
    expect(await screen.findByRole("dialog", { name: "Sourdough" })).toBeTruthy();
    expect(fake.world.reviews).toBe(2);
  });

  test("a decision is taken back by Undo", async () => {
    const { fake, user, dialog } = await look(present);
    await user.click(dialog.getByRole("button", { name: "Use the other: Pixel 8" }));
    await user.click(await screen.findByRole("button", { name: "Undo", hidden: true }));
    await waitFor(() => expect(entity(fake, present).title).toBe("Birthday present for Jonas"));
  });

  test("a decision that was edited since is not taken back", async () => {
    const { fake, user, dialog } = await look(present);
    await user.click(dialog.getByRole("button", { name: "Use the other: Pixel 8" }));
    await screen.findByText("Which priority shall stand?");
    const { id } = entity(fake, present);
    fake.arrive({ type: "set", kind: "task", id, fields: { title: "Birthday present: tickets" } });
    expect((await screen.findAllByText(/tickets/)).length).toBeGreaterThan(0);
    await user.click(await screen.findByRole("button", { name: "Undo", hidden: true }));
    expect(await screen.findByText("It was changed since, so nothing was undone.")).toBeTruthy();
    expect(entity(fake, present).title).toBe("Birthday present: tickets");
  });

  test("says a day and a cleared one as a person would, and puts no letters of them together", async () => {
    const fake = new FakeBackend();
    const now = Date.now();
    const version = { by: fake.world.peers[0] as Paired, at: now };
    const sides = [
      { by: null, at: now, value: dayOf(now) },
      { ...version, value: fromParts(shift(dayOf(now), 1), "00:00") },
      { ...version, value: null },
    ];
    const name = `task ${entity(fake, present).id}`;
    fake.world.conflicts.set(name, [{ type: "field", field: "deadline", combined: null, sides }]);
    const { user } = await open("review", { fake });
    await user.click(await findButton(present));
    const dialog = within(await screen.findByRole("dialog"));
    const said = (await dialog.findAllByRole("article")).map((one) => one.querySelector(".value")?.textContent.trim());
    expect(said.slice(0, 3)).toEqual(["Today", expect.stringMatching(/^Tomorrow, (12:00|00:00)/), "nothing"]);
    expect(dialog.queryByRole("button", { name: "Combine…" })).toBeNull();
  });

  test("Combine begins with what is proposed and takes what is typed", async () => {
    const { fake, user, dialog } = await look(/^Sourdough/);
    await user.click(dialog.getByRole("button", { name: "Combine…" }));
    const field = screen.getByLabelText("Your version") as HTMLTextAreaElement;
    expect(field.value).toContain("12 g salt");
    await user.type(field, " Enjoy.");
    fake.refuse("resolve", "storage", "The disk is full.");
    await user.click(button("Use my version"));
    expect((await screen.findByText("The disk is full.")).textContent).toBeTruthy();
    expect(field.value).toContain("Enjoy.");
    await user.click(button("Use my version"));
    await waitFor(() => expect(entity(fake, /Sourdough/).fields.content).toContain("Enjoy."));
  });

  test("a combined text waits while other items are looked at", async () => {
    const { user, dialog } = await look(/^Sourdough/);
    await user.click(dialog.getByRole("button", { name: "Combine…" }));
    await user.type(screen.getByLabelText("Your version"), " Enjoy.");
    await user.click(button("Next"));
    await screen.findByRole("dialog", { name: /Find a new lamp/ });
    await user.click(button("Previous"));
    const field = (await screen.findByLabelText("Your version")) as HTMLTextAreaElement;
    expect(field.value).toContain("Enjoy.");
    await user.keyboard("{Escape}");
    await user.click(await findButton(/^Sourdough/));
    expect(((await screen.findByLabelText("Your version")) as HTMLTextAreaElement).value).toContain("Enjoy.");
  });

  test("decided on another device while it is open: it says so, and the combined text is not lost", async () => {
    const { fake, user, dialog } = await look(/^Sourdough/);
    await user.click(dialog.getByRole("button", { name: "Combine…" }));
    await user.type(screen.getByLabelText("Your version"), " Enjoy.");
    const { id } = entity(fake, /^Sourdough/);
    fake.world.conflicts.delete(`note ${id}`);
    fake.arrive({ type: "set", kind: "note", id, fields: { content: "Theirs" } });
    expect(await screen.findByText("This was already decided on another device.")).toBeTruthy();
    expect(dialog.getByLabelText<HTMLTextAreaElement>(/^Your version/).value).toContain("Enjoy.");
    await expectAccessible();
    await user.click(screen.getByText("Close"));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  describe("a text combined for a question that another device answers later", () => {
    async function answered() {
      const all = await look(/^Sourdough/);
      const { fake, user, dialog } = all;
      await user.click(dialog.getByRole("button", { name: "Combine…" }));
      await user.type(screen.getByLabelText("Your version"), " Enjoy.");
      await user.keyboard("{Escape}");
      await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
      expect(screen.queryByLabelText(/which was not used/)).toBeNull();
      const { id } = entity(fake, /^Sourdough/);
      fake.world.conflicts.delete(`note ${id}`);
      fake.arrive({ type: "set", kind: "note", id, fields: { content: "Theirs" } });
      const field = await screen.findByLabelText<HTMLTextAreaElement>("Your version of the text, which was not used");
      expect(field.value).toContain("Enjoy.");
      return all;
    }

    test("stands beside the questions, and can be used after all", async () => {
      const { fake, user } = await answered();
      await expectAccessible();
      await user.click(button("Use my version"));
      await waitFor(() => expect(entity(fake, /^Sourdough/).fields.content).toContain("Enjoy."));
      // A message is no place for a whole note.
      expect((await screen.findByText(/^Text is now/)).textContent.length).toBeLessThan(200);
      await waitFor(() => expect(screen.queryByLabelText(/which was not used/)).toBeNull());
      await user.click(button("Undo"));
      await waitFor(() => expect(entity(fake, /^Sourdough/).fields.content).toBe("Theirs"));
    });

    test("goes when it is discarded, and comes back by Undo", async () => {
      const { fake, user } = await answered();
      await user.click(button("Discard"));
      await waitFor(() => expect(screen.queryByLabelText(/which was not used/)).toBeNull());
      expect(document.activeElement).not.toBe(document.body);
      await user.click(button("Undo"));
      const field = await screen.findByLabelText<HTMLTextAreaElement>(/which was not used/);
      expect(field.value).toContain("Enjoy.");
      await user.click(button("Discard"));
      expect(entity(fake, /^Sourdough/).fields.content).toBe("Theirs");
    });
  });

  test("a text combined for one question stays in sight while the others are asked", async () => {
    const { fake, user, dialog } = await look(present);
    await user.click(dialog.getByRole("button", { name: "Combine…" }));
    await user.type(screen.getByLabelText("Your version"), " (blue)");
    const { id } = entity(fake, present);
    fake.world.conflicts.get(`task ${id}`)!.shift();
    fake.arrive({ type: "set", kind: "task", id, fields: { title: "Birthday present" } });
    await screen.findByText("Which priority shall stand?");
    const field = await dialog.findByLabelText<HTMLTextAreaElement>("Your version of the title, which was not used");
    expect(field.value).toContain("(blue)");
  });

  test("the version that is seen is the one that is used, whatever its number is by now", async () => {
    const { fake, user, dialog } = await look(present);
    const { id } = entity(fake, present);
    const [title] = fake.world.conflicts.get(`task ${id}`)!;
    if (title?.type !== "field") throw new Error("no question");
    title.sides.reverse();
    await user.click(dialog.getByRole("button", { name: "Use the other: Pixel 8" }));
    await waitFor(() => expect(entity(fake, present).title).toBe("Birthday present for Jonas (a book)"));
  });

  test.each([
    ["ids", ["0d9c7d0e-8f0a-4c7e-9a55-1b2c3d4e5f60", "1d9c7d0e-8f0a-4c7e-9a55-1b2c3d4e5f60"], false],
    ["days", ["2026-03-11", "2026-03-12"], false],
    ["times of day", ["09:00", "10:30"], false],
    ["words", ["at 09:00", "10:30"], true],
  ])("%s: combined only where that makes sense", async (_, values, offered) => {
    const fake = new FakeBackend();
    const { id } = entity(fake, present);
    const [title] = fake.world.conflicts.get(`task ${id}`)!;
    if (title?.type !== "field") throw new Error("no question");
    title.sides.forEach((side, i) => (side.value = values[i]!));
    const { user } = await open("review", { fake });
    await user.click(await findButton(present));
    await findButton("Later");
    expect(screen.queryByRole("button", { name: "Combine…" }) !== null).toBe(offered);
  });

  test("a choice field offers its other values", async () => {
    const { fake, user, dialog } = await look(present);
    await user.click(dialog.getByRole("button", { name: "Use this: Laptop" }));
    await screen.findByText("Which priority shall stand?");
    expect(screen.queryByRole("button", { name: "Combine…" })).toBeNull();
    await waitFor(() => expect((button("Use this: Laptop") as HTMLButtonElement).disabled).toBe(false));
    await user.selectOptions(screen.getByRole("combobox", { name: "Use another value" }), "neither");
    await waitFor(() => expect(entity(fake, present).fields.priority).toBe("neither"));
  });

  test.each([
    ["Keep it", false],
    ["Delete it", true],
  ])("deleted against edited: %s", async (way, deleted) => {
    const { fake, user, dialog } = await look(/^Find a new lamp/);
    expect(dialog.getByText(/Deleted on/)).toBeTruthy();
    expect(dialog.getByText(/Edited on/)).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: way }));
    await waitFor(() => expect(fake.world.reviews).toBe(2));
    expect(entity(fake, /^Find a new lamp/).deleted).toBe(deleted);
  });

  test("Later leaves it open and goes on; previous and next go round", async () => {
    const { fake, user } = await look(/^Sourdough/);
    await user.click(button("Later"));
    expect(await screen.findByRole("dialog", { name: /Find a new lamp/ })).toBeTruthy();
    await user.click(button("Next"));
    expect(await screen.findByRole("dialog", { name: present })).toBeTruthy();
    await user.click(button("Previous"));
    expect(await screen.findByRole("dialog", { name: /Find a new lamp/ })).toBeTruthy();
    expect(fake.world.reviews).toBe(3);
  });

  test("an earlier decision can still be changed, and that taken back", async () => {
    const { fake, user } = await open("review");
    await user.click(await findButton("Use this instead"));
    await waitFor(() => expect(entity(fake, /^Talk, first ideas/)).toBeTruthy());
    await user.click(await findButton("Undo"));
    await waitFor(() => expect(entity(fake, /^Ideas for the talk/)).toBeTruthy());
  });

  test("says what it is for when there is nothing to decide", async () => {
    await open("review", { empty: true });
    expect(await screen.findByText("Nothing to decide")).toBeTruthy();
  });
});

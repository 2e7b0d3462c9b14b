import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import type { FakeBackend } from "../src/lib/backend/fake";
import { button, expectAccessible, findButton, open } from "./open";

const note = (fake: FakeBackend, title: string) => fake.world.living("note").find((one) => one.title === title)!;
const area = () => screen.findByRole("textbox", { name: "Text, in Markdown" }) as Promise<HTMLTextAreaElement>;

describe("notes", () => {
  test("what is typed saves itself after a moment, and says so", async () => {
    const { fake, user } = await open("notes");
    await user.click(button(/^Landlord/));
    await user.type(await area(), " And the door.");
    expect(note(fake, "Landlord").fields.content).not.toContain("door");
    await waitFor(() => expect(note(fake, "Landlord").fields.content).toContain("And the door."), { timeout: 2000 });
    expect(await screen.findByText("Saved")).toBeTruthy();
  });

  test("leaving the field saves at once", async () => {
    const { fake, user } = await open("notes");
    await user.click(button(/^Landlord/));
    await user.type(await area(), "!");
    await user.tab();
    await waitFor(() => expect(note(fake, "Landlord").fields.content).toMatch(/!$/), { timeout: 300 });
  });

  test("going to another note saves, too", async () => {
    const { fake, user } = await open("notes");
    await user.click(button(/^Landlord/));
    await user.type(await area(), "!");
    await user.click(button(/^Sourdough/));
    await waitFor(() => expect(note(fake, "Landlord").fields.content).toMatch(/!$/));
  });

  test("a change from another device is shown where nobody has typed", async () => {
    const { fake, user } = await open("notes");
    await user.click(button(/^Landlord/));
    const field = await area();
    fake.arrive({ type: "set", kind: "note", id: note(fake, "Landlord").id, fields: { content: "From the phone" } });
    await waitFor(() => expect(field.value).toBe("From the phone"));
  });

  test("a change from another device never takes away what is being typed", async () => {
    const { fake, user } = await open("notes");
    await user.click(button(/^Landlord/));
    const field = await area();
    await user.clear(field);
    await user.type(field, "Mine");
    fake.arrive({ type: "set", kind: "note", id: note(fake, "Landlord").id, fields: { content: "From the phone" } });
    expect(await screen.findByText(/changed on another device while you typed/)).toBeTruthy();
    expect(field.value).toBe("Mine");
    await waitFor(() => expect(note(fake, "Landlord").fields.content).toBe("Mine"), { timeout: 2000 });
    expect(fake.world.history.some((line) => line.value === '"From the phone"')).toBe(true);
  });

  test("a note that cannot be saved keeps what was typed, and says why", async () => {
    const { fake, user } = await open("notes");
    await user.click(button(/^Landlord/));
    const field = await area();
    fake.refuse("save", "storage", "The disk is full.");
    await user.type(field, " More");
    await user.tab();
    expect((await screen.findByRole("alert")).textContent).toBe("The disk is full.");
    expect(screen.getByText("Not saved")).toBeTruthy();
    expect(field.value).toContain(" More");
  });

  test("a new note opens with its title selected, ready to be named", async () => {
    const { fake, user } = await open("notes");
    await user.keyboard("n");
    await screen.findByRole("textbox", { name: "Title" });
    await user.keyboard("Garden");
    await user.tab();
    await waitFor(() => expect(note(fake, "Garden")).toBeTruthy());
  });

  test("search looks into texts, too; a deleted note comes back by Undo", async () => {
    const { user } = await open("notes");
    await user.type(screen.getByRole("searchbox", { name: "Search notes" }), "starter");
    await waitFor(() => expect(screen.queryByRole("button", { name: /^Landlord/ })).toBeNull());
    await user.click(button(/^Sourdough/));
    await user.click(await findButton("Delete note"));
    await waitFor(() => expect(screen.queryByRole("button", { name: /^Sourdough/ })).toBeNull());
    await user.click(await findButton("Undo"));
    expect(await findButton(/^Sourdough/)).toBeTruthy();
  });

  test("is accessible, with a note open", async () => {
    const { user } = await open("notes");
    await user.click(button(/^Packing list/));
    await area();
    await expectAccessible();
  });
});

test("a blank in a title survives the pause after it; an empty title is not saved", async () => {
  const { fake, user } = await open("notes");
  await user.click(button(/^Landlord/));
  const { id } = note(fake, "Landlord");
  const title = (await screen.findByRole("textbox", { name: "Title" })) as HTMLInputElement;
  await user.clear(title);
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(title.value).toBe("");
  expect(screen.queryByText("Saved")).toBeNull();
  await user.type(title, "Buy ");
  await waitFor(() => expect(fake.world.get("note", id).title).toMatch(/^Buy/), { timeout: 2000 });
  await findButton(/^Buy/);
  await user.type(title, "milk ");
  await user.tab();
  await waitFor(() => expect(fake.world.get("note", id).title).toBe("Buy milk"));
  expect(title.value).toBe("Buy milk");
});

test.each([
  ["loses the focus", () => window.dispatchEvent(new Event("blur"))],
  [
    "is hidden",
    () => {
      vi.spyOn(document, "hidden", "get").mockReturnValue(true);
      document.dispatchEvent(new Event("visibilitychange"));
      vi.restoreAllMocks();
    },
  ],
  ["goes away", () => window.dispatchEvent(new Event("pagehide"))],
])("what is typed is saved when the window %s", async (_, leave) => {
  const { fake, user } = await open("notes");
  await user.click(button(/^Landlord/));
  await user.type(await area(), " Quick");
  leave();
  await waitFor(() => expect(note(fake, "Landlord").fields.content).toMatch(/Quick$/), { timeout: 300 });
});

test("a note that could not be saved when it was closed says so", async () => {
  const { fake, user } = await open("notes");
  await user.click(button(/^Landlord/));
  const field = await area();
  await user.type(field, "!");
  const { save } = fake;
  fake.save = () => Promise.reject(new Error("The disk is full."));
  await user.click(button(/^Sourdough/));
  expect(await screen.findByText(/^The disk is full\. What you typed waits/)).toBeTruthy();
  fake.save = save;
});

test("a title that is emptied comes back when it is left", async () => {
  const { fake, user } = await open("notes");
  await user.click(button(/^Landlord/));
  const title = (await screen.findByRole("textbox", { name: "Title" })) as HTMLInputElement;
  await user.clear(title);
  await user.tab();
  expect(title.value).toBe("Landlord");
  expect(note(fake, "Landlord")).toBeTruthy();
});

describe("a note on this device only", () => {
  async function kept() {
    const opened = await open("notes");
    await opened.user.click(button("Kinds of new notes"));
    await opened.user.click(await findButton("New note on this device only"));
    await screen.findByRole("textbox", { name: "Title" });
    await opened.user.keyboard("Diary");
    await opened.user.tab();
    await waitFor(() => expect(note(opened.fake, "Diary")).toMatchObject({ here: true }));
    return opened;
  }

  test("says so in the list and in the editor; an ordinary one offers nothing", async () => {
    const { user } = await kept();
    expect((await findButton(/^Diary/)).textContent).toContain("On this device only");
    expect(button("Share with my devices…")).toBeTruthy();
    await expectAccessible();
    await user.click(button("Kinds of new notes"));
    await user.click(await findButton("New note"));
    await waitFor(() => expect(screen.queryByRole("button", { name: "Share with my devices…" })).toBeNull());
  });

  test("is shared after a question that says it is for good", async () => {
    const { fake, user } = await kept();
    await user.click(button("Share with my devices…"));
    const question = within(await screen.findByRole("alertdialog", { name: "Share “Diary” with your devices?" }));
    expect(question.getByText(/cannot be taken back/)).toBeTruthy();
    await expectAccessible();
    await user.click(question.getByRole("button", { name: "Cancel" }));
    expect(note(fake, "Diary").here).toBe(true);
    await user.click(await findButton("Share with my devices…"));
    await user.click(await findButton("Share"));
    expect(await screen.findByText("Shared with your devices")).toBeTruthy();
    expect(note(fake, "Diary").here).toBe(false);
    expect(button(/^Diary/).textContent).not.toContain("On this device only");
    await waitFor(() => expect(document.activeElement?.textContent).toContain("Shared with your devices"));
  });

  test("stays here where sharing is refused", async () => {
    const { fake, user } = await kept();
    fake.refuse("share", "storage", "The disk is full.");
    await user.click(button("Share with my devices…"));
    await user.click(await findButton("Share"));
    expect(await screen.findByText("The disk is full.")).toBeTruthy();
    expect(await findButton("Share with my devices…")).toBeTruthy();
  });
});

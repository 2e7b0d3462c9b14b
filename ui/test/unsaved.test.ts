import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { BackendError } from "../src/lib/backend/backend";
import { button, findButton, open } from "./open";

type Fake = Awaited<ReturnType<typeof open>>["fake"];

const KEPT = "The disk is full. What you typed waits in its field.";
const REPLY = "Reply to Amira about Saturday";
const idOf = (fake: Fake, title: string) => fake.world.living("task").find((one) => one.title === title)!.id;
const task = (fake: Fake, id: string) => fake.world.get("task", id);
const panel = async () => within(await screen.findByRole("complementary", { name: "Task details" }));
const description = async () => (await panel()).getByLabelText<HTMLTextAreaElement>("Description");

/** Nothing can be saved until the returned function is called. */
function full(fake: Fake): () => void {
  const { save } = fake;
  fake.save = () => Promise.reject(new BackendError({ code: "storage", message: "The disk is full." }));
  return () => (fake.save = save);
}

/** Types a description, and leaves the panel while the disk is full. */
async function left() {
  const all = await open("tasks");
  const { fake, user } = all;
  const id = idOf(fake, REPLY);
  await user.click(button(REPLY));
  await user.type(await description(), "Bring the tent");
  const mend = full(fake);
  await user.click((await panel()).getByRole("button", { name: "Close details" }));
  await screen.findByText(KEPT);
  return { ...all, id, mend };
}

describe("what could not be saved when its field was left", () => {
  test("is saved by the message that says so", async () => {
    const { fake, user, id, mend } = await left();
    await user.click(button("Try again"));
    await user.click(await findButton("Try again"));
    expect(await screen.findByText(KEPT)).toBeTruthy();
    expect(task(fake, id).fields.description ?? "").toBe("");
    mend();
    await user.click(button("Try again"));
    await waitFor(() => expect(task(fake, id).fields.description).toBe("Bring the tent"));
  });

  test("is tried again when the window is left", async () => {
    const { fake, id, mend } = await left();
    mend();
    window.dispatchEvent(new Event("blur"));
    await waitFor(() => expect(task(fake, id).fields.description).toBe("Bring the tent"));
  });

  test("stands in its field again for who comes back, with what another device wrote meanwhile", async () => {
    const { fake, user, id, mend } = await left();
    fake.arrive({ type: "set", kind: "task", id, fields: { title: "Reply to Amira" } });
    await user.click(await findButton("Reply to Amira"));
    const area = await description();
    await waitFor(() => expect(area.value).toBe("Bring the tent"));
    expect(await (await panel()).findByText("The disk is full.")).toBeTruthy();
    mend();
    await user.type(area, "!");
    await waitFor(() => expect(task(fake, id).fields.description).toBe("Bring the tent!"));
  });
});

describe("what could not be saved", () => {
  /** A title that could not be saved, and that another device has changed since. */
  async function overtaken() {
    const all = await open("tasks");
    const { fake, user } = all;
    const id = idOf(fake, REPLY);
    await user.click(button(REPLY));
    const mend = full(fake);
    await user.type((await panel()).getByRole("textbox", { name: "Title" }), "!");
    await user.click((await panel()).getByRole("button", { name: "Close details" }));
    await screen.findByText(KEPT);
    fake.arrive({ type: "set", kind: "task", id, fields: { title: "Write to Amira" } });
    mend();
    return { ...all, id };
  }

  test("of a title waits for its person, and goes over nothing that another device wrote since", async () => {
    const { fake, user, id } = await overtaken();
    window.dispatchEvent(new Event("blur"));
    await user.click(await findButton("Write to Amira"));
    const title = (await panel()).getByRole<HTMLTextAreaElement>("textbox", { name: "Title" });
    await waitFor(() => expect(title.value).toBe(`${REPLY}!`));
    expect(task(fake, id).title).toBe("Write to Amira");
    await user.type(title, "?{Enter}");
    await waitFor(() => expect(task(fake, id).title).toBe(`${REPLY}!?`));
    expect(await (await panel()).findByText(/changed on another device while you typed/)).toBeTruthy();
  });

  test("of a title is not saved because somebody looks at its item", async () => {
    const { fake, user, id } = await overtaken();
    for (let time = 0; time < 2; time++) {
      await user.click(await findButton("Write to Amira"));
      const title = (await panel()).getByRole<HTMLTextAreaElement>("textbox", { name: "Title" });
      expect(title.value).toBe(`${REPLY}!`);
      expect(await (await panel()).findByText(/changed on another device while you typed/)).toBeTruthy();
      window.dispatchEvent(new Event("blur"));
      await user.click((await panel()).getByRole("button", { name: "Close details" }));
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(task(fake, id).title).toBe("Write to Amira");
    }
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(task(fake, id).title).toBe(`${REPLY}!`));
  });

  test("is what was typed last, also while the save before is under way", async () => {
    const { fake, user } = await open("tasks");
    const id = idOf(fake, REPLY);
    await user.click(button(REPLY));
    const title = (await panel()).getByRole("textbox", { name: "Title" });
    const { save } = fake;
    let go = () => {};
    fake.save = (edits) => new Promise<void>((resolve) => (go = resolve)).then(() => save(edits));
    await user.type(title, "!");
    window.dispatchEvent(new Event("blur"));
    await user.type(title, "{Backspace}");
    await user.click((await panel()).getByRole("button", { name: "Close details" }));
    fake.save = save;
    go();
    await waitFor(() => expect(task(fake, id).title).toBe(`${REPLY}!`));
    await waitFor(() => expect(task(fake, id).title).toBe(REPLY));
  });

  test("in a row stands in the panel's field, and not over what is typed there later", async () => {
    const { fake, user } = await open("tasks");
    const id = idOf(fake, REPLY);
    await user.click(button(REPLY));
    const mend = full(fake);
    await user.click(await findButton(`Rename ${REPLY}`));
    await user.keyboard("Row{Enter}");
    await screen.findByText("The disk is full.");
    await user.click(button("Upcoming"));
    const title = (await panel()).getByRole<HTMLTextAreaElement>("textbox", { name: "Title" });
    await waitFor(() => expect(title.value).toBe("Row"));
    mend();
    await user.clear(title);
    await user.type(title, "Panel");
    await user.click((await panel()).getByRole("button", { name: "Close details" }));
    await waitFor(() => expect(task(fake, id).title).toBe("Panel"));
    window.dispatchEvent(new Event("blur"));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(task(fake, id).title).toBe("Panel");
  });

  test("while the disk hangs goes on in its field, and nothing of it is lost", async () => {
    const { fake, user } = await open("tasks");
    const id = idOf(fake, REPLY);
    await user.click(button(REPLY));
    await user.type(await description(), "First");
    const { save } = fake;
    const hanging: ((error: Error) => void)[] = [];
    fake.save = () => new Promise((_, fails) => hanging.push(fails));
    await user.click((await panel()).getByRole("button", { name: "Close details" }));
    await waitFor(() => expect(hanging.length).toBe(1));
    await user.click(button(REPLY));
    const area = await description();
    expect(area.value).toBe("First");
    await user.type(area, " second");
    fake.save = save;
    hanging.forEach((fails) => fails(new Error("The disk is full.")));
    await waitFor(() => expect(task(fake, id).fields.description).toBe("First second"));
  });

  test("comes back as one's own, and is not told as another device's", async () => {
    const { fake, user } = await open("notes");
    await user.click(button(/^Landlord/));
    const area = () => screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Text, in Markdown" });
    const mend = full(fake);
    await user.type(await area(), " Mine");
    await user.click(button(/^Sourdough/));
    await screen.findByText(KEPT);
    await user.click(button(/^Landlord/));
    await waitFor(async () => expect((await area()).value).toContain("Mine"));
    expect(document.querySelectorAll("mark").length).toBe(0);
    expect(screen.queryByText(/changed this note/)).toBeNull();
    mend();
  });
});

describe("a title that is edited in its row", () => {
  const rename = async (typed: string) => {
    const all = await open("tasks");
    const id = idOf(all.fake, "Water the tomatoes");
    await all.user.click(await findButton("Rename Water the tomatoes"));
    await all.user.keyboard(typed);
    return { ...all, id };
  };

  test("is saved when the row goes out of sight", async () => {
    const { fake, id } = await rename("Water the peppers");
    fake.arrive({ type: "set", kind: "task", id, fields: { status: "done", completed_at: "2020-01-01T10:00:00Z" } });
    await waitFor(() => expect(screen.queryByRole("textbox", { name: "Title" })).toBeNull());
    await waitFor(() => expect(task(fake, id).title).toBe("Water the peppers"));
  });

  test("is saved when the app ends", async () => {
    const { fake, id } = await rename("Water the peppers");
    window.dispatchEvent(new Event("pagehide"));
    await waitFor(() => expect(task(fake, id).title).toBe("Water the peppers"));
  });

  test("leaves the cursor to who goes on elsewhere", async () => {
    const { fake, user, id } = await rename("Water the peppers");
    const { planned } = task(fake, id).fields;
    const line = screen.getByRole<HTMLInputElement>("textbox", { name: /^Add a task/ });
    await user.click(line);
    await waitFor(() => expect(task(fake, id).title).toBe("Water the peppers"));
    await screen.findByRole("button", { name: "Rename Water the peppers" });
    await user.keyboard("milk tomorrow");
    expect(line.value).toBe("milk tomorrow");
    expect(task(fake, id).fields.planned).toBe(planned);
  });

  test("goes on when the window comes back; Esc takes all of it back", async () => {
    const { fake, user, id } = await rename("Water the");
    // A window that goes to the back keeps its cursor.
    document.activeElement!.dispatchEvent(new FocusEvent("blur"));
    window.dispatchEvent(new Event("blur"));
    await waitFor(() => expect(task(fake, id).title).toBe("Water the"));
    await user.keyboard(" mint");
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Title" }).value).toBe("Water the mint");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(task(fake, id).title).toBe("Water the tomatoes"));
  });

  test("makes no keys of what is typed on as its row goes", async () => {
    const { fake, user, id } = await rename("Water");
    const others = () =>
      fake.world
        .living("task")
        .filter((one) => one.id !== id)
        .map(({ fields }) => fields);
    const before = JSON.stringify(others());
    fake.arrive({ type: "set", kind: "task", id, fields: { status: "done", completed_at: "2020-01-01T10:00:00Z" } });
    await waitFor(() => expect(screen.queryByRole("textbox", { name: "Title" })).toBeNull());
    await user.keyboard(" the mint 2");
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(JSON.stringify(others())).toBe(before);
  });
});

describe("a new tag", () => {
  const held = (fake: Fake, title: string) => {
    const tag = fake.world.living("tag").find((one) => one.title === "Garden42");
    const { fields } = fake.world.living("task").find((one) => one.title === title)!;
    return tag !== undefined && [fields.tags].flat().includes(tag.id);
  };

  test.each([
    ["goes to the item for which it was typed, whichever is open by then", () => button(REPLY)],
    ["and also when its panel was closed", () => button("Close details")],
  ])("%s", async (_, away) => {
    const { fake, user } = await open("tasks");
    await user.click(button("Water the tomatoes"));
    await user.type((await panel()).getByRole("combobox", { name: /tags/i }), "Garden42");
    await user.click(away());
    await waitFor(() => expect(held(fake, "Water the tomatoes")).toBe(true));
    expect(held(fake, REPLY)).toBe(false);
  });

  test("does not take the next one along that is typed while it is saved", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Water the tomatoes"));
    const field = (await panel()).getByRole<HTMLInputElement>("combobox", { name: /tags/i });
    const { save } = fake;
    let go = () => {};
    fake.save = (edits) => new Promise<void>((resolve) => (go = resolve)).then(() => save(edits));
    await user.type(field, "Garden42{Enter}");
    await user.clear(field);
    await user.type(field, "later");
    fake.save = save;
    go();
    await waitFor(() => expect(held(fake, "Water the tomatoes")).toBe(true));
    expect(field.value).toBe("later");
  });

  test("that could not be made is told, wherever one is", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Water the tomatoes"));
    await user.type((await panel()).getByRole("combobox", { name: /tags/i }), "Garden42");
    const mend = full(fake);
    await user.click(button("Close details"));
    expect(await screen.findByText("The disk is full.")).toBeTruthy();
    mend();
  });
});

describe("a line that was begun", () => {
  const line = () => screen.getByRole<HTMLInputElement>("textbox", { name: /^Add a task/ });
  const visit = async (user: Awaited<ReturnType<typeof open>>["user"]) => {
    await user.click(screen.getByRole("link", { name: /^Habits/ }));
    await screen.findByRole("heading", { level: 1, name: "Habits" });
  };

  test("is not there again when it became a task meanwhile", async () => {
    const { fake, user } = await open("tasks");
    const { save } = fake;
    let go = () => {};
    fake.save = (edits) => new Promise<void>((resolve) => (go = resolve)).then(() => save(edits));
    await user.type(line(), "Buy milk{Enter}");
    await visit(user);
    go();
    await waitFor(() => expect(fake.world.living("task").some((one) => one.title === "Buy milk")).toBe(true));
    await user.click(screen.getByRole("link", { name: /^Tasks/ }));
    await screen.findByRole("heading", { level: 1, name: "Tasks" });
    expect(line().value).toBe("");
  });

  test("still knows what was not meant", async () => {
    const { fake, user } = await open("tasks");
    await user.type(line(), "Read the report tomorrow");
    await user.click(screen.getByRole("button", { name: /^Not meant/ }));
    await visit(user);
    await user.click(screen.getByRole("link", { name: /^Tasks/ }));
    await screen.findByRole("heading", { level: 1, name: "Tasks" });
    await user.type(line(), "{Enter}");
    await waitFor(() =>
      expect(fake.world.living("task").some((one) => one.title === "Read the report tomorrow")).toBe(true),
    );
  });
});

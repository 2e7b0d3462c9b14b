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
});

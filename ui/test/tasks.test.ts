import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { button, expectAccessible, findButton, open } from "./open";

const row = (title: string) => screen.queryByRole("button", { name: title });
const tick = (title: string) => screen.getByRole("checkbox", { name: `Done: ${title}` });
const stored = (fake: Awaited<ReturnType<typeof open>>["fake"], title: string) =>
  [...fake.world.entities.values()].map((one) => one.entity).find((one) => one.title === title);

describe("tasks", () => {
  test("a task that is added for today appears at the top, planned for today", async () => {
    const { fake, user } = await open("tasks");
    const field = screen.getByRole("textbox", { name: "Add a task for today" });
    await user.type(field, "Buy bread{Enter}");
    expect(await findButton("Buy bread")).toBeTruthy();
    expect((field as HTMLInputElement).value).toBe("");
    expect(stored(fake, "Buy bread")?.fields).toMatchObject({ status: "todo", planned: expect.any(String) });
  });

  test("a task of another day says its date once, with the right year", async () => {
    const { fake, user } = await open("tasks");
    const now = new Date();
    const planned = new Date(now.getFullYear() - 1, 0, 2, 9);
    await fake.save([{ type: "create", kind: "task", fields: { title: "Old", planned: planned.toISOString() } }]);
    await user.click(button("All"));
    await findButton("Old");
    const meta = row("Old")?.closest(".row")?.querySelector(".meta")?.textContent ?? "";
    expect(meta).toContain(String(planned.getFullYear()));
  });

  test("a refused task stays in the field, with the reason", async () => {
    const { fake, user } = await open("tasks");
    fake.refuse("save", "storage", "The disk is full.");
    const field = screen.getByRole("textbox", { name: "Add a task for today" });
    await user.type(field, "Buy bread{Enter}");
    expect((await screen.findByRole("alert")).textContent).toBe("The disk is full.");
    expect((field as HTMLInputElement).value).toBe("Buy bread");
  });

  test("a tick marks it done with its time, lingers, and moves it to Done", async () => {
    const { fake, user } = await open("tasks");
    await user.click(tick("Water the tomatoes"));
    expect(stored(fake, "Water the tomatoes")?.fields).toMatchObject({
      status: "done",
      completed_at: expect.any(String),
    });
    expect(row("Water the tomatoes")).not.toBeNull();
    await waitFor(() => expect(row("Water the tomatoes")).toBeNull(), { timeout: 3000 });
    await user.click(button("Done"));
    expect(row("Water the tomatoes")).not.toBeNull();
    await user.click(tick("Water the tomatoes"));
    expect(stored(fake, "Water the tomatoes")?.fields.completed_at).toBeUndefined();
  });

  test("a tick that could not be saved is taken back and told", async () => {
    const { fake, user } = await open("tasks");
    fake.refuse("save", "storage", "The disk is full.");
    await user.click(tick("Water the tomatoes"));
    expect(await screen.findByText("The disk is full.")).toBeTruthy();
    expect(stored(fake, "Water the tomatoes")?.fields.status).toBe("todo");
    expect((tick("Water the tomatoes") as HTMLInputElement).checked).toBe(false);
  });

  test("a deleted task comes back by Undo", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Delete Water the tomatoes"));
    await waitFor(() => expect(row("Water the tomatoes")).toBeNull());
    expect(stored(fake, "Water the tomatoes")?.deleted).toBe(true);
    await user.click(await findButton("Undo"));
    expect(await findButton("Water the tomatoes")).toBeTruthy();
  });

  test("a deleted task takes its subtasks along, says so, and they come back together", async () => {
    const { fake, user } = await open("tasks");
    const whole = stored(fake, "Water the tomatoes")!;
    const fields = { title: "Fill the can", status: "todo", parent: whole.id, order: 1 };
    fake.arrive({ type: "create", kind: "task", fields });
    fake.arrive({
      type: "create",
      kind: "task",
      fields: { ...fields, title: "Find the can", status: "done", order: 2 },
    });
    await screen.findByText("1/2");
    await user.click(button("Delete Water the tomatoes"));
    expect(await screen.findByText("Deleted “Water the tomatoes” with 2 subtasks")).toBeTruthy();
    const gone = () => ["Fill the can", "Find the can"].map((title) => stored(fake, title)?.deleted);
    expect(gone()).toEqual([true, true]);
    await user.click(await findButton("Undo"));
    await waitFor(() => expect(gone()).toEqual([false, false]));
    expect(stored(fake, "Fill the can")?.fields.parent).toBe(whole.id);
  });

  test("a title in which nothing was typed stays what another device made of it meanwhile", async () => {
    const { fake, user } = await open("tasks");
    await user.click(await findButton("Rename Water the tomatoes"));
    const { id } = fake.world.living("task").find((one) => one.title === "Water the tomatoes")!;
    fake.arrive({ type: "set", kind: "task", id, fields: { title: "Water the peppers" } });
    await user.keyboard("{Enter}");
    expect(await findButton("Rename Water the peppers")).toBeTruthy();
    expect(fake.world.get("task", id).title).toBe("Water the peppers");
  });

  test("a title is edited in place; Esc leaves it as it was", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Rename Pick up the parcel"));
    await user.keyboard("Pick up both parcels{Enter}");
    expect(await findButton("Pick up both parcels")).toBeTruthy();
    await user.click(button("Rename Pick up both parcels"));
    await user.keyboard("Nothing of the kind{Escape}");
    expect(stored(fake, "Pick up both parcels")).toBeTruthy();
  });

  test("a refused title stays to be mended", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Rename Pick up the parcel"));
    fake.refuse("save", "rule", "title: must be at most 1000 bytes long");
    await user.keyboard("Too long{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("at most 1000 bytes");
    expect((screen.getByRole("textbox", { name: "Title" }) as HTMLInputElement).value).toBe("Too long");
  });

  test("the views hold what belongs in them, and search narrows them", async () => {
    const { user } = await open("tasks");
    expect(screen.getByRole("heading", { name: /Earlier/ })).toBeTruthy();
    expect(row("Book the dentist")).toBeNull();
    await user.click(button("Upcoming"));
    expect(screen.getByRole("heading", { name: /Tomorrow/ })).toBeTruthy();
    expect(row("Book the dentist")).not.toBeNull();
    await user.click(button("All"));
    await user.type(screen.getByRole("searchbox", { name: "Search tasks" }), "lisbon");
    await waitFor(() => expect(row("Book the dentist")).toBeNull());
    expect(row("Sort the photos from Lisbon")).not.toBeNull();
    await user.type(screen.getByRole("searchbox", { name: "Search tasks" }), "xyz");
    expect(await screen.findByText("Nothing found")).toBeTruthy();
  });

  test("the panel saves priority, estimate, description and tags", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Reply to Amira about Saturday"));
    const panel = within(await screen.findByRole("complementary", { name: "Task details" }));
    await user.selectOptions(panel.getByLabelText("Priority"), "urgent");
    await user.type(panel.getByLabelText("Estimate in minutes"), "20");
    await user.type(panel.getByLabelText("Description"), "At noon.");
    await user.type(panel.getByRole("combobox", { name: "Tags" }), "friends{Enter}");
    await panel.findByRole("button", { name: "Remove tag friends" });
    await waitFor(() =>
      expect(stored(fake, "Reply to Amira about Saturday")?.fields).toMatchObject({
        priority: "urgent",
        estimated_minutes: 20,
        description: "At noon.",
        tags: [stored(fake, "friends")?.id],
      }),
    );
    await expectAccessible();
  });

  test("a refused priority is not shown as if it were set", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Reply to Amira about Saturday"));
    const select = (await screen.findByLabelText("Priority")) as HTMLSelectElement;
    const before = select.value;
    fake.refuse("save", "storage", "The disk is full.");
    await user.selectOptions(select, "neither");
    expect(await screen.findByText("The disk is full.")).toBeTruthy();
    await waitFor(() => expect(select.value).toBe(before));
  });

  test("title and estimate are saved when the window loses the focus", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Reply to Amira about Saturday"));
    const panel = within(await screen.findByRole("complementary", { name: "Task details" }));
    await user.type(panel.getByLabelText("Title"), "!");
    window.dispatchEvent(new Event("blur"));
    await waitFor(() => expect(stored(fake, "Reply to Amira about Saturday!")).toBeTruthy());
    await user.type(panel.getByLabelText("Estimate in minutes"), "20");
    window.dispatchEvent(new Event("blur"));
    await waitFor(() => expect(stored(fake, "Reply to Amira about Saturday!")?.fields.estimated_minutes).toBe(20));
  });

  test("what is typed in the panel outlives a refusal and a change from another device", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Reply to Amira about Saturday"));
    const description = (await screen.findByLabelText("Description")) as HTMLTextAreaElement;
    await user.type(description, "Mine");
    const { id } = stored(fake, "Reply to Amira about Saturday")!;
    fake.refuse("save", "storage", "The disk is full.");
    fake.arrive({ type: "set", kind: "task", id, fields: { description: "Theirs" } });
    await waitFor(() => expect(screen.getByText("The disk is full.")).toBeTruthy());
    expect(description.value).toBe("Mine");
  });

  test("ten thousand tasks render only what is seen", async () => {
    const { user } = await open("tasks", { tasks: 10_000 });
    await user.click(button("All"));
    expect(screen.getAllByRole("checkbox").length).toBeLessThan(60);
    expect(screen.getByRole("heading", { name: /Open/ }).textContent).toContain("8015");
  });

  test("up and down go from task to task, Del deletes", async () => {
    const { user } = await open("tasks");
    button("Water the tomatoes").focus();
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement?.textContent).toContain("Draft the talk");
    await user.keyboard("{ArrowUp}{Delete}");
    await waitFor(() => expect(row("Water the tomatoes")).toBeNull());
  });

  test("is accessible", async () => {
    await open("tasks");
    await expectAccessible();
  });
});

describe("a task on this device only", () => {
  test("is made with the lock shut, which stays shut until it is opened", async () => {
    const { fake, user } = await open("tasks");
    const field = screen.getByRole("textbox", { name: "Add a task for today" });
    const lock = button("Only on this device");
    await user.type(field, "Book the band");
    await user.click(lock);
    expect(lock.getAttribute("aria-pressed")).toBe("true");
    expect(document.activeElement).toBe(field);
    await user.keyboard("{Enter}");
    const made = await findButton("Book the band");
    expect(made.closest(".row")?.textContent).toContain("On this device only");
    await user.type(field, "Order the cake{Enter}");
    await findButton("Order the cake");
    await user.click(lock);
    await user.type(field, "Buy bread{Enter}");
    await findButton("Buy bread");
    const here = ["Book the band", "Order the cake", "Buy bread"].map((title) => stored(fake, title)?.here);
    expect(here).toEqual([true, true, false]);
    await expectAccessible();
  });

  test("keeps the names of its new tags here, too, until it is shared", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Only on this device"));
    await user.type(screen.getByRole("textbox", { name: /^Add a task/ }), "Gift #surprise{Enter}");
    const tag = () => fake.world.living("tag").find((one) => one.title === "surprise");
    await user.click(await findButton("Gift"));
    await screen.findByRole("complementary", { name: "Task details" });
    expect([stored(fake, "Gift")?.here, tag()?.here]).toEqual([true, true]);
    await user.click(await findButton("Share with my devices…"));
    await user.click(await findButton("Share"));
    await waitFor(() => expect([stored(fake, "Gift")?.here, tag()?.here]).toEqual([false, false]));
  });

  test("shares the name of its tag once a shared task has it, too", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Only on this device"));
    await user.type(screen.getByRole("textbox", { name: /^Add a task/ }), "Gift #surprise{Enter}");
    const tag = () => fake.world.living("tag").find((one) => one.title === "surprise");
    await waitFor(() => expect(tag()?.here).toBe(true));
    await user.keyboard("{Control>}");
    await user.click(await findButton("Water the tomatoes"));
    await user.keyboard("{/Control}");
    const bar = within(await screen.findByRole("toolbar", { name: "Selected tasks" }));
    await user.click(bar.getByRole("button", { name: "Tag" }));
    await user.click(await screen.findByRole("menuitemcheckbox", { name: "surprise" }));
    await waitFor(() => expect(stored(fake, "Water the tomatoes")?.fields.tags).toContain(tag()!.id));
    expect([tag()?.here, stored(fake, "Gift")?.here]).toEqual([false, true]);
  });

  test("is shared from its panel", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Water the tomatoes"));
    await screen.findByRole("complementary", { name: "Task details" });
    expect(screen.queryByRole("button", { name: "Share with my devices…" })).toBeNull();
    await user.click(button("All"));
    await user.click(await findButton("Plan the surprise for Amira"));
    await user.click(await findButton("Share with my devices…"));
    await user.click(await findButton("Share"));
    expect(await screen.findByText("Shared with your devices")).toBeTruthy();
    expect(stored(fake, "Plan the surprise for Amira")?.here).toBe(false);
  });
});

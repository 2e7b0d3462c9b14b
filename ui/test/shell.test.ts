import { render, screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import App from "../src/App.svelte";
import { FakeBackend } from "../src/lib/backend/fake";
import type { Screen } from "../src/lib/state/router.svelte";
import { shortcuts } from "../src/screens/shell/shortcuts";
import { button, expectAccessible, findButton, newUser, open } from "./open";

describe("the shell", () => {
  test("keys lead everywhere, and rest while somebody types", async () => {
    const { user } = await open("tasks");
    for (const [key, name] of [
      ["h", "Habits"],
      ["n", "Notes"],
      ["r", "Review"],
      ["d", "Devices"],
      ["y", "History"],
      ["t", "Tasks"],
    ] as const) {
      await user.keyboard(`g${key}`);
      expect(await screen.findByRole("heading", { level: 1, name })).toBeTruthy();
    }
    await user.keyboard("n");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Add a task for today");
    await user.keyboard("gh?");
    expect((document.activeElement as HTMLInputElement).value).toBe("gh?");
    await user.keyboard("{Escape}{Escape}/");
    expect(document.activeElement?.getAttribute("aria-label")).toBe("Search tasks");
    await user.keyboard("{Escape}?");
    expect(await screen.findByRole("dialog", { name: "Keyboard shortcuts" })).toBeTruthy();
    await expectAccessible();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  test("right after the start a key alone is not the second of two", () => {
    const went: Screen[] = [];
    const nothing = () => false;
    const go = (screen: Screen) => void went.push(screen);
    const keys = shortcuts({ go, help: nothing, palette: nothing, undo: nothing, redo: nothing });
    const press = (key: string, at: number) => {
      const event = new KeyboardEvent("keydown", { key });
      Object.defineProperty(event, "timeStamp", { value: at });
      keys(event);
    };
    press("h", 200);
    expect(went).toEqual([]);
    for (const key of ["g", "h", "t"]) press(key, 300);
    expect(went).toEqual(["habits"]);
  });

  test("the status line says what is happening, why, and what to do", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Sync status: 3 items need your decision."));
    // Without a layout it may count as out of sight, where nothing has a role: hence by text.
    const sheet = within(await screen.findByRole("dialog", { name: "Sync status" }));
    expect(sheet.getByText("Open the review and choose what to keep.")).toBeTruthy();
    await user.click(sheet.getByText("Pause"));
    expect(await sheet.findByText("Paused. Nothing is sent or received.")).toBeTruthy();
    expect(fake.world.paused).toBe(true);
    await user.click(sheet.getByText("Resume"));
    await sheet.findByText("3 items need your decision.");
    expect(fake.world.paused).toBe(false);
    await user.click(sheet.getByText("Sync now"));
    expect(await screen.findByText(/^No address of it answered/)).toBeTruthy();
  });

  test("the sheet behind the status line is accessible", async () => {
    const { user } = await open("tasks");
    await user.click(button(/^Sync status/));
    await screen.findByRole("dialog", { name: "Sync status" });
    await expectAccessible();
  });

  test("Ctrl Z takes back what was done last", async () => {
    const { user } = await open("tasks");
    await user.click(button("Delete Water the tomatoes"));
    await findButton("Undo");
    await user.keyboard("{Control>}z{/Control}");
    expect(await findButton("Water the tomatoes")).toBeTruthy();
  });

  test("a new status is told aloud", async () => {
    const { fake } = await open("tasks");
    fake.world.tell("status", { ...fake.world.status(), state: "up_to_date", line: "Up to date" });
    await waitFor(() => expect(screen.getByText("Up to date", { selector: "[aria-live]" })).toBeTruthy());
    expect(button("Sync status: Up to date")).toBeTruthy();
  });

  test("light and dark are a choice that stays", async () => {
    const { user } = await open("tasks");
    await user.click(button(/^Sync status/));
    await user.click(await findButton("Dark"));
    expect(document.documentElement.dataset.theme).toBe("dark");
    expect(localStorage.getItem("theme")).toBe("dark");
    await user.click(button("System"));
    expect(document.documentElement.dataset.theme).toBe("light");
    expect(localStorage.getItem("theme")).toBeNull();
  });

  test("a restored folder is told once", async () => {
    const fake = new FakeBackend();
    fake.first = { type: "ready", device: fake.world.device, renewed: "This folder was restored from a copy." };
    const user = newUser();
    location.hash = "#/tasks";
    render(App, { backend: fake });
    expect(await screen.findByText("This folder was restored from a copy.")).toBeTruthy();
    await user.click(button("Dismiss"));
    expect(screen.queryByText("This folder was restored from a copy.")).toBeNull();
  });
});

describe("very many deletions at once", () => {
  const living = (fake: FakeBackend) => fake.world.living("task").length;

  test("stay as a question until they are put back", async () => {
    const { fake, user } = await open("tasks", { sweeps: [1_204] });
    const before = living(fake);
    const notice = await screen.findByRole("region", { name: "Many items deleted" });
    expect(within(notice).getByRole("alert").textContent).toMatch(
      /Pixel 8 deleted 1,204 of 1,\d{3} items\s+\(5 min\.? ago\)\./,
    );
    expect(notice.textContent).not.toContain("more to answer");
    await expectAccessible();
    await user.keyboard("gn");
    expect(await screen.findByRole("heading", { level: 1, name: "Notes" })).toBeTruthy();
    await user.click(button("Put all back"));
    expect(await screen.findByText("1,204 items are back")).toBeTruthy();
    expect(living(fake)).toBe(before + 1_204);
    expect(screen.queryByRole("region", { name: "Many items deleted" })).toBeNull();
    expect(document.activeElement?.id).toBe("main");
  });

  test("are asked about one after another, and may be kept", async () => {
    const { fake, user } = await open("tasks", { sweeps: [30, 40] });
    const before = living(fake);
    const said = () => screen.getByRole("region", { name: "Many items deleted" }).textContent;
    expect(said()).toMatch(/Desk computer deleted 40 of .*And 1 more to answer after this/s);
    await user.click(button("Keep deleted"));
    await waitFor(() => expect(said()).toMatch(/Pixel 8 deleted 30 of/));
    await user.click(button("Keep deleted"));
    await waitFor(() => expect(screen.queryByRole("region", { name: "Many items deleted" })).toBeNull());
    expect(fake.world.sweeps).toEqual([]);
    expect(living(fake)).toBe(before);
  });

  test("that were answered elsewhere say so, and are gone", async () => {
    const { fake, user } = await open("tasks", { sweeps: [30] });
    fake.world.sweeps = [];
    await user.click(button("Put all back"));
    expect(await screen.findByText("This was answered already. Nothing is left to do here.")).toBeTruthy();
    await waitFor(() => expect(screen.queryByRole("region", { name: "Many items deleted" })).toBeNull());
  });
});

describe("the first start", () => {
  function first() {
    const fake = new FakeBackend({ empty: true });
    fake.first = { type: "set_up", suggested_name: "Laptop" };
    location.hash = "";
    render(App, { backend: fake });
    return { fake, user: newUser() };
  }

  async function named() {
    const opened = first();
    const field = await screen.findByLabelText("What shall this device be called?");
    await opened.user.clear(field);
    await opened.user.type(field, "Workshop");
    await opened.user.click(button("Continue"));
    await screen.findByRole("heading", { name: "How do you want to begin?" });
    return opened;
  }

  test("names the device and starts empty", async () => {
    const { fake, user } = await named();
    expect(fake.world.device.name).toBe("Workshop");
    await expectAccessible();
    await user.click(button(/^Start empty/));
    expect(await screen.findByRole("heading", { level: 1, name: "Tasks" })).toBeTruthy();
  });

  test("keeps the name that could not be stored", async () => {
    const { fake, user } = first();
    const field = await screen.findByLabelText("What shall this device be called?");
    fake.refuse("setUp", "name", "A name has at most 64 characters.");
    await user.type(field, "!");
    await user.click(button("Continue"));
    expect((await screen.findByRole("alert")).textContent).toBe("A name has at most 64 characters.");
    expect((field as HTMLInputElement).value).toBe("Laptop!");
    await expectAccessible();
  });

  test("imports, and tells what came in", async () => {
    const { user } = await named();
    await user.click(button(/^Import a file/));
    expect(await screen.findByText(/3 items read/)).toBeTruthy();
    await user.click(button("Open my planner"));
    expect(await screen.findByRole("heading", { level: 1, name: "Tasks" })).toBeTruthy();
  });

  test("comes from WHPH, and tells what was left out or is not as it was", async () => {
    const { user } = await named();
    await user.click(button(/^Come from WHPH/));
    expect(await screen.findByText(/2 items read: 1 new/)).toBeTruthy();
    expect(screen.getByText("Left out: 12 deleted in WHPH, 1,480 times spent on tasks.")).toBeTruthy();
    await user.click(screen.getByText("1 taken in, but not quite as it was"));
    expect(screen.getByText(/its reminder has no time/)).toBeTruthy();
    expect(screen.queryByText(/could not be taken in/)).toBeNull();
    await expectAccessible();
  });

  test("leads straight to pairing", async () => {
    const { user } = await named();
    await user.click(button(/^Pair with a device/));
    expect(await screen.findByRole("dialog", { name: "Pair a device" })).toBeTruthy();
  });

  test("a planner that takes long to open says what may hold it up", async () => {
    const fake = new FakeBackend();
    let ready = () => {};
    const { start } = fake;
    fake.start = () => new Promise<void>((resolve) => (ready = resolve)).then(start);
    location.hash = "#/tasks";
    render(App, { backend: fake });
    expect(screen.queryByText("Opening your planner…")).toBeNull();
    expect(await screen.findByText("Opening your planner…")).toBeTruthy();
    expect(screen.getByText("Your system may ask for its key ring.")).toBeTruthy();
    await expectAccessible();
    ready();
    expect(await screen.findByRole("navigation", { name: "Main" })).toBeTruthy();
    expect(screen.queryByText("Opening your planner…")).toBeNull();
  });

  test("an app that cannot start says why, and tries again", async () => {
    const fake = new FakeBackend();
    fake.first = { type: "failed", error: { code: "keys", message: "The keys are gone. The data is in /data." } };
    render(App, { backend: fake });
    expect(await screen.findByText("The keys are gone. The data is in /data.")).toBeTruthy();
    await expectAccessible();
    fake.first = null;
    await newUser().click(button("Try again"));
    expect(await screen.findByRole("navigation", { name: "Main" })).toBeTruthy();
  });
});

import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, describe, expect, test } from "vitest";
import { FakeBackend } from "../src/lib/backend/fake";
import { speak } from "../src/lib/words/index.svelte";
import { button, expectAccessible, findButton, open } from "./open";

afterEach(() => speak("en"));

describe("the language", () => {
  test("is chosen beside the looks, at once, and nothing that is typed is lost", async () => {
    const { fake, user } = await open("tasks");
    const typed = screen.getByRole("textbox", { name: "Add a task for today" });
    await user.type(typed, "Buy bread");
    await user.click(button(/^Sync status/));
    const choice = await screen.findByLabelText("Language");
    expect(
      within(choice)
        .getAllByRole("option")
        .map((one) => one.textContent),
    ).toEqual(["System", "English", "Deutsch"]);
    await user.selectOptions(choice, "Deutsch");
    expect(await screen.findByText("Aussehen")).toBeTruthy();
    expect(fake.world.options.language).toBe("de");
    expect(document.documentElement.lang).toBe("de");
    expect(document.title).toMatch(/^Aufgaben/);
    expect(screen.getByRole("link", { name: /^Geräte/, hidden: true })).toBeTruthy();
    expect((typed as HTMLInputElement).value).toBe("Buy bread");
    expect(typed.isConnected).toBe(true);
    await user.selectOptions(screen.getByLabelText("Sprache"), "System");
    await waitFor(() => expect(document.documentElement.lang).toBe("en"));
    expect(fake.world.options.language).toBeNull();
  });

  test("that was chosen is spoken from the start", async () => {
    const fake = new FakeBackend();
    fake.world.options.language = "de";
    await open("devices", { fake }).catch(() => {});
    expect(await screen.findByRole("heading", { level: 1, name: "Geräte" })).toBeTruthy();
    expect(screen.getAllByText("18 auf diesem Gerät")[0]).toBeTruthy();
    expect(screen.getByText(/Die Uhr dort geht 26 Minuten vor/)).toBeTruthy();
    await expectAccessible();
  });

  test("that could not be stored is not spoken, and the choice says so", async () => {
    const { fake, user } = await open("devices");
    fake.refuse("setLanguage", "storage", "The disk is full.");
    const choice = (await screen.findByLabelText("Language")) as HTMLSelectElement;
    await user.selectOptions(choice, "Deutsch");
    expect(await screen.findByText("The disk is full.")).toBeTruthy();
    expect(choice.value).toBe("en");
    expect(document.documentElement.lang).toBe("en");
  });

  test("that there is no catalogue for is as good as none", async () => {
    const fake = new FakeBackend();
    fake.world.options.language = "fr";
    await open("devices", { fake });
    expect(((await screen.findByLabelText("Language")) as HTMLSelectElement).value).toBe("");
    expect(document.documentElement.lang).toBe("en");
  });
});

describe("options", () => {
  test("reminders are shown as notifications, or not", async () => {
    const { fake, user } = await open("devices");
    const reminders = await screen.findByRole("switch", { name: /reminders as notifications/ });
    expect((reminders as HTMLInputElement).checked).toBe(true);
    await user.click(reminders);
    await waitFor(() => expect(fake.world.options.reminders).toBe(false));
    fake.refuse("setReminders", "storage", "The disk is full.");
    await user.click(reminders);
    expect(await screen.findByText("The disk is full.")).toBeTruthy();
    expect((reminders as HTMLInputElement).checked).toBe(false);
  });

  test("a phone has no windows and no logins, but reminders and a language", async () => {
    await open("devices", { fake: new FakeBackend({ phone: true }) });
    expect(await screen.findByRole("switch", { name: /reminders as notifications/ })).toBeTruthy();
    expect(screen.getByLabelText("Language")).toBeTruthy();
    expect(screen.queryByRole("switch", { name: /^Start when I log in/ })).toBeNull();
    expect(screen.queryByRole("switch", { name: /^Keep running/ })).toBeNull();
  });
});

describe("files", () => {
  test("todo.txt comes in as other files do, and notes go out as Markdown", async () => {
    const fake = new FakeBackend();
    const none = { changed: 0, unchanged: 0, refused: [], noted: [], left_out: [] };
    fake.importTodoTxt = async () => ({ read: 1, created: 1, ...none });
    const { user } = await open("devices", { fake });
    await user.click(await findButton("Import todo.txt…"));
    expect(await screen.findByText("1 item read: 1 new, 0 changed, 0 already here.")).toBeTruthy();
    await user.click(button("Export as Markdown…"));
    expect(await screen.findByText(/^\d+ files written$/)).toBeTruthy();
    fake.refuse("exportMarkdown", "io", "The folder cannot be written to.");
    await user.click(button("Export as Markdown…"));
    expect(await screen.findByText("The folder cannot be written to.")).toBeTruthy();
  });

  test("whoever chooses no file sees what was there before", async () => {
    const { user } = await open("devices");
    await user.click(await findButton("Import a file…"));
    await screen.findByText(/3 items read/);
    await user.click(button("Import todo.txt…"));
    await waitFor(() => expect((button("Import todo.txt…") as HTMLButtonElement).disabled).toBe(false));
    expect(screen.getByText(/3 items read/)).toBeTruthy();
  });
});

describe("a reminder that was chosen", () => {
  test("opens its item on its screen, wherever one is", async () => {
    const { fake } = await open("history");
    const task = fake.world.living("task")[0]!;
    fake.world.tell("opened", { kind: "task", id: task.id });
    expect(await screen.findByRole("complementary", { name: "Task details" })).toBeTruthy();
    const habit = fake.world.living("habit")[0]!;
    fake.world.tell("opened", { kind: "habit", id: habit.id });
    expect(await screen.findByRole("heading", { level: 1, name: "Habits" })).toBeTruthy();
    fake.world.tell("opened", { kind: "setting", id: "x" });
    expect(screen.getByRole("heading", { level: 1, name: "Habits" })).toBeTruthy();
  });
});

import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { button, expectAccessible, findButton, open } from "./open";

describe("habits", () => {
  const today = (name: string, state: string) => screen.findByRole("button", { name: `${name}, Today: ${state}` });

  const choice = async (name: string) => within(await screen.findByRole("dialog")).getByRole("button", { name });

  test("a day goes round: done, skipped, nothing; one record stays one record", async () => {
    const { fake, user } = await open("habits");
    const before = fake.world.living("habit_record").length;
    await user.click(await today("Read 20 pages", "not done"));
    await user.click(await today("Read 20 pages", "done"));
    await user.click(await today("Read 20 pages", "skipped"));
    await today("Read 20 pages", "not done");
    expect(fake.world.living("habit_record").length).toBe(before + 1);
  });

  test("a tick lengthens the streak", async () => {
    const { user } = await open("habits");
    const row = within(screen.getByRole("row", { name: /Read 20 pages/ }));
    const before = row.getByText("10", { selector: ".streak span" });
    await user.click(await today("Read 20 pages", "not done"));
    await waitFor(() => expect(before.textContent).toBe("11"));
  });

  test("a habit is added, renamed, archived and brought back", async () => {
    const { user } = await open("habits");
    await user.type(screen.getByRole("textbox", { name: "Add a habit" }), "Stretch{Enter}");
    await user.click(await findButton("More about Stretch"));
    await user.click(await choice("Rename"));
    await user.keyboard("Stretch well{Enter}");
    await user.click(await findButton("More about Stretch well"));
    await user.click(await choice("Archive"));
    await waitFor(() => expect(screen.queryByRole("button", { name: "More about Stretch well" })).toBeNull());
    await user.click(screen.getByText("Archived", { selector: "summary" }));
    const archived = within(screen.getByText("Stretch well").closest("li")!);
    await user.click(archived.getByRole("button", { name: "Bring back" }));
    expect(await findButton("More about Stretch well")).toBeTruthy();
  });

  test("a deleted habit comes back by Undo", async () => {
    const { user } = await open("habits");
    await user.click(button("More about Morning run"));
    await user.click(await choice("Delete"));
    await waitFor(() => expect(screen.queryByRole("button", { name: "More about Morning run" })).toBeNull());
    await user.click(await findButton("Undo"));
    expect(await findButton("More about Morning run")).toBeTruthy();
  });

  test("a refused habit stays in the field", async () => {
    const { fake, user } = await open("habits");
    fake.refuse("save", "rule", "name: must be one line");
    const field = screen.getByRole("textbox", { name: "Add a habit" }) as HTMLInputElement;
    await user.type(field, "Stretch{Enter}");
    expect((await screen.findByRole("alert")).textContent).toBe("name: must be one line");
    expect(field.value).toBe("Stretch");
  });

  test("says what habits are when there is none, and is accessible", async () => {
    await open("habits", { empty: true });
    expect(await screen.findByText("Small things, day by day")).toBeTruthy();
    await expectAccessible();
  });

  test("is accessible", async () => {
    await open("habits");
    await expectAccessible();
  });
});

import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { button, expectAccessible, findButton, open } from "./open";

describe("history", () => {
  test("each sync is a line; one that failed has its reason", async () => {
    await open("history");
    const [line] = await screen.findAllByText(/new, 2 changed, 1 sent · 0\.2 s/);
    expect(line?.closest("summary")?.textContent).toContain("Pixel 8");
    expect(screen.getAllByText(/^the connection broke/).length).toBeGreaterThan(0);
    await expectAccessible();
  });

  test("pages follow one another without a gap or a double", async () => {
    const { user } = await open("history");
    await waitFor(() => expect(document.querySelectorAll("summary")).toHaveLength(50));
    await user.click(button("Load more"));
    await waitFor(() => expect(document.querySelectorAll("summary")).toHaveLength(70));
    expect(screen.queryByRole("button", { name: "Load more" })).toBeNull();
  });

  test("search finds devices and reasons", async () => {
    const { user } = await open("history");
    await user.type(screen.getByRole("searchbox"), "connection");
    await waitFor(() => expect(document.querySelectorAll("summary")).toHaveLength(8));
    await user.type(screen.getByRole("searchbox"), "xyz");
    expect(await screen.findByText("Nothing found")).toBeTruthy();
  });

  test("a value is put back, and that taken back", async () => {
    const { fake, user } = await open("history");
    await user.click(screen.getByRole("tab", { name: "Changes" }));
    const line = within((await screen.findByText("Pick up the big parcel", { selector: "strong" })).closest("li")!);
    expect(line.getByText("Pick up the big parcel", { selector: "del" })).toBeTruthy();
    await expectAccessible();
    await user.click(line.getByRole("button", { name: /^Put back/ }));
    const title = () => fake.world.living("task").find((task) => /parcel/.test(task.title ?? ""))?.title;
    await waitFor(() => expect(title()).toBe("Pick up the big parcel"));
    await user.click(await findButton("Undo"));
    await waitFor(() => expect(title()).toBe("Pick up the parcel"));
  });

  test("what cannot be put back is said in the app's own words", async () => {
    const { fake, user } = await open("history");
    await user.click(screen.getByRole("tab", { name: "Changes" }));
    const back = await findButton("Put back: Fix the tap");
    const { id } = [...fake.world.entities.values()].find((one) => one.entity.title === "Fix the tap")!.entity;
    await fake.save([{ type: "keep", kind: "task", id }]);
    await user.click(back);
    expect(await screen.findByText("It is so already. Nothing was changed.")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Undo" })).toBeNull();
  });

  test("what is replaced while the list is open comes on top", async () => {
    const { fake, user } = await open("history");
    await user.click(screen.getByRole("tab", { name: "Changes" }));
    await screen.findByText("Pick up the big parcel", { selector: "strong" });
    const task = fake.world.living("task").find((one) => one.title === "Water the tomatoes")!;
    await fake.save([{ type: "set", kind: "task", id: task.id, fields: { title: "Water the beans" } }]);
    const first = await waitFor(() => {
      const line = document.querySelector("section li");
      expect(line?.textContent).toContain("Water the beans");
      return line;
    });
    expect(first?.querySelector("del")?.textContent).toBe("Water the tomatoes");
  });

  test("what was deleted is put back", async () => {
    const { fake, user } = await open("history");
    await user.click(screen.getByRole("tab", { name: "Changes" }));
    await user.click(await findButton("Put back: Fix the tap"));
    await waitFor(() => expect(fake.world.living("task").some((task) => task.title === "Fix the tap")).toBe(true));
    await user.click(await findButton("Undo"));
    await waitFor(() => expect(fake.world.living("task").some((task) => task.title === "Fix the tap")).toBe(false));
  });

  test("a history that cannot be read says so", async () => {
    const { fake, user } = await open("history");
    fake.refuse("history", "history", "The history could not be read.");
    await user.click(screen.getByRole("tab", { name: "Changes" }));
    expect((await screen.findByRole("alert")).textContent).toBe("The history could not be read.");
  });
});

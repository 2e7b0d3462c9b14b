import { screen, waitFor } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { button, findButton, open } from "./open";

/** What a phone's back gesture does. */
async function back() {
  const gone = new Promise((resolve) => addEventListener("popstate", resolve, { once: true }));
  history.back();
  await gone;
}

/** Nothing is under way any more. */
const calm = () => new Promise((resolve) => setTimeout(resolve, 30));

const gone = (role: string) => waitFor(() => expect(screen.queryByRole(role)).toBeNull());
const heading = (name: string) => screen.findByRole("heading", { level: 1, name });

describe("the back gesture", () => {
  test("closes a dialog, and only then leaves the screen", async () => {
    const { user } = await open("tasks");
    await user.click(screen.getByRole("link", { name: /^Devices/ }));
    await heading("Devices");
    await calm();
    await user.click(button("Pair a device"));
    await screen.findByRole("dialog", { name: "Pair a device" });
    await calm();
    await back();
    await gone("dialog");
    expect(screen.getByRole("heading", { level: 1, name: "Devices" })).toBeTruthy();
    await calm();
    await back();
    expect(await heading("Tasks")).toBeTruthy();
  });

  test("closes what lies on top, one after another", async () => {
    const { user } = await open("tasks");
    await user.click(button(/^Draft the talk/));
    await screen.findByRole("complementary", { name: "Task details" });
    await calm();
    await user.keyboard("?");
    await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
    await calm();
    await back();
    await gone("dialog");
    expect(screen.getByRole("complementary", { name: "Task details" })).toBeTruthy();
    await calm();
    await back();
    await waitFor(() => expect(screen.queryByRole("complementary", { name: "Task details" })).toBeNull());
    expect((document.activeElement as HTMLElement).textContent).toContain("Draft the talk");
    expect(location.hash).toBe("#/tasks");
  });

  test.each(["Escape", "Close"])("finds nothing left of a dialog that %s closed", async (way) => {
    const { user } = await open("tasks");
    await user.click(screen.getByRole("link", { name: /^Notes/ }));
    await heading("Notes");
    await user.keyboard("?");
    await screen.findByRole("dialog");
    await calm();
    if (way === "Escape") await user.keyboard("{Escape}");
    else await user.click(button("Close"));
    await gone("dialog");
    await calm();
    await back();
    expect(await heading("Tasks")).toBeTruthy();
  });

  test("leads from a note to the list, however many notes were read", async () => {
    const { user } = await open("tasks");
    await user.click(screen.getByRole("link", { name: /^Notes/ }));
    await heading("Notes");
    const [first, second] = screen.getAllByRole("list", { name: "Notes" })[0]!.querySelectorAll("button");
    await user.click(first!);
    await screen.findByRole("article", { name: "Note" });
    await calm();
    await user.click(second!);
    await calm();
    await back();
    await waitFor(() => expect(screen.queryByRole("article", { name: "Note" })).toBeNull());
    expect(await heading("Notes")).toBeTruthy();
    await calm();
    await back();
    expect(await heading("Tasks")).toBeTruthy();
  });

  test("closes a menu, and what is chosen in one stays", async () => {
    const { user } = await open("habits");
    await user.click(screen.getAllByRole("button", { name: /^More about/ })[0]!);
    await screen.findByText("Rename");
    await calm();
    await back();
    await waitFor(() => expect(screen.queryByText("Rename")).toBeNull());
    await user.click(screen.getAllByRole("button", { name: /^More about/ })[0]!);
    await user.click(await screen.findByText("Rename"));
    expect(await screen.findByLabelText("Name")).toBeTruthy();
    await calm();
    expect(history.state?.layers ?? 0).toBe(0);
  });

  test("a question that is answered leaves no step behind", async () => {
    const { user } = await open("devices");
    await user.click(button("Details of Pixel 8"));
    await user.click(screen.getAllByRole("button", { name: "Forget…" })[0]!);
    await screen.findByRole("alertdialog");
    await calm();
    expect(history.state.layers).toBe(1);
    await user.click(button("Forget device"));
    await gone("alertdialog");
    await calm();
    expect(history.state?.layers ?? 0).toBe(0);
  });

  test("going forward again opens no ghost", async () => {
    const { user } = await open("tasks");
    await user.keyboard("?");
    await screen.findByRole("dialog");
    await calm();
    await back();
    await gone("dialog");
    await calm();
    history.forward();
    await calm();
    await calm();
    expect(history.state?.layers ?? 0).toBe(0);
    await user.keyboard("?");
    await screen.findByRole("dialog");
    await calm();
    await back();
    await gone("dialog");
  });

  test("from one review to the next is no step", async () => {
    const { user } = await open("tasks");
    await user.keyboard("gr");
    await heading("Review");
    await calm();
    await user.click(screen.getAllByRole("list")[1]!.querySelector("button")!);
    await screen.findByRole("dialog");
    await calm();
    await user.click(await findButton(/^Next/));
    await calm();
    await back();
    await gone("dialog");
    await calm();
    expect(location.hash).toBe("#/review");
    await back();
    expect(await heading("Tasks")).toBeTruthy();
  });
});

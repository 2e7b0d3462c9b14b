import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { button, expectAccessible, findButton, open } from "./open";

const card = (name: string) => within(screen.getByRole("article", { name }));

describe("devices", () => {
  test("each device says its state in words, when it was seen, and what waits", async () => {
    await open("devices");
    const desk = card("Desk computer");
    expect(desk.getByText("Waiting")).toBeTruthy();
    expect(desk.getByText("12 changes to send")).toBeTruthy();
    expect(desk.getByText(/clock is 26 minutes ahead/)).toBeTruthy();
    expect(card("Pixel 8").getByText("Up to date")).toBeTruthy();
    await expectAccessible();
  });

  test("every state has words, and a problem says what to do", async () => {
    const { fake } = await open("devices");
    const peer = fake.world.peers[0]!;
    for (const [state, words] of [
      [{ type: "syncing", done: 57, total: 100 }, "Syncing 57 %"],
      [{ type: "paused" }, "Paused"],
      [{ type: "needs_review", count: 2 }, "2 items to look at"],
      [{ type: "problem", reason: "It is too old.", next: "Update it." }, "Problem"],
    ] as const) {
      peer.state = state;
      fake.world.tell("devices", null);
      expect(await card("Pixel 8").findByText(words)).toBeTruthy();
    }
    expect(card("Pixel 8").getByText("Update it.")).toBeTruthy();
  });

  test("a first merge shows what it would do, and waits for a yes", async () => {
    const { fake, user } = await open("devices");
    const peer = fake.world.peers[0]!;
    peer.state = { type: "waiting", reason: "Waits for your OK." };
    peer.first_merge = { link: 7, compared: { new_here: 12, new_there: 1, differ: 3, same: 40 } };
    fake.world.tell("devices", null);
    const question = within(await screen.findByRole("group", { name: "Bring this device and Pixel 8 together?" }));
    expect(question.getByText("12 items new here")).toBeTruthy();
    expect(question.getByText("1 item new on Pixel 8")).toBeTruthy();
    await expectAccessible();
    await user.click(question.getByRole("button", { name: "Not now" }));
    expect(await screen.findByText(/Nothing was changed/)).toBeTruthy();
    expect(peer.state).toEqual({ type: "waiting", reason: "Nobody has agreed yet." });
    peer.first_merge = { link: 8, compared: null };
    fake.world.tell("devices", null);
    await user.click(await findButton("Bring together"));
    expect(await card("Pixel 8").findByText("Up to date")).toBeTruthy();
  });

  test("forgetting says what it means, and happens only after that", async () => {
    const { fake, user } = await open("devices");
    await user.click(button("Details of Pixel 8"));
    await user.click(card("Pixel 8").getByRole("button", { name: "Forget…" }));
    const dialog = within(await screen.findByRole("alertdialog"));
    expect(dialog.getByText(/keeps what it already has, but gets nothing more/)).toBeTruthy();
    expect(dialog.getByText(/both must be paired anew/)).toBeTruthy();
    expect(fake.world.peers).toHaveLength(2);
    await user.click(dialog.getByRole("button", { name: "Forget device" }));
    await waitFor(() => expect(screen.queryByRole("article", { name: "Pixel 8" })).toBeNull());
    expect(fake.world.peers).toHaveLength(1);
  });

  test("a kind is switched off for all, or for one device alone", async () => {
    const { fake, user } = await open("devices");
    expect(screen.getAllByText("Switching off removes nothing that was already sent.")[0]).toBeTruthy();
    await user.click(button("Details of Pixel 8"));
    const one = within(screen.getByRole("group", { name: "Shared with Pixel 8" }));
    await user.click(one.getByRole("switch", { name: /^Notes/ }));
    expect(fake.world.off.get("note")).toEqual(new Set([fake.world.peers[0]!.id]));
    const all = within(screen.getByRole("group", { name: "What is shared" }));
    await user.click(all.getByRole("switch", { name: /^Tasks/ }));
    expect(fake.world.offEverywhere.has("task")).toBe(true);
    await waitFor(() => expect((one.getByRole("switch", { name: /^Tasks/ }) as HTMLInputElement).disabled).toBe(true));
  });

  test("a switch that was refused goes back", async () => {
    const { fake, user } = await open("devices");
    fake.refuse("shareKind", "storage", "The disk is full.");
    const tasks = within(screen.getByRole("group", { name: "What is shared" })).getByRole("switch", { name: /^Tasks/ });
    await user.click(tasks);
    expect(await screen.findByText("The disk is full.")).toBeTruthy();
    expect((tasks as HTMLInputElement).checked).toBe(true);
  });

  test("a device is renamed here, and this one everywhere", async () => {
    const { fake, user } = await open("devices");
    await user.click(button("Details of Pixel 8"));
    await user.click(card("Pixel 8").getByRole("button", { name: "Rename" }));
    await user.keyboard("My phone{Enter}");
    expect(await screen.findByRole("article", { name: "My phone" })).toBeTruthy();
    expect(card("My phone").getByText("Its own name")).toBeTruthy();
    await user.click(button("Rename this device"));
    await user.keyboard("Workshop{Enter}");
    expect(await screen.findByRole("heading", { name: "Workshop" })).toBeTruthy();
    expect(fake.world.device.name).toBe("Workshop");
  });

  test("a sync that fails says its reason", async () => {
    const { user } = await open("devices");
    await user.click(button("Sync now with Desk computer"));
    expect(await screen.findByText("Desk computer does not answer.")).toBeTruthy();
    await user.click(button("Sync now with Pixel 8"));
    expect(await screen.findByText("Pixel 8: already up to date")).toBeTruthy();
  });

  test("options are stored", async () => {
    const { fake, user } = await open("devices");
    await user.click(await screen.findByRole("switch", { name: /Start when I log in/ }));
    await user.click(screen.getByRole("switch", { name: /Keep running/ }));
    expect(fake.world.options).toMatchObject({ autostart: true, close_to_tray: false });
  });

  test("import tells what came in and what did not", async () => {
    const { user } = await open("devices");
    await user.click(button("Import a file…"));
    expect(await screen.findByText(/3 items read: 2 new/)).toBeTruthy();
    expect(screen.getByText("line 3")).toBeTruthy();
    await user.click(button("Export…"));
    expect(await screen.findByText(/items exported/)).toBeTruthy();
  });

  test("an empty list teaches what pairing does", async () => {
    await open("devices", { empty: true });
    expect(await screen.findByText("Only this device so far")).toBeTruthy();
    expect(screen.getByText(/straight to each other, encrypted/)).toBeTruthy();
    expect((await findButton(/Only on this device/)).textContent).toContain("Only on this device");
    await expectAccessible();
  });
});

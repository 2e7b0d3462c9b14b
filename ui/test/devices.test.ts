import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { button, expectAccessible, findButton, open } from "./open";

const card = (name: string) => within(screen.getByRole("article", { name }));

describe("devices", () => {
  test("each device says its state in words, when it was seen, and what waits", async () => {
    await open("devices");
    const desk = card("Desk computer");
    expect(desk.getByText("Waiting")).toBeTruthy();
    expect(desk.getByRole("button", { name: /^5 changes to send to Desk computer/ })).toBeTruthy();
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
    const says = (name: string) => question.getByText(name).closest("div")?.querySelector("dd")?.textContent;
    expect(["New here", "New on Pixel 8", "Different on both", "The same on both"].map(says)).toEqual([
      "12 items",
      "1 item",
      "3 items",
      "40 items",
    ]);
    await expectAccessible();
    await user.click(question.getByRole("button", { name: "Not now" }));
    expect(await screen.findByText(/Nothing was changed/)).toBeTruthy();
    expect(peer.state).toEqual(expect.objectContaining({ type: "waiting" }));
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
    expect(await screen.findByText(/^No address of it answered/, { selector: ".toast *" })).toBeTruthy();
    await user.click(button("Sync now with Pixel 8"));
    expect(await screen.findByText("Pixel 8: already up to date")).toBeTruthy();
  });

  test("options are stored", async () => {
    const { fake, user } = await open("devices");
    const metered = await screen.findByRole("switch", { name: /Sync on metered networks/ });
    expect(document.getElementById(metered.getAttribute("aria-describedby") ?? "")?.textContent).toMatch(
      /this device waits for another one\. “Sync now” works all the same/,
    );
    await user.click(metered);
    expect(fake.world.options.on_metered).toBe(true);
    expect((metered as HTMLInputElement).checked).toBe(true);
    await user.click(await screen.findByRole("switch", { name: /Start when I log in/ }));
    await user.click(screen.getByRole("switch", { name: /Keep running/ }));
    expect(fake.world.options).toMatchObject({ autostart: true, close_to_tray: false });
  });

  test("import tells what came in and what did not", async () => {
    const { user } = await open("devices");
    await user.click(button("Import a file…"));
    expect(await screen.findByText(/3 items read: 2 new/)).toBeTruthy();
    expect(screen.getByText("line 3")).toBeTruthy();
    await user.click(button("Export everything…"));
    expect(await screen.findByText(/items exported/)).toBeTruthy();
    await user.click(button("Import from WHPH…"));
    expect(await screen.findByText(/2 items read: 1 new/)).toBeTruthy();
  });

  test("an empty list teaches what pairing does", async () => {
    await open("devices", { empty: true });
    expect(await screen.findByText("Only this device so far")).toBeTruthy();
    expect(screen.getByText(/straight to each other, encrypted/)).toBeTruthy();
    expect((await findButton(/No other device is paired yet/)).textContent).toContain("No other device is paired");
    await expectAccessible();
  });
});

describe("what waits for a device", () => {
  async function queue(name: RegExp = /to send to Desk computer/) {
    const opened = await open("devices");
    await opened.user.click(button(name));
    const dialog = within(await screen.findByRole("dialog", { name: "What waits for Desk computer" }));
    const lines = () => dialog.queryAllByRole("listitem").map((line) => line.textContent?.replace(/\s+/g, " ").trim());
    await waitFor(() => expect(lines().length).toBeGreaterThan(0));
    return { ...opened, dialog, lines };
  }

  test("is listed oldest first, with what happens there", async () => {
    const { dialog, lines } = await queue();
    expect(lines()[0]).toMatch(/^Deleted ?Shopping list ?note, 6 hr/);
    expect(lines()).toContainEqual(expect.stringMatching(/^New ?Packing list ?note, 20 min/));
    expect(lines()).toContainEqual(expect.stringMatching(/^Changed ?Pick up the parcel ?task/));
    expect(lines()).toHaveLength(5);
    expect(dialog.getByRole("status").textContent).toContain("5 changes");
    await expectAccessible();
  });

  test("says why: when the last attempt was, what went wrong, what to do", async () => {
    const { dialog } = await queue();
    const notice = dialog.getByText(/^The last attempt/).closest(".notice");
    expect(notice?.textContent).toMatch(/14 hr.* ago.*did not get through.*No address of it answered.*Switch it on/s);
  });

  test("follows what happens, and ends with nothing", async () => {
    const { fake, user, dialog, lines } = await queue();
    await fake.save([{ type: "create", kind: "task", fields: { title: "Feed the cat", status: "todo" } }]);
    await waitFor(() => expect(lines().at(-1)).toMatch(/^New ?Feed the cat/));
    await fake.saveHere({ type: "create", kind: "task", fields: { title: "Mine alone", status: "todo" } });
    await fake.save([{ type: "create", kind: "task", fields: { title: "Feed the dog", status: "todo" } }]);
    await waitFor(() => expect(lines().at(-1)).toMatch(/^New ?Feed the dog/));
    expect(lines().some((line) => line?.includes("Mine alone"))).toBe(false);
    await user.click(dialog.getByRole("button", { name: "Sync now" }));
    expect(await screen.findByText(/^No address of it answered/, { selector: ".toast *" })).toBeTruthy();
    fake.world.peers[1]!.connected = true;
    await user.click(dialog.getByRole("button", { name: "Sync now" }));
    expect(await dialog.findByText("Nothing waits")).toBeTruthy();
    expect(dialog.queryByText(/^The last attempt/)).toBeNull();
    await expectAccessible();
  });

  test("is cut where it is long, and says how much there is", async () => {
    const { user } = await open("devices", { tasks: 1_000 });
    await user.click(button(/^1,005 changes to send/));
    expect(await screen.findByText("200 of 1,005 shown")).toBeTruthy();
    expect(within(screen.getByRole("dialog")).getAllByRole("listitem")).toHaveLength(200);
  });

  test("is reached from the details, too, where nothing waits and the last attempt failed", async () => {
    const { fake, user } = await open("devices");
    const { id } = fake.world.peers[0]!;
    fake.world.failures.set(id, { at: Date.now() - 60_000, reason: "It was cut off.", next: "Try once more." });
    await user.click(button("Details of Pixel 8"));
    await user.click(card("Pixel 8").getByRole("button", { name: "What waits, and the last attempt" }));
    expect(await screen.findByText(/It was cut off\./)).toBeTruthy();
    expect(screen.getByText("Try once more.")).toBeTruthy();
    expect(screen.getByText("Nothing waits")).toBeTruthy();
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  test("says so where it cannot be read", async () => {
    const { fake, user } = await open("devices");
    fake.refuse("pending", "storage", "The disk cannot be read.");
    await user.click(button(/to send to Desk computer/));
    expect((await screen.findByRole("alert")).textContent).toBe("The disk cannot be read.");
  });
});

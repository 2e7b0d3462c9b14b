import { screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FakeBackend } from "../src/lib/backend/fake";
import { LIMIT } from "../src/screens/pairing/scan.svelte";
import { button, expectAccessible, findButton, open } from "./open";

const LINK = "whph://pair?v=1&d=AAAA";

async function phone(at: "tasks" | "devices" = "devices") {
  const fake = new FakeBackend({ phone: true });
  const opened = await open(at, { fake });
  return { ...opened, phoned: fake.phoned!, scanner: fake.scanner! };
}

describe("pull to sync", () => {
  const fine = matchMedia;
  beforeEach(() => vi.stubGlobal("matchMedia", (media: string) => ({ ...fine(media), matches: /coarse/.test(media) })));
  afterEach(() => vi.stubGlobal("matchMedia", fine));

  /** A finger, or several of them, on the list. */
  function finger(kind: "start" | "move" | "end" | "cancel", ...at: [x: number, y: number][]) {
    const touches = at.map(([clientX, clientY]) => ({ clientX, clientY }));
    const event = Object.assign(new Event(`touch${kind}`, { bubbles: true, cancelable: true }), { touches });
    document.querySelector(".screen-body ul")!.dispatchEvent(event);
    return event;
  }

  async function begin() {
    const opened = await open("tasks");
    const syncNow = vi.spyOn(opened.fake, "syncNow");
    finger("start", [100, 200]);
    return { ...opened, syncNow };
  }

  test("syncs when the finger lets go beyond the mark, and says how that went", async () => {
    const { syncNow } = await begin();
    expect(finger("move", [100, 240]).defaultPrevented).toBe(true);
    expect(await screen.findByText("Pull to sync")).toBeTruthy();
    finger("move", [100, 400]);
    expect(await screen.findByText("Let go to sync")).toBeTruthy();
    finger("end");
    expect(await screen.findByText(/^No address of it answered/)).toBeTruthy();
    expect(syncNow).toHaveBeenCalledExactlyOnceWith(null);
    await waitFor(() => expect(screen.queryByText("Syncing…")).toBeNull());
  });

  test.each([
    ["is taken back", () => (finger("move", [100, 400]), finger("move", [100, 220]), finger("end"))],
    ["is not far enough", () => (finger("move", [100, 250]), finger("end"))],
    ["is cancelled by the system", () => (finger("move", [100, 400]), finger("cancel"), finger("end"))],
    ["becomes a pinch", () => (finger("move", [100, 400]), finger("move", [100, 400], [200, 300]), finger("end"))],
    ["goes to the side", () => (finger("move", [180, 210]), finger("move", [180, 400]), finger("end"))],
    ["goes up", () => (finger("move", [100, 180]), finger("move", [100, 400]), finger("end"))],
  ])("does nothing when it %s", async (_, gesture) => {
    const { syncNow } = await begin();
    gesture();
    await waitFor(() => expect(screen.queryByText(/to sync$/)).toBeNull());
    expect(syncNow).not.toHaveBeenCalled();
  });

  test("leaves a list alone that is not at its top, and a planner without other devices", async () => {
    const { fake } = await begin();
    finger("end");
    document.querySelector(".screen-body")!.scrollTop = 10;
    finger("start", [100, 200]);
    expect(finger("move", [100, 400]).defaultPrevented).toBe(false);
    document.querySelector(".screen-body")!.scrollTop = 0;
    fake.world.peers = [];
    fake.world.tell("status", fake.world.status());
    await findButton("Sync status: No other device is paired yet.");
    finger("start", [100, 200]);
    expect(finger("move", [100, 400]).defaultPrevented).toBe(false);
  });
});

describe("permissions", () => {
  test("what the network needs is asked for where it is needed, once it is missing", async () => {
    const { phoned, user } = await phone();
    expect(screen.queryByText(/cannot be reached/)).toBeNull();
    phoned.allow("lan", "ask");
    const notice = within((await screen.findByText(/may not use the local network/)).closest<HTMLElement>(".notice")!);
    await expectAccessible();
    await user.click(notice.getByRole("button", { name: "Allow" }));
    await waitFor(() => expect(screen.queryByText(/may not use the local network/)).toBeNull());
    expect(phoned.permissions.lan.state).toBe("granted");
  });

  test("one that was refused for good leads to the settings, also while pairing", async () => {
    const { phoned, user } = await phone();
    phoned.allow("lan", "denied", "Android keeps this app from the local network.");
    await user.click(await findButton("Pair a device"));
    const dialog = within(await screen.findByRole("dialog", { name: "Pair a device" }));
    expect(dialog.getByText("Android keeps this app from the local network.")).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Open settings" }));
    await waitFor(() => expect(phoned.settings).toBe(1));
  });

  test("nobody is asked for notifications at the start, but once a device is paired", async () => {
    const { fake, phoned, user } = await phone("tasks");
    expect(screen.queryByText(/You can be told/)).toBeNull();
    fake.world.tell("link", { link: LINK });
    await user.click(await findButton("Pair"));
    fake.pairing.answer();
    await user.click(await findButton("They match"));
    fake.pairing.confirm();
    await screen.findByText("Paired with Pixel 8");
    await user.click(button("Allow"));
    await waitFor(() => expect(phoned.permissions.notifications.state).toBe("granted"));
    expect(screen.queryByText(/You can be told/)).toBeNull();
  });

  test("a desktop has none of it", async () => {
    await open("devices");
    expect(screen.queryByRole("region", { name: "Nearby, without a network" })).toBeNull();
    expect(screen.getByRole("switch", { name: /^Start when I log in/ })).toBeTruthy();
  });

  test("a phone has no switches for windows and logins", async () => {
    await phone();
    expect(await screen.findByRole("switch", { name: /^Sync on metered networks/ })).toBeTruthy();
    expect(screen.queryByRole("switch", { name: /^Start when I log in/ })).toBeNull();
  });
});

describe("nearby, without a network", () => {
  const card = () => within(screen.getByRole("region", { name: "Nearby, without a network" }));
  const peer = { address: "02:00:00:00:00:01", name: "Amira’s Galaxy S24" };

  test("goes from looking over an invitation to a link, and from there to pairing", async () => {
    const { phoned, user } = await phone();
    expect(card().getByText(/They still have to be paired/)).toBeTruthy();
    await user.click(card().getByRole("button", { name: "Look for phones nearby" }));
    expect(await card().findByText(/^Looking for phones nearby/)).toBeTruthy();
    phoned.nearby({ state: "found", peers: [peer] });
    await user.click(await card().findByRole("button", { name: "Invite Amira’s Galaxy S24" }));
    expect(await card().findByText(/^Inviting Amira’s Galaxy S24/)).toBeTruthy();
    phoned.nearby({ state: "connected", peers: [peer], peer });
    expect(await card().findByText("Linked with Amira’s Galaxy S24.")).toBeTruthy();
    await expectAccessible();
    await user.click(card().getByRole("button", { name: "Pair a device" }));
    expect(await screen.findByRole("dialog", { name: "Pair a device" })).toBeTruthy();
    await user.click(button("Close"));
    await user.click(card().getByRole("button", { name: "End the link" }));
    expect(await card().findByRole("button", { name: "Look for phones nearby" })).toBeTruthy();
  });

  test.each([
    ["failed", "The other phone said no.", "The other phone said no."],
    ["failed", null, /Bring the phones close together/],
    ["off", null, /Switch it on, then try again/],
  ] as const)("%s says why, and can be tried again", async (state, message, words) => {
    const { phoned, user } = await phone();
    phoned.nearby({ state, message });
    expect(await card().findByText(words)).toBeTruthy();
    await expectAccessible();
    await user.click(card().getByRole("button", { name: "Try again" }));
    expect(await card().findByText(/^Looking for phones nearby/)).toBeTruthy();
    await user.click(card().getByRole("button", { name: "Stop" }));
    expect(await card().findByRole("button", { name: "Look for phones nearby" })).toBeTruthy();
  });

  test("asks for what it needs when it is started, and leads to the settings after a no for good", async () => {
    const { phoned, user } = await phone();
    phoned.allow("wifi-direct", "ask");
    phoned.answer = "denied";
    await user.click(await card().findByRole("button", { name: "Look for phones nearby" }));
    await waitFor(() => expect(phoned.permissions.wifiDirect.state).toBe("denied"));
    phoned.nearby({ state: "no-permission" });
    await user.click(await card().findByRole("button", { name: "Open settings" }));
    expect(phoned.settings).toBe(1);
    phoned.allow("wifi-direct", "granted");
    await user.click(await card().findByRole("button", { name: "Look for phones nearby" }));
    expect(await card().findByText(/^Looking for phones nearby/)).toBeTruthy();
  });

  test("a refusal of the app is told in the card", async () => {
    const { fake, user } = await phone();
    fake.refuse("nearbyStart", "nearby", "This phone has no Wi-Fi Direct.");
    await user.click(card().getByRole("button", { name: "Look for phones nearby" }));
    expect((await card().findByRole("alert")).textContent).toBe("This phone has no Wi-Fi Direct.");
  });
});

describe("the phone's camera", () => {
  async function aim(prepare: (scanner: NonNullable<FakeBackend["scanner"]>) => void = () => {}) {
    const opened = await phone();
    prepare(opened.scanner);
    await opened.user.click(button("Pair a device"));
    await opened.user.click(await screen.findByRole("tab", { name: "Enter a code" }));
    await opened.user.click(await findButton("Use the camera"));
    return opened;
  }

  const scanning = () => document.documentElement.hasAttribute("data-scanning");
  const framed = () => screen.findByRole("dialog", { name: "Scan the code" });

  test("reads a link behind the page, and calls its device", async () => {
    const { fake, scanner, user } = await aim();
    await framed();
    expect(scanning()).toBe(true);
    scanner.see(LINK);
    expect(await screen.findByText("Looking for the other device…")).toBeTruthy();
    expect(scanning()).toBe(false);
    fake.pairing.answer();
    expect(await findButton("They match")).toBeTruthy();
    await user.click(button("They match"));
  });

  test("is asked for first", async () => {
    const { scanner } = await aim((scanner) => Object.assign(scanner, { allowed: "ask" }));
    await framed();
    expect(scanner.allowed).toBe("granted");
  });

  test("a no says what else there is", async () => {
    await aim((scanner) => Object.assign(scanner, { allowed: "ask", answer: "ask" }));
    expect((await screen.findByRole("alert")).textContent).toContain("paste the link instead");
    expect(scanning()).toBe(false);
  });

  test("a no for good leads to the settings", async () => {
    const { scanner, user } = await aim((scanner) => Object.assign(scanner, { allowed: "denied" }));
    expect((await screen.findByRole("alert")).textContent).toContain("does not ask again");
    await expectAccessible();
    await user.click(button("Open settings"));
    await waitFor(() => expect(scanner.settings).toBe(1));
  });

  test.each(["Cancel", "Escape", "back"])("%s ends it, and leaves the pairing as it was", async (way) => {
    const { scanner, user } = await aim();
    await framed();
    await new Promise((resolve) => setTimeout(resolve, 30));
    if (way === "Cancel") await user.click(button("Cancel"));
    else if (way === "Escape") await user.keyboard("{Escape}");
    else history.back();
    await waitFor(() => expect(scanner.scanning).toBe(false));
    await waitFor(() => expect(screen.queryByRole("dialog", { name: "Scan the code" })).toBeNull());
    expect(await screen.findByRole("dialog", { name: "Pair a device" })).toBeTruthy();
    expect(await findButton("Use the camera")).toBeTruthy();
    expect(screen.queryByRole("alert")).toBeNull();
  });

  test("gives up after a minute, and can be tried again", async () => {
    const limit = vi.spyOn(globalThis, "setTimeout");
    const { scanner, user } = await aim();
    await framed();
    const late = limit.mock.calls.find(([, after]) => after === LIMIT)![0];
    limit.mockRestore();
    late();
    expect((await screen.findByRole("alert")).textContent).toContain("No code was seen within a minute");
    await waitFor(() => expect(scanner.scanning).toBe(false));
    await user.click(await findButton("Try again"));
    await framed();
    expect(screen.queryByText(/within a minute/)).toBeNull();
  });

  test("tells a code of something else from one for pairing", async () => {
    const { scanner, user } = await aim();
    await framed();
    scanner.see("https://example.org");
    expect((await screen.findByRole("alert")).textContent).toContain("not one for pairing");
    await user.click(await findButton("Try again"));
    await framed();
  });

  test("a phone without a reader of codes looks through the page", async () => {
    await aim((scanner) => (scanner.broken = new Error("no Play services")));
    expect(await findButton("Stop the camera")).toBeTruthy();
    expect(scanning()).toBe(false);
  });
});

describe("a link that opens the app", () => {
  test("is shown, and called only after a yes", async () => {
    const { fake, user } = await phone("tasks");
    const join = vi.spyOn(fake, "join");
    fake.world.tell("link", { link: LINK });
    expect(await screen.findByRole("heading", { name: "Pair with the device that showed this link?" })).toBeTruthy();
    expect(screen.getByText(LINK)).toBeTruthy();
    expect(fake.pairing.open).toBe(false);
    await expectAccessible();
    expect(join).not.toHaveBeenCalled();
    await user.click(button("Pair"));
    expect(await screen.findByText("Looking for the other device…")).toBeTruthy();
    expect(join).toHaveBeenCalledExactlyOnceWith(LINK, null);
  });

  test("is dropped by a no", async () => {
    const { fake, user } = await phone("tasks");
    const join = vi.spyOn(fake, "join");
    fake.world.tell("link", { link: LINK });
    await user.click(await findButton("Not now"));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await user.keyboard("gd");
    await user.click(await findButton("Pair a device"));
    expect(await screen.findByLabelText("Code to type")).toBeTruthy();
    expect(join).not.toHaveBeenCalled();
  });

  test("takes the place of a code that is shown, but not of a pairing that is under way", async () => {
    const { fake, user } = await phone();
    await user.click(button("Pair a device"));
    await screen.findByLabelText("Code to type");
    fake.world.tell("link", { link: LINK });
    await user.click(await findButton("Pair"));
    await screen.findByText("Looking for the other device…");
    fake.pairing.answer();
    await findButton("They match");
    fake.world.tell("link", { link: "whph://pair?v=1&d=BBBB" });
    expect(await screen.findByText(/A pairing is under way, so the link was not used/)).toBeTruthy();
    expect(button("They match")).toBeTruthy();
  });

  test("of another kind is refused in words", async () => {
    const { fake } = await phone("tasks");
    fake.world.tell("link", { link: "whph://delete-everything" });
    expect((await screen.findByRole("alert")).textContent).toContain("not one for pairing, so nothing was done");
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("waits until the planner is set up", async () => {
    const fake = new FakeBackend({ phone: true, empty: true });
    fake.first = { type: "set_up", suggested_name: "Phone" };
    const { user } = await open("tasks", { fake });
    await user.click(await findButton("Continue"));
    fake.world.tell("link", { link: LINK });
    await user.click(await findButton(/^Start empty/));
    expect(await screen.findByRole("heading", { name: "Pair with the device that showed this link?" })).toBeTruthy();
  });
});

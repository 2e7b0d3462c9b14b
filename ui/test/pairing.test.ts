import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { OWN_LINK } from "../src/lib/backend/fake/pairing";
import { button, expectAccessible, findButton, open } from "./open";

async function begin() {
  const opened = await open("devices");
  await opened.user.click(button("Pair a device"));
  await screen.findByRole("dialog", { name: "Pair a device" });
  return opened;
}

async function enter(text: string) {
  const opened = await begin();
  await opened.user.click(screen.getByRole("tab", { name: "Enter a code" }));
  await opened.user.type(await screen.findByLabelText("Link or code from the other device"), text);
  await opened.user.click(button("Continue"));
  return opened;
}

const step = () => document.querySelector('[aria-current="step"]')?.textContent;

describe("pairing by showing a code", () => {
  test("goes from the code over the digits to the first sync", async () => {
    const { fake, user } = await begin();
    expect(step()).toContain("Code");
    expect((await screen.findByRole("img", { name: "QR code for pairing" })).getAttribute("src")).toMatch(
      /^data:image\/svg/,
    );
    expect(screen.getByLabelText("Code to type").textContent).toBe("K7QP-2941-MWX3");
    expect(screen.getByRole("timer").textContent).toMatch(/^[12]:\d\d$/);
    expect(screen.getByText("Only use a code you made yourself, on a device you own.")).toBeTruthy();
    await expectAccessible();

    fake.pairing.scan("Pixel 8 Pro");
    expect((await screen.findByLabelText("Digits: 4 8 2 9 1 5")).textContent?.replace(/\s/g, "")).toBe("482915");
    expect(step()).toContain("Compare");
    await expectAccessible();
    await user.click(button("They match"));
    expect(await screen.findByText("Waiting for Pixel 8 Pro to confirm…")).toBeTruthy();
    expect(fake.world.peers).toHaveLength(2);

    fake.pairing.confirm();
    expect(await screen.findByText("Paired with Pixel 8 Pro")).toBeTruthy();
    const dialog = within(screen.getByRole("dialog"));
    expect(await dialog.findByText("0 of 240 items")).toBeTruthy();
    const { id } = fake.world.peers[2]!;
    fake.pairing.progress(id, 120);
    expect(await dialog.findByText("120 of 240 items")).toBeTruthy();
    fake.pairing.progress(id, 240);
    expect(await dialog.findByText("Up to date")).toBeTruthy();
    await user.click(dialog.getByRole("button", { name: "Done" }));
    expect(await screen.findByRole("article", { name: "Pixel 8 Pro" })).toBeTruthy();
  });

  test("goes on while strangers call who cannot come in", async () => {
    const { fake, user } = await begin();
    await screen.findByLabelText("Code to type");
    fake.pairing.stranger();
    expect((await screen.findByText(/^Somebody called and could not be let in: /)).textContent).toMatch(/still works/);
    expect(screen.getByLabelText("Code to type").textContent).toBe("K7QP-2941-MWX3");
    await expectAccessible();
    fake.pairing.scan("Pixel 8 Pro");
    await user.click(await findButton("They match"));
    expect(await screen.findByText("Waiting for Pixel 8 Pro to confirm…")).toBeTruthy();
  });

  test("says at which addresses the code is taken, and takes it back once paired", async () => {
    const { fake, user } = await begin();
    await screen.findByLabelText("Code to type");
    expect(screen.getByText("192.168.1.20:47810 or 10.0.0.4:47810")).toBeTruthy();
    fake.pairing.scan();
    fake.pairing.open = true;
    await user.click(await findButton("They match"));
    fake.pairing.confirm();
    expect(await screen.findByText("Paired with Pixel 8")).toBeTruthy();
    await waitFor(() => expect(fake.pairing.open).toBe(false));
  });

  test("a code that is over is renewed", async () => {
    const { fake, user } = await begin();
    await screen.findByLabelText("Code to type");
    fake.pairing.expire();
    expect(await screen.findByText("This code is no longer open.")).toBeTruthy();
    await user.click(button("Show a new code"));
    await waitFor(() => expect(screen.getByLabelText("Code to type").textContent).toBe("K7QP-2942-MWX3"));
  });

  test("a wrong code that somebody types is told", async () => {
    const { fake } = await begin();
    await screen.findByLabelText("Code to type");
    fake.pairing.wrongCode();
    expect(await screen.findByText(/Somebody typed a wrong code/)).toBeTruthy();
  });

  test("digits that differ end it, on both devices", async () => {
    const { fake, user } = await begin();
    await screen.findByLabelText("Code to type");
    fake.pairing.scan();
    await user.click(await findButton("They differ"));
    expect(await screen.findByText("The digits differ, so nothing was shared")).toBeTruthy();
    expect(fake.pairing.meeting).toBeNull();
    await user.click(button("Show a new code"));
    expect(await screen.findByLabelText("Code to type")).toBeTruthy();
  });

  test("closing takes the code back, and says no to a device that waits", async () => {
    const { fake, user } = await begin();
    await screen.findByLabelText("Code to type");
    expect(fake.pairing.open).toBe(true);
    await user.click(button("Close"));
    await waitFor(() => expect(fake.pairing.open).toBe(false));
    await user.click(button("Pair a device"));
    await screen.findByLabelText("Code to type");
    fake.pairing.scan();
    await findButton("They match");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(fake.pairing.meeting).toBeNull());
  });

  test("says why no code can be shown", async () => {
    const { fake, user } = await open("devices");
    fake.refuse("openInvite", "network", "The port is taken.");
    await user.click(button("Pair a device"));
    expect(await screen.findByText("The port is taken.")).toBeTruthy();
    await user.click(button("Try again"));
    expect(await screen.findByLabelText("Code to type")).toBeTruthy();
  });
});

describe("pairing by entering a code", () => {
  test("goes by a pasted link", async () => {
    const { fake, user } = await enter("whph:pair?k=1");
    expect(await screen.findByText("Looking for the other device…")).toBeTruthy();
    await waitFor(() => expect(fake.pairing.open).toBe(false));
    fake.pairing.answer();
    await user.click(await findButton("They match"));
    fake.pairing.confirm();
    expect(await screen.findByText("Paired with Pixel 8")).toBeTruthy();
  });

  test("a typed code finds its device by itself", async () => {
    const { fake, user } = await enter("ABCD-1234-EFGH");
    await screen.findByText("Looking for the other device…");
    fake.pairing.answer();
    await user.click(await findButton("They match"));
    fake.pairing.confirm();
    expect(await screen.findByText("Paired with Pixel 8")).toBeTruthy();
  });

  test("an address can be given, and keeps what was typed when it is none", async () => {
    const { user } = await begin();
    await user.click(screen.getByRole("tab", { name: "Enter a code" }));
    await user.type(await screen.findByLabelText("Link or code from the other device"), "ABCD-1234-EFGH");
    await user.type(await screen.findByLabelText(/^Address of the other device/), "nowhere");
    await user.click(button("Continue"));
    expect((await screen.findByRole("alert")).textContent).toContain("looks like 192.168.1.20:47810");
    expect((screen.getByLabelText("Link or code from the other device") as HTMLInputElement).value).toBe(
      "ABCD-1234-EFGH",
    );
    await user.clear(screen.getByLabelText(/^Address of the other device/));
    await user.type(screen.getByLabelText(/^Address of the other device/), "10.0.0.9:47810");
    await user.click(button("Continue"));
    await screen.findByText("Looking for the other device…");
  });

  test.each([
    ["hello", "This is not a pairing code"],
    [OWN_LINK, "This is the code of this very device"],
  ])("says what is wrong with %s", async (text, words) => {
    await enter(text);
    expect((await screen.findByRole("alert")).textContent).toContain(words);
    await expectAccessible();
  });

  test.each([
    ["no-answer", "The other device did not answer", "Try again"],
    ["refused", "The other device did not take this code", "Enter a code"],
    ["interrupted", "The connection was lost", "Try again"],
    ["rejected", "The other device said no", "Show a new code"],
    ["incompatible", "The two apps do not understand each other", "Close"],
    ["storage", "The pairing could not be saved", "Try again"],
    ["too-many-devices", "There is no room for another device", "Close"],
    ["channel", "The connection was not safe", "Show a new code"],
    ["new-code", "Pairing did not work", "Try again"],
  ])("%s has words and a way on", async (code, words, way) => {
    const { fake } = await enter("whph:pair?k=1");
    await screen.findByText("Looking for the other device…");
    fake.pairing.fail(code);
    const told = within(await screen.findByRole("alert"));
    expect(told.getByRole("heading", { name: words })).toBeTruthy();
    expect(told.getByRole("button", { name: way })).toBeTruthy();
  });

  test("a planner that could not be written says why, too", async () => {
    const { fake } = await enter("whph:pair?k=1");
    await screen.findByText("Looking for the other device…");
    fake.pairing.fail("storage", "The disk is full.");
    expect(within(await screen.findByRole("alert")).getByText("The disk is full.")).toBeTruthy();
  });

  test("a device with too many others says what to do", async () => {
    const { fake, user } = await begin();
    await user.click(screen.getByRole("tab", { name: "Enter a code" }));
    await user.type(await screen.findByLabelText("Link or code from the other device"), "whph:pair?k=1");
    fake.refuse("join", "too-many-devices", "Too many.");
    await user.click(button("Continue"));
    expect((await screen.findByRole("alert")).textContent).toContain("Forget one under Devices, then pair again.");
  });

  test("Try again calls the same code once more", async () => {
    const { fake, user } = await enter("whph:pair?k=1");
    await screen.findByText("Looking for the other device…");
    fake.pairing.fail("no-answer");
    await user.click(await findButton("Try again"));
    await screen.findByText("Looking for the other device…");
    fake.pairing.answer();
    expect(await findButton("They match")).toBeTruthy();
  });

  test("without a camera it says what else there is", async () => {
    const { user } = await begin();
    await user.click(screen.getByRole("tab", { name: "Enter a code" }));
    await user.click(await findButton("Use the camera"));
    expect((await screen.findByRole("alert")).textContent).toContain("Paste the link instead");
    await user.click(button("Stop the camera"));
    expect(await findButton("Use the camera")).toBeTruthy();
  });
});

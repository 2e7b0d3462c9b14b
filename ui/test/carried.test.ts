import { screen, waitFor, within } from "@testing-library/svelte";
import { describe, expect, test } from "vitest";
import { FakeBackend } from "../src/lib/backend/fake";
import { restoreWords } from "../src/lib/logic/carried";
import { button, expectAccessible, findButton, open } from "./open";

const carry = () => within(screen.getByRole("region", { name: "Not on one network?" }));
const told = () => carry().getByRole("status").textContent?.replace(/\s+/g, " ").trim();
const tells = (what: RegExp) => waitFor(() => expect(told()).toMatch(what));

describe("files for devices on no common network", () => {
  test("one is written for a device, says what is in it and where to read it", async () => {
    const { fake, user } = await open("devices");
    expect(carry().getByText(/only the device that it is for can read it/)).toBeTruthy();
    expect(told()).toBe("");
    await user.click(button("Write a file for Desk computer…"));
    await tells(/^Written for Desk computer: 5 changes \(1\.7 kB\)\./);
    expect(told()).toMatch(/Take for-other-device\.whphbundle to Desk computer, and read it there under Devices\./);
    expect(fake.world.devices().peers[1]!.pending).toBe(5);
    await expectAccessible();
  });

  test("several are named in the order in which they are read", async () => {
    const { fake, user } = await open("devices");
    fake.carried.parts = 2;
    await user.click(button("Write a file for Desk computer…"));
    await tells(/in this order: ?1\. for-other-device\.whphbundle ?2\. for-other-device-2\.whphbundle/);
  });

  test("what was written waits until a file came back", async () => {
    const { fake, user } = await open("devices");
    fake.world.peers.reverse();
    fake.world.tell("devices", null);
    await user.click(button("Write a file for Desk computer…"));
    await tells(/Its changes count as sent when a file from Desk computer has been read here/);
    expect(screen.getByRole("button", { name: /^5 changes to send to Desk computer/ })).toBeTruthy();
    await user.click(button("Read a file…"));
    await tells(/^From Desk computer: 1 new\./);
    await waitFor(() => expect(screen.queryByRole("button", { name: /to send to Desk computer/ })).toBeNull());
  });

  test("one is read: what came, and that both held the same", async () => {
    const { fake, user } = await open("devices");
    await user.click(button("Read a file…"));
    await tells(
      /^From Pixel 8: 1 new\. ?This device now holds exactly what Pixel 8 held when it wrote the file, proved by digest\.$/,
    );
    expect(fake.world.living("task").some(({ title }) => title === "Bring the tent")).toBe(true);
    await expectAccessible();
  });

  test("without proof it says what to do next, and where to decide", async () => {
    const { fake, user } = await open("devices");
    fake.carried.next = { fresh: 3, changed: 2, equal: false, conflicts: 1 };
    await user.click(button("Read a file…"));
    await tells(/^From Pixel 8: 3 new, 2 changed\. ?Write a file back, so that it gets what is new here\./);
    expect(told()).toMatch(/1 item was changed on both and waits under Review\./);
    fake.carried.next = { equal: false, gapless: false };
    await user.click(button("Read a file…"));
    await tells(/Something before this file is missing here\. Read the earlier ones, or write a file back/);
    expect(told()).not.toMatch(/Review/);
    fake.carried.next = { conflicts: 2 };
    await user.click(button("Read a file…"));
    await user.click(await findButton("Go to Review"));
    expect(await screen.findByRole("heading", { level: 1, name: /Review/ })).toBeTruthy();
  });

  test("choosing no file changes nothing", async () => {
    const { fake, user } = await open("devices");
    fake.carried.chooses = false;
    await user.click(button("Write a file for Pixel 8…"));
    await user.click(button("Read a file…"));
    expect(told()).toBe("");
    expect(carry().queryByRole("alert")).toBeNull();
  });

  test("a refusal stays on the card in the words of the app, until the next try", async () => {
    const { fake, user } = await open("devices");
    const why = "It is for another device. Read it on the one that it was written for.";
    await user.click(button("Read a file…"));
    await tells(/^From Pixel 8/);
    fake.refuse("readBundle", "bundle-for-another", why);
    await user.click(button("Read a file…"));
    expect((await carry().findByRole("alert")).textContent).toBe(why);
    expect(told()).toBe("");
    await expectAccessible();
    fake.refuse("writeBundle", "no-bundle-key", "Pair them once more: what they hold stays.");
    await user.click(button("Write a file for Pixel 8…"));
    await waitFor(() =>
      expect(carry().getByRole("alert").textContent).toBe("Pair them once more: what they hold stays."),
    );
    await user.click(button("Write a file for Pixel 8…"));
    await tells(/^Written for Pixel 8: nothing new/);
    expect(carry().queryByRole("alert")).toBeNull();
  });

  test("two devices with data of their own are brought together only after a yes", async () => {
    const { fake, user } = await open("devices");
    fake.carried.asks = true;
    const before = fake.world.head;
    await user.click(button("Read a file…"));
    const ask = () => screen.findByRole("group", { name: "Bring this device and Pixel 8 together?" });
    expect((await ask()).textContent).toMatch(/Both devices hold data of their own.*there are \d+\s+items here/s);
    await expectAccessible();
    await user.click(within(await ask()).getByRole("button", { name: "Not now" }));
    await tells(/^Nothing was changed\./);
    expect(fake.world.head).toBe(before);
    await user.click(button("Read a file…"));
    await user.click(within(await ask()).getByRole("button", { name: "Bring together" }));
    await tells(/^From Pixel 8: 1 new/);
    expect(screen.queryByRole("group", { name: /together\?/ })).toBeNull();
  });

  test("a question about one file is not answered for the next", async () => {
    const { fake, user } = await open("devices");
    fake.carried.asks = true;
    await user.click(button("Read a file…"));
    await screen.findByRole("group", { name: /together\?/ });
    fake.refuse("readBundle", "bundle-damaged", "It is damaged or was cut short.");
    await user.click(button("Read a file…"));
    expect((await carry().findByRole("alert")).textContent).toBe("It is damaged or was cut short.");
    expect(screen.queryByRole("group", { name: /together\?/ })).toBeNull();
  });

  test("without a paired device there is nobody to carry to", async () => {
    await open("devices", { empty: true });
    expect(screen.queryByRole("region", { name: "Not on one network?" })).toBeNull();
  });
});

describe("backups", () => {
  async function keyDialog(name = "Back up…") {
    const opened = await open("devices");
    await opened.user.click(button(name));
    return { ...opened, dialog: within(await screen.findByRole("dialog", { name: "Your recovery key" })) };
  }

  test("the first shows the recovery key, and writes nothing before the words are kept", async () => {
    const { fake, user, dialog } = await keyDialog();
    const list = dialog.getByRole("list", { name: "The 24 words" });
    const words = within(list).getAllByRole("listitem");
    expect(words).toHaveLength(24);
    expect(words[23]!.textContent).toMatch(/^24 yellow$/);
    expect(dialog.getByRole("img", { name: "QR code of the same words" })).toBeTruthy();
    expect(dialog.getByText(/Shown this once, kept nowhere\./)).toBeTruthy();
    expect(dialog.getByText(/without them nobody can/)).toBeTruthy();
    await expectAccessible();
    const go = dialog.getByRole("button", { name: "Continue" });
    expect((go as HTMLButtonElement).disabled).toBe(true);
    await user.click(go);
    expect([fake.carried.hasKey, fake.carried.backup]).toEqual([false, null]);
    await user.click(dialog.getByRole("checkbox", { name: "I have written them down" }));
    expect([fake.carried.hasKey, fake.carried.backup]).toEqual([false, null]);
    await user.click(go);
    const { file, entities } = await waitFor(() => fake.carried.backup ?? Promise.reject(new Error("no backup")));
    expect(await screen.findByText(`${file}: ${entities} items backed up`)).toBeTruthy();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(document.body.textContent).not.toMatch(/anchor|yellow/);
    expect(fake.carried.backup!.words).toMatch(/^anchor .* yellow$/);
  });

  test("words that were not confirmed are not used", async () => {
    const { fake, user, dialog } = await keyDialog();
    await user.click(dialog.getByRole("checkbox", { name: "I have written them down" }));
    await user.keyboard("{Escape}");
    expect(await screen.findByText(/Those words are not used/)).toBeTruthy();
    expect([fake.carried.hasKey, fake.carried.backup]).toEqual([false, null]);
    await user.click(button("Back up…"));
    const again = within(await screen.findByRole("dialog", { name: "Your recovery key" }));
    expect(again.getAllByRole("listitem")[0]!.textContent).toMatch(/^1 basket$/);
    expect((again.getByRole("checkbox") as HTMLInputElement).checked).toBe(false);
  });

  test("a key that could not be stored says so, and the words stay to be seen", async () => {
    const { fake, user, dialog } = await keyDialog();
    fake.refuse("useRecoveryKey", "storage", "The disk is full.");
    await user.click(dialog.getByRole("checkbox"));
    await user.click(dialog.getByRole("button", { name: "Continue" }));
    expect((await dialog.findByRole("alert")).textContent).toBe("The disk is full.");
    expect(dialog.getAllByRole("listitem")).toHaveLength(24);
    expect(fake.carried.backup).toBeNull();
  });

  test("with a key it is written at once, and a new key is another matter", async () => {
    const fake = new FakeBackend();
    fake.carried.newKey();
    fake.carried.useKey();
    const { user } = await open("devices", { fake });
    await user.click(button("Back up…"));
    expect(await screen.findByText(/items backed up$/)).toBeTruthy();
    expect(screen.queryByRole("dialog")).toBeNull();
    const { at, words } = fake.carried.backup!;
    await user.click(await findButton("New recovery key…"));
    const dialog = within(await screen.findByRole("dialog", { name: "Your recovery key" }));
    expect(dialog.getByText(/Earlier backups still open with their own words/)).toBeTruthy();
    await user.click(dialog.getByRole("checkbox"));
    await user.click(dialog.getByRole("button", { name: "Continue" }));
    expect(await screen.findByText("Backups are sealed to the new words from now on")).toBeTruthy();
    expect(fake.carried.backup).toMatchObject({ at, words });
    await user.click(button("Back up…"));
    await waitFor(() => expect(fake.carried.backup!.words).not.toBe(words));
  });

  test("a failure to write says why", async () => {
    const fake = new FakeBackend();
    fake.carried.newKey();
    fake.carried.useKey();
    const { user } = await open("devices", { fake });
    fake.refuse("writeBackup", "file", "The file could not be written. Choose another place.");
    await user.click(button("Back up…"));
    expect(await screen.findByText("The file could not be written. Choose another place.")).toBeTruthy();
  });
});

describe("restoring a backup", () => {
  /** A backup, after which two tasks were deleted and one got another title. */
  async function restoring() {
    const fake = new FakeBackend();
    const { carried, world } = fake;
    carried.newKey();
    carried.useKey();
    carried.back();
    const { words, entities } = carried.backup!;
    const [lost, gone, other] = world.living("task");
    for (const { id } of [lost!, gone!]) world.apply({ type: "delete", kind: "task", id });
    world.apply({ type: "set", kind: "task", id: other!.id, fields: { title: "Another title" } });
    const opened = await open("devices", { fake });
    await opened.user.click(button("Restore a backup…"));
    const dialog = within(await screen.findByRole("dialog", { name: "Restore a backup" }));
    const status = () => dialog.getByRole("status").textContent?.replace(/\s+/g, " ").trim();
    const field = () => dialog.getByRole<HTMLTextAreaElement>("textbox", { name: /^The 24 words/ });
    const press = (name: string) => opened.user.click(dialog.getByRole("button", { name }));
    const type = async (text: string) => {
      await opened.user.clear(field());
      await opened.user.click(field());
      await opened.user.paste(text);
    };
    return {
      ...opened,
      fake,
      world,
      words,
      same: entities - 3,
      lost: lost!,
      other: other!,
      dialog,
      status,
      field,
      press,
      type,
    };
  }

  test("says first what it would do, and changes nothing by that", async () => {
    const { fake, world, words, same, dialog, status, field, press, type } = await restoring();
    expect(dialog.getByText(fake.carried.backup!.file)).toBeTruthy();
    for (const name of ["autocomplete", "autocapitalize"]) expect(field().getAttribute(name)).toBe("off");
    expect(field().getAttribute("spellcheck")).toBe("false");
    const restore = () => dialog.getByRole("button", { name: "Restore" }) as HTMLButtonElement;
    expect(restore().disabled).toBe(true);
    const before = world.head;
    await type(words);
    expect(restore().disabled).toBe(true);
    await press("Look first");
    const said = `2 items would come back, ${same} are as in the backup, 1 has other values here and stays as it is.`;
    await waitFor(() => expect(status()).toContain(said));
    expect(world.head).toBe(before);
    expect(restore().disabled).toBe(false);
    await expectAccessible();
  });

  test("brings back what is missing, and leaves what is here", async () => {
    const { world, words, lost, other, dialog, status, press, type } = await restoring();
    await type(words);
    await press("Look first");
    await waitFor(() => expect(status()).toMatch(/\d items? would come back/));
    await press("Restore");
    await waitFor(() =>
      expect(status()).toMatch(/^2 items came back, .* 1 has other values here and stays as it is\./),
    );
    expect(world.get("task", lost.id).deleted).toBe(false);
    expect(world.get("task", other.id).title).toBe("Another title");
    expect(dialog.queryByRole("textbox")).toBeNull();
    expect(document.activeElement).toBe(dialog.getByRole("button", { name: "Done" }));
    await expectAccessible();
    await press("Done");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  test("gives what differs the backup's values if that is wanted", async () => {
    const { world, words, other, dialog, status, press, type } = await restoring();
    await type(words);
    await press("Look first");
    const box = await dialog.findByRole("checkbox", { name: /^Give that one the backup’s values .*stays in History/ });
    expect(box).toMatchObject({ checked: false });
    await dialog.findByText(/stays as it is/);
    (box as HTMLElement).click();
    await waitFor(() => expect(status()).toMatch(/1 has other values here and would get the backup’s/));
    await press("Restore");
    await waitFor(() => expect(status()).toMatch(/1 got the backup’s values\. What was here stays in History\./));
    expect(world.get("task", other.id).title).toBe(other.title);
  });

  test("words that are wrong are refused in the words of the app, and other words are looked at anew", async () => {
    const { words, dialog, status, field, press, type } = await restoring();
    await type("three little words");
    await press("Look first");
    expect((await dialog.findByRole("alert")).textContent).toMatch(/^A recovery key has 24 words, and these are 3\./);
    expect(field().getAttribute("aria-invalid")).toBe("true");
    expect(field().value).toBe("three little words");
    await expectAccessible();
    await type(words.split(" ").reverse().join(" "));
    expect(dialog.queryByRole("alert")).toBeNull();
    await press("Look first");
    expect((await dialog.findByRole("alert")).textContent).toMatch(/it was not sealed for these words\./);
    await type(words);
    await press("Look first");
    await waitFor(() => expect(status()).toMatch(/\d items? would come back/));
    await type(`${words} more`);
    await waitFor(() => expect(status()).not.toMatch(/\d items? would come back/));
    expect(dialog.getByRole("button", { name: "Restore" })).toMatchObject({ disabled: true });
  });

  test("what cannot be restored is listed with the reason", async () => {
    const { fake, words, dialog, press, type } = await restoring();
    const refused = [{ place: "task/7f2c", reason: "title: is required" }];
    fake.carried.refused = refused;
    await type(words);
    await press("Look first");
    expect(await dialog.findByText("1 item cannot be restored")).toBeTruthy();
    expect(dialog.getByText("task/7f2c").closest("li")?.textContent).toBe("task/7f2c: title: is required");
  });

  test("the words are gone with the dialog", async () => {
    const { user, words, type } = await restoring();
    await type(words);
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await user.click(button("Restore a backup…"));
    expect(await screen.findByRole("textbox", { name: /^The 24 words/ })).toMatchObject({ value: "" });
  });

  test("no file chosen opens nothing, and nothing to bring back is said plainly", async () => {
    const { user } = await open("devices");
    await user.click(button("Restore a backup…"));
    expect(screen.queryByRole("dialog")).toBeNull();
    const told = { written: 0, back: 0, same: 1200, differ: 0, refused: [] };
    expect(restoreWords(told, false, false)).toBe("Nothing would come back, 1,200 are as in the backup.");
    expect(restoreWords({ ...told, back: 37, differ: 4 }, false, false)).toBe(
      "37 items would come back, 1,200 are as in the backup, 4 have other values here and stay as they are.",
    );
  });
});

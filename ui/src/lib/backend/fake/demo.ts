import { FakeBackend } from "./index";
import { WAITS_FOR_OK } from "./world";

/**
 * `?fake=empty`, `many`, `set-up`, `failed`, `swept`, `first-merge`, `backed-up`, `asks`, `phone`, `refused` (a phone that is
 * allowed nothing), `link` (one where a pairing link is opened), `shared` (another device writes in the notes all the time),
 * `german` (one that speaks German), or the ordinary planner; a pairing plays itself.
 */
export function demo(name: string): FakeBackend {
  const fake = new FakeBackend({
    empty: name === "empty" || name === "set-up",
    tasks: name === "many" ? 10_000 : 0,
    sweeps: name === "swept" ? [64, 1_204] : [],
    phone: ["phone", "refused", "link", "german"].includes(name),
  });
  fake.pairing.auto = 900;
  // In a browser its language is the system's.
  fake.world.options.language = name === "german" ? "de" : null;
  if (name === "set-up") fake.first = { type: "set_up", suggested_name: "Robin’s laptop" };
  const [phone] = fake.world.peers;
  if (name === "first-merge" && phone)
    Object.assign(phone, {
      state: {
        type: "waiting",
        reason: WAITS_FOR_OK,
      },
      last_sync: null,
      first_merge: { link: 1, compared: { new_here: 312, new_there: 48, differ: 3, same: 40 } },
    });
  if (name === "backed-up") {
    // Much has happened since it was written.
    const { carried, world } = fake;
    carried.newKey();
    carried.useKey();
    carried.back();
    for (const { id } of world.living("task").slice(3)) world.apply({ type: "delete", kind: "task", id });
    for (const { id } of world.living("note").slice(0, 4))
      world.apply({ type: "set", kind: "note", id, fields: { content: "" } });
  }
  if (fake.phoned) fake.phoned.auto = 900;
  if (name === "refused") {
    const blocked =
      "Other devices cannot be found, because access to the local network was refused. Open the settings and allow it under Permissions.";
    fake.phoned?.allow("lan", "denied", blocked);
    fake.phoned?.allow("wifi-direct", "denied");
    fake.phoned?.nearby({ state: "no-permission" });
    if (fake.scanner) fake.scanner.allowed = "denied";
  }
  if (name === "link") setTimeout(() => fake.world.tell("link", { link: "whph://pair?v=1&d=ASIK8xkNq7dPl2Zt" }), 300);
  if (name === "shared") setInterval(() => writeAlong(fake), 4_000);
  fake.carried.asks = name === "asks";
  if (name === "failed") {
    const message =
      "/home/robin/whph/whph.db is damaged: it is cut short. It was left as it is. Restore it from a backup; or move it away, set this device up anew, pair it and let your other devices fill it.";
    fake.first = { type: "failed", error: { code: "damaged", message } };
  }
  return fake;
}

/** Another device puts a paragraph at the beginning of each note, and another one at its end. */
function writeAlong(fake: FakeBackend): void {
  const time = new Date().toLocaleTimeString();
  for (const { kind, id, fields } of fake.world.living("note")) {
    const base = String(fields.content ?? "");
    const text = `Before, at ${time}.\n\n${base.trimEnd()}\n\nAfter, at ${time}.`;
    fake.arrive({ type: "text", kind, id, field: "content", base, text });
  }
}

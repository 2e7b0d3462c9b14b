import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Phone } from "$bindings";
import type { Backend } from "../src/lib/backend/backend";
import { BackendError } from "../src/lib/backend/backend";
import { speak } from "../src/lib/words/index.svelte";

/** The bridge: what it answers, who listens, and what was asked. */
const bridge = vi.hoisted(() => {
  const heard = new Map<string, Set<(event: { payload: unknown }) => void>>();
  const asked: unknown[][] = [];
  const answers = new Map<string, () => unknown>();
  const names = (make: (name: string) => unknown) => new Proxy({}, { get: (_, name) => make(String(name)) });
  return {
    heard,
    asked,
    answers,
    rows: [] as unknown[],
    tell: (name: string, payload: unknown) => heard.get(name)?.forEach((cb) => cb({ payload })),
    commands: names((name) => async (...args: unknown[]) => {
      asked.push([name, ...args]);
      return answers.get(name)?.() ?? null;
    }),
    events: names((name) => ({
      listen: async (cb: (event: { payload: unknown }) => void) => {
        const all = heard.get(name) ?? new Set();
        heard.set(name, all.add(cb));
        return () => void all.delete(cb);
      },
    })),
  };
});

vi.mock("$bindings", () => ({ commands: bridge.commands, events: bridge.events }));
vi.mock("@tauri-apps/plugin-sql", () => ({
  default: {
    get: () => ({
      select: async (sql: string, args: unknown[]) => {
        bridge.asked.push(["select", sql, args]);
        if (bridge.rows.length === 0) throw "no such table: history_line";
        return bridge.rows;
      },
    }),
  },
}));

let tauri: Backend;
const settled = () => new Promise((resolve) => setTimeout(resolve));
const fail = (reason: unknown) => () => {
  throw reason;
};

beforeEach(async () => {
  ({ tauri } = await import("../src/lib/backend/tauri"));
  bridge.asked.length = 0;
  bridge.answers.clear();
  bridge.heard.clear();
  bridge.rows = [];
});

describe("events of the app", () => {
  test("become calls with what they carry, until nobody listens any more", async () => {
    const handler = vi.fn();
    const off = tauri.on("data", handler);
    await settled();
    bridge.tell("data_changed", { head: 7 });
    expect(handler).toHaveBeenCalledExactlyOnceWith({ head: 7 });
    off();
    await settled();
    bridge.tell("data_changed", { head: 8 });
    expect(handler).toHaveBeenCalledTimes(1);
  });

  test("each has its own name", async () => {
    const handler = vi.fn();
    for (const event of ["status", "devices", "pairing", "opened"] as const) tauri.on(event, handler);
    await settled();
    const names = ["status_changed", "devices_changed", "pairing", "item_opened"];
    names.forEach((name) => bridge.tell(name, name));
    expect(handler.mock.calls.map(([payload]) => payload as string)).toEqual(names);
  });

  test("nobody hears who left before the listening had begun", async () => {
    const handler = vi.fn();
    tauri.on("status", handler)();
    await settled();
    bridge.tell("status_changed", {});
    expect(handler).not.toHaveBeenCalled();
  });

  test("a link that opened the app is taken once when the page begins, and again at each event", async () => {
    const links = ["whph://pair?a", null, "whph://pair?b"];
    bridge.answers.set("opened_link", () => links.shift() ?? null);
    const handler = vi.fn();
    const off = tauri.on("link", handler);
    await settled();
    expect(handler.mock.calls).toEqual([[{ link: "whph://pair?a" }]]);
    // Somebody else was quicker.
    bridge.tell("link_opened", null);
    await settled();
    expect(handler).toHaveBeenCalledTimes(1);
    bridge.tell("link_opened", null);
    await settled();
    expect(handler).toHaveBeenLastCalledWith({ link: "whph://pair?b" });
    off();
    await settled();
    bridge.tell("link_opened", null);
    expect(bridge.asked.filter(([name]) => name === "opened_link")).toHaveLength(3);
  });

  test("the phone is asked anew when something of it changed; on a computer there is nothing to tell", async () => {
    const handler = vi.fn();
    tauri.on("phone", handler);
    await settled();
    bridge.tell("phone_changed", null);
    await settled();
    expect(handler).not.toHaveBeenCalled();
    const phone = { permissions: {}, wifiDirect: {} } as Phone;
    bridge.answers.set("phone", () => phone);
    bridge.tell("phone_changed", null);
    await settled();
    expect(handler).toHaveBeenCalledExactlyOnceWith(phone);
  });
});

describe("what is asked of the app", () => {
  afterEach(() => speak("en"));

  test("is asked with what it needs", async () => {
    await tauri.search("pass", 30);
    await tauri.setLanguage(null);
    await tauri.answerFirstMerge(3, true);
    await tauri.phoneSettings();
    expect(bridge.asked).toEqual([
      ["search", "pass", 30],
      ["set_language", null],
      ["answer_first_merge", 3, true],
      ["phone_settings"],
    ]);
  });

  test("is refused in the app's own words", async () => {
    bridge.answers.set("save", fail({ code: "rule", message: "title: is required" }));
    const refusal = await tauri.save([]).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(BackendError);
    expect(refusal).toMatchObject({ code: "rule", message: "title: is required" });
  });

  test("a bridge that fails is told in words, in the language that is spoken", async () => {
    bridge.answers.set("status", fail("the channel is closed"));
    await expect(tauri.status()).rejects.toMatchObject({
      code: "bridge",
      message: "The app did not answer: the channel is closed. Start it again.",
    });
    await speak("de");
    await expect(tauri.status()).rejects.toThrow(
      "Die App hat nicht geantwortet: the channel is closed. Starte sie neu.",
    );
  });

  test("the history is read by the page, and says why it could not be", async () => {
    bridge.rows = [{ number: 4, proved: 1 }];
    expect(await tauri.sessions({ search: " 50%_\\ ", before: null, limit: 5 })).toEqual([{ number: 4, proved: true }]);
    expect(bridge.asked[0]?.[2]).toEqual([Number.MAX_SAFE_INTEGER, "%50\\%\\_\\\\%", 5]);
    bridge.rows = [];
    await expect(tauri.history({ search: "", before: 9, limit: 5 })).rejects.toMatchObject({
      code: "history",
      message: "The history could not be read: no such table: history_line",
    });
  });
});

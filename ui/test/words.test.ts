import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "svelte/compiler";
import { afterEach, describe, expect, test, vi } from "vitest";
import { ago, dayName, duration, shift } from "../src/lib/logic/time";
import { counted } from "../src/lib/logic/history";
import { fieldName, kindHeading, PRIORITIES, shown } from "../src/lib/logic/fields";
import { de } from "../src/lib/words/de";
import { en } from "../src/lib/words/en";
import { language, locale, preferred, speak, t } from "../src/lib/words/index.svelte";

type Leaf = { path: string; en: string; de: string };

/** What a word is tried with: as if each thing were there so many times. */
const TRIALS = [0, 1, 2, 5];
const SAMPLES = [...TRIALS.map((n) => [n, n, n, n]), ["Pixel 8", "Laptop", "x", "y"]];

/** Every word of both languages, side by side; functions as they speak for a few arguments. */
function leaves(one: unknown, other: unknown, path = ""): Leaf[] {
  if (typeof one === "string") return [{ path, en: one, de: other as string }];
  if (typeof one === "function") {
    return SAMPLES.flatMap((args) => {
      const say = (words: unknown) => (words as (...args: unknown[]) => unknown)(...args);
      // One that takes a text cannot make anything of a number, and the other way round.
      try {
        const said = leaves(say(one), say(other), `${path}(${String(args[0])})`);
        return said.filter((leaf) => typeof args[0] === "number" || !leaf.en.includes("NaN"));
      } catch {
        return [];
      }
    });
  }
  return Object.entries(one as object).flatMap(([key, value]) =>
    leaves(value, (other as Record<string, unknown>)[key], path ? `${path}.${key}` : key),
  );
}

const all = leaves(en, de);

/** What is the same in both languages. */
const ALIKE = [
  /^common\.(day|ownDevice)/,
  /^fields\.(names\.(name|content|status)|choices\.type\.(text|json)|otherKind|within)/,
  /^devices\.(moved|leftOutOne)/,
  /^review\.about/,
  /^shell\.(themes\.system|languageOfSystem|keyNames\.(Alt|Esc))/,
  /^states\.problem/,
  /^pairing\.step\.0/,
  /^tasks\.(views\.matrix|help\.lines\.5|filter\.bar|row\.parts|said\.movedTo|panel\.status)/,
  /^habits\.(details|cell|name)/,
  /^notes\.(text|code|link)/,
];

describe("the catalogues", () => {
  test("say something everywhere, and never what only a program says", () => {
    expect(all.length).toBeGreaterThan(400);
    const odd = all.filter((leaf) =>
      [leaf.en, leaf.de].some((words) => !words.trim() || /undefined|NaN|\[object|#(?![\da-z])/.test(words)),
    );
    expect(odd).toEqual([]);
  });

  test("German is not English", () => {
    const same = all.filter((leaf) => leaf.en === leaf.de && !ALIKE.some((path) => path.test(leaf.path)));
    expect(same).toEqual([]);
  });

  test("what is heard of a button begins with what is read on it", () => {
    for (const { common, devices } of [en, de]) {
      expect(devices.syncWith("Pixel 8").startsWith(`${common.syncNow} `)).toBe(true);
      expect(devices.toSendTo(5, "Pixel 8").startsWith(`${common.toSend(5)} `)).toBe(true);
    }
    for (const { carried } of [en, de]) expect(carried.writeForDevice("Pixel 8")).toBe(`${carried.writeFor} Pixel 8…`);
  });

  test("numbers have the form that their language gives them", () => {
    expect(TRIALS.map(en.common.items)).toEqual(["0 items", "1 item", "2 items", "5 items"]);
    expect(TRIALS.map(de.common.items)).toEqual(["0 Einträge", "1 Eintrag", "2 Einträge", "5 Einträge"]);
    expect([en.common.changes(1204), de.common.changes(1204)]).toEqual(["1,204 changes", "1.204 Änderungen"]);
    expect(de.shell.swept("Pixel 8", 12, 1)).toBe("Pixel 8 hat 12 von 1 Eintrag gelöscht");
  });

  test("German addresses one person whom one knows, with its own quotes and dashes", () => {
    const formal = all.filter((leaf) => /\b(Ihnen|Ihre?[mnrs]?|Sie (können|haben|müssen))\b|"|“[^“„]*”/.test(leaf.de));
    expect(formal).toEqual([]);
  });
});

describe("a language", () => {
  afterEach(() => speak("en"));

  test("is the system's, unless it is chosen", async () => {
    expect([preferred(["fr", "de-AT"]), preferred(["fr"]), preferred(["EN-us"])]).toEqual(["de", "en", "en"]);
    vi.spyOn(navigator, "languages", "get").mockReturnValue(["fr", "de-AT", "en"]);
    await speak(null);
    expect([language(), locale(), document.documentElement.lang]).toEqual(["de", "de-AT", "de"]);
    await speak("en");
    expect([language(), locale(), document.documentElement.lang]).toEqual(["en", "en", "en"]);
  });

  test("says times, numbers, kinds and fields", async () => {
    await speak("de");
    const now = new Date(2026, 2, 11, 15, 30).getTime();
    expect(ago(now - 3 * 60_000, now)).toBe("vor 3 Min.");
    expect(ago(now - 1_000, now)).toBe("gerade eben");
    expect(ago(now - 20 * 86_400_000, now)).toMatch(/^19\. Feb/);
    expect(["2026-03-11", shift("2026-03-11", 1), "2026-03-14"].map((day) => dayName(day, "2026-03-11"))).toEqual([
      "Heute",
      "Morgen",
      "Samstag, 14. März",
    ]);
    expect(duration(180)).toBe("0,2 s");
    expect(counted({ new: 1200, changed: 0, deleted: 1, sent: 2 })).toBe("1.200 neu, 1 gelöscht, 2 gesendet");
    expect([kindHeading("habit"), fieldName("estimated_minutes"), kindHeading("time_record")]).toEqual([
      "Gewohnheiten",
      "Dauer",
      "time record",
    ]);
    const show = (field: string, value: string | string[]) => shown(field, value, () => null, String);
    expect([show("status", "todo"), show("priority", "urgent"), show("reminder_days", ["mon", "sun"])]).toEqual([
      "Offen",
      "Dringend, nicht wichtig",
      "Montag, Sonntag",
    ]);
    expect(show("deadline_reminder", "1_day_before")).toBe("1 Tag vorher");
    expect(PRIORITIES.map((one) => one.short)[1]).toBe("Wichtig");
    await speak("en");
    expect([t().common.done, PRIORITIES[1]?.short]).toEqual(["Done", "Important"]);
  });
});

const SOURCE = join(import.meta.dirname, "../src");
/** Screens whose words are looked after elsewhere. */
const OTHERS = /screens\/(tasks|notes|habits)\/|ui\/Tag(Chip|Picker)\.svelte$/;
/** A name, and a code with a blank. */
const NAMED = ["WHPH Sync", "· WHPH Sync", "put back"];
const READ = ["aria-label", "title", "placeholder", "label", "alt", "description", "hint", "action", "summary"];

/** What a person would read that does not come from a catalogue. */
function literals(file: string): string[] {
  const found: string[] = [];
  const says = (text: string) => /\p{L}{2}/u.test(text) && !NAMED.includes(text.trim());
  const walk = (node: unknown, read: boolean, attribute: string): void => {
    if (Array.isArray(node)) return node.forEach((one) => walk(one, read, attribute));
    if (typeof node !== "object" || node === null) return;
    const { type, name, data, value } = node as Record<string, unknown>;
    if (String(type).endsWith("Directive")) return;
    if (type === "Attribute") {
      const known = READ.includes(String(name));
      return walk(value, known, String(name));
    }
    if (type === "Text") {
      if ((read || attribute === "") && says(String(data))) found.push(String(data).trim());
      return;
    }
    // In an expression a word may be a code; several are a sentence.
    if (
      type === "Literal" &&
      typeof value === "string" &&
      attribute !== "class" &&
      /\p{L} \p{L}/u.test(value) &&
      says(value)
    )
      found.push(value);
    for (const [key, child] of Object.entries(node)) {
      if (key !== "parent" && key !== "name") walk(child, read, attribute);
    }
  };
  walk(parse(readFileSync(join(SOURCE, file), "utf8"), { modern: true }).fragment, false, "");
  return found.map((text) => `${file}: ${text}`);
}

test("no words stand in the markup", () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
  const own = files.filter((file) => file.endsWith(".svelte") && !OTHERS.test(file));
  expect(own.length).toBeGreaterThan(50);
  expect(own.flatMap(literals)).toEqual([]);
});

import { render, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import cases from "../../src-tauri/words/cases.json";
import pairs from "../../src-tauri/words/de.json";
import App from "../src/App.svelte";
import { FakeBackend } from "../src/lib/backend/fake";
import type { Screen } from "../src/lib/state/router.svelte";
import { failure } from "../src/screens/pairing/words";
import { deviceText, placeText, valueText } from "../src/lib/logic/values";
import { de } from "../src/lib/words/de";
import { said, speak } from "../src/lib/words/index.svelte";
import { sayBy } from "../src/lib/words/said";
import { button, expectAccessible, findButton, newUser } from "./open";

afterEach(() => speak("en"));

describe("what the app behind says", () => {
  const say = sayBy(cases.pairs);
  test.each(cases.cases)("%j is %j", (text, wanted) => {
    expect(say(text!)).toBe(wanted);
  });

  test("stays as it came while English is spoken, and follows the language", async () => {
    expect(said("Sync with Pixel 8 does not work.")).toBe("Sync with Pixel 8 does not work.");
    await speak("de");
    expect(said("Sync with Pixel 8 does not work.")).toBe("Der Abgleich mit Pixel 8 funktioniert nicht.");
  });

  test.each(cases.named as [string, string[], string][])(
    "leaves alone what people typed: %s",
    (text, names, wanted) => {
      expect(sayBy(pairs)(text, names)).toBe(wanted);
    },
  );

  test("is said by no pair otherwise than by its own", () => {
    const say = sayBy(pairs);
    const marks = ["Eins", "Zwei", "Drei", "Vier"];
    for (const [from, to] of pairs) {
      let at = 0;
      const text = from!.replaceAll("{}", () => marks[at++]!);
      expect([text, say(text)]).toEqual([text, to!.replace(/\{(\d)\}/g, (_, hole) => marks[Number(hole)]!)]);
    }
  });
});

describe("the German table", () => {
  test("puts in what there is, and says each text once", () => {
    expect(new Set(pairs.map(([from]) => from)).size).toBe(pairs.length);
    for (const [from, to] of pairs) {
      const holes = from!.split("{}").length - 1;
      for (const [, hole] of to!.matchAll(/\{(\d*)\}/g)) expect([from, Number(hole) < holes]).toEqual([from, true]);
      expect([from, /\{\}\{\}/.test(from!)]).toEqual([from, false]);
    }
  });

  test("addresses one person whom one knows, with German quotes", () => {
    const plain = pairs.filter(([from]) => !from!.includes('{"kind"'));
    const odd = plain.filter(([, to]) => /\b(Ihnen|Ihre[mnrs]?|Sie (können|haben|müssen))\b|"|“[^“„]*”/.test(to!));
    expect(odd).toEqual([]);
  });

  test("calls fields as the page does", async () => {
    await speak("de");
    expect(said("Estimate")).toBe(de.fields.names.estimated_minutes);
    expect(said("Repeats until")).toBe(de.fields.names.recurrence_end);
    expect(said("Urgent, not important")).toBe(de.fields.priorities.urgent.label);
  });
});

describe("values", () => {
  beforeEach(() => speak("de"));

  test("are said if they are words of the app, and left alone if people typed them", () => {
    expect(valueText("status", "In progress")).toBe("In Arbeit");
    expect(valueText("reminder_days", "Monday, Sunday")).toBe("Montag, Sonntag");
    expect(valueText("estimated_minutes", "1 h 30 min")).toBe("1 Std. 30 Min.");
    expect(valueText("planned", "Sat 2 May 2026, 11:00")).toBe("Sa, 2. Mai 2026, 11:00");
    expect([valueText("planned", "2021-05-02"), valueText("title", "2021-05-02")]).toEqual([
      "2. Mai 2021",
      "2021-05-02",
    ]);
    expect(valueText("title", "(empty)")).toBe("(leer)");
    for (const typed of ["Done", "Monday", "Try again.", "30 min"]) expect(valueText("title", typed)).toBe(typed);
  });

  test("so are places and devices", () => {
    expect([placeText("line 3"), placeText("on the train.md")]).toEqual(["Zeile 3", "on the train.md"]);
    expect([deviceText("Device k3f9q2ab"), deviceText("Device of Sam"), deviceText("Done")]).toEqual([
      "Gerät k3f9q2ab",
      "Device of Sam",
      "Done",
    ]);
    expect(deviceText("An unknown device")).toBe("Ein unbekanntes Gerät");
  });
});

/** The app in German, at one of its screens. */
async function german(at: Screen, fake = new FakeBackend()) {
  fake.world.options.language = "de";
  await new Promise((resolve) => setTimeout(resolve));
  location.hash = `#/${at}`;
  const user = newUser();
  render(App, { backend: fake });
  await screen.findByRole("link", { name: /^Geräte/ });
  return { fake, user };
}

/** English words that are no German ones. */
const ENGLISH =
  /\b(the|and|with|of|is|are|not|it|its|to|for|from|your|you|this|that|has|have|only|sync|device|devices|item|items|done|waiting|today|tomorrow)\b/i;

/** What a person would read or hear, where it is English and nobody typed it. */
function english(fake: FakeBackend): string[] {
  const { world } = fake;
  const letters = (text: string) => text.replace(/\\n|[^\p{L}]/gu, "");
  const typed = letters(
    JSON.stringify([[...world.entities.values()], world.history, world.peers, [...world.conflicts]]),
  );
  const labels = [...document.querySelectorAll("[aria-label], [title], [placeholder]")].flatMap((node) =>
    ["aria-label", "title", "placeholder"].map((name) => node.getAttribute(name) ?? ""),
  );
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts: string[] = [];
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement?.closest("style, script, .excerpt"))
      texts.push(walker.currentNode.textContent ?? "");
  }
  // What stands in quotes is somebody's, and so is what a label says of it.
  const own = (text: string) => text.replace(/„[^“]*“|WHPH Sync/g, "");
  const titles = [...world.entities.values()]
    .map(({ entity }) => entity.title ?? "")
    .filter((title) => title.length > 2);
  return [...texts, ...labels]
    .map((text) => titles.reduce((left, title) => left.replaceAll(title, ""), own(text)).trim())
    .filter((text) => ENGLISH.test(text) && !typed.includes(letters(text)));
}

describe("in German", () => {
  test("a refused command says why", async () => {
    const { fake, user } = await german("devices");
    fake.refuse("setReminders", "storage", "The disk is full, so nothing more can be saved; make room and try again.");
    await user.click(await screen.findByRole("switch", { name: /^Erinnerungen als/ }));
    expect(await screen.findByText(/^Der Speicher ist voll, darum lässt sich nichts mehr sichern;/)).toBeTruthy();
  });

  test("the status line says how things stand, why, and what to do", async () => {
    const { user } = await german("tasks");
    await user.click(await findButton(/3 Einträge zu klären\.$/));
    expect(await screen.findByText("Dasselbe wurde auf zwei Geräten gleichzeitig geändert.")).toBeTruthy();
    expect(screen.getByText("Geh zum Klären und wähle, was gelten soll.")).toBeTruthy();
    await expectAccessible();
    await speak("en");
    expect(await screen.findByText("Open the review and choose what to keep.")).toBeTruthy();
  });

  test("a device that is called like words of the app keeps its name", async () => {
    const fake = new FakeBackend();
    fake.world.conflicts.clear();
    for (const [i, name] of ["Done", "Sam and Max"].entries()) fake.world.peers[i]!.name = name;
    await german("tasks", fake);
    expect(await findButton("Stand des Abgleichs: Wartet auf Sam and Max.")).toBeTruthy();
  });

  test("a device that is off says so, in its row, its queue and when it is asked", async () => {
    const { user } = await german("devices");
    expect((await screen.findAllByText(/^Unter keiner seiner Adressen kam eine Antwort:/)).length).toBe(1);
    await user.click(button("Jetzt abgleichen mit Desk computer"));
    expect(await screen.findByText(/^Unter keiner seiner/, { selector: ".toast *" })).toBeTruthy();
    await user.click(button(/zu senden an Desk computer: ansehen$/));
    expect(await screen.findByText("Wähle „Jetzt abgleichen“, um es noch einmal zu versuchen.")).toBeTruthy();
  });

  test("what an import could not take is told by lines", async () => {
    const { user } = await german("devices");
    await user.click(await findButton("Datei importieren…"));
    expect((await screen.findByText("Zeile 3")).closest("li")?.textContent).toBe("Zeile 3: title: muss angegeben sein");
    await user.click(button("Aus WHPH importieren…"));
    expect(await screen.findByText("Ausgelassen: 12 in WHPH gelöscht, 1.480 Zeiten für Aufgaben.")).toBeTruthy();
  });

  test("wrong words of a recovery key are told, and what is played here is what the app behind says", async () => {
    const { fake, user } = await german("devices");
    fake.carried.newKey();
    fake.carried.useKey();
    fake.carried.back();
    await user.click(await findButton("Sicherung einspielen…"));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByRole("textbox"), "zwei Wörter");
    await user.click(dialog.getByRole("button", { name: "Erst ansehen" }));
    expect((await dialog.findByRole("alert")).textContent).toMatch(/^Ein Wiederherstellungsschlüssel hat 24 Wörter/);
  });

  test("what waits for a device names a tick by its habit and its day", async () => {
    const { user } = await german("devices");
    await user.click(await findButton(/zu senden an Desk computer: ansehen$/));
    expect(await screen.findByText(/^Morning run, \d+\. \p{L}+/u)).toBeTruthy();
  });

  test("keys are called as they are printed", async () => {
    const { user } = await german("notes");
    await user.click((await screen.findAllByText("Packing list"))[0]!);
    expect((await findButton("Vorschau")).title).toBe("Vorschau (Strg+Umschalt+V)");
    expect((await findButton("Überschrift")).title).toBe("Überschrift (Strg+Umschalt+H)");
  });

  test("a review names fields and choices, and leaves alone what people typed", async () => {
    const { fake, user } = await german("review");
    const about = [...fake.world.conflicts].find(([, all]) =>
      all.some((one) => one.type === "field" && one.field === "priority"),
    );
    location.hash = `#/review/${about?.[0].replace(" ", ":")}`;
    const dialog = within(await screen.findByRole("dialog"));
    expect(await dialog.findByText("Titel: Was soll gelten?")).toBeTruthy();
    expect(english(fake)).toEqual([]);
    await user.click(dialog.getByRole("button", { name: "Später" }));
    expect(await dialog.findByText("Priorität: Was soll gelten?")).toBeTruthy();
    expect(dialog.getAllByText("Dringend, nicht wichtig").length).toBeGreaterThan(0);
    await user.click(dialog.getAllByRole("button", { name: /^Diese nehmen/ })[0]!);
    expect(await screen.findByText("Entschieden: Priorität")).toBeTruthy();
    await waitFor(() => expect(screen.getAllByText(/^Priorität · /)).toBeTruthy());
  });

  test.each(["tasks", "habits", "notes", "review", "history", "devices"] as const)(
    "no English is left at %s",
    async (at) => {
      const { fake } = await german(at);
      await screen.findByRole("heading", { level: 1 });
      await waitFor(() => expect(document.querySelectorAll("main *").length).toBeGreaterThan(20));
      expect(english(fake)).toEqual([]);
    },
  );

  test("a planner that does not open says why", async () => {
    const fake = new FakeBackend();
    const message = "This device is set up already. Start the app again.";
    fake.first = { type: "failed", error: { code: "already-set-up", message } };
    // Its choice is in what does not open: the system's is spoken.
    vi.spyOn(navigator, "languages", "get").mockReturnValue(["de-AT"]);
    location.hash = "";
    render(App, { backend: fake });
    expect(await screen.findByText("Dieses Gerät ist schon eingerichtet. Starte die App neu.")).toBeTruthy();
  });

  test("a pairing that comes to nothing says more where the app knows more", async () => {
    await speak("de");
    const why =
      "The new device could not be stored: the disk is full, so nothing more can be saved; make room and try again.";
    expect(failure("storage", why).detail).toMatch(/^Das neue Gerät ließ sich nicht speichern: der Speicher ist voll/);
    expect(failure("unheard-of", "The pairing was rejected; nothing was stored.").text).toMatch(/^Das Koppeln wurde/);
  });
});

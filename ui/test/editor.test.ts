import { fireEvent, screen, waitFor, within } from "@testing-library/svelte";
import { afterEach, describe, expect, test } from "vitest";
import type { FakeBackend } from "../src/lib/backend/fake";
import { backlinks, byTitle, excerpt, findNotes, relinked, suggested, wordCount } from "../src/lib/logic/notes";
import { speak } from "../src/lib/words/index.svelte";
import { HEADING as HABIT_HEADING, KEYS as HABIT_KEYS } from "../src/screens/habits/keys";
import { HEADING as NOTE_HEADING, KEYS as NOTE_KEYS } from "../src/screens/notes/keys";
import type { Entity } from "$bindings";
import { button, expectAccessible, findButton, open } from "./open";

const note = (fake: FakeBackend, title: string) => fake.world.living("note").find((one) => one.title === title)!;
const text = (fake: FakeBackend, title: string) => note(fake, title).fields.content;

/** A note that is open, with a text of its own, and the caret at its end. */
async function written(content: string, title = "Landlord") {
  const opened = await open("notes");
  const { fake, user } = opened;
  fake.world.apply({ type: "set", kind: "note", id: note(fake, title).id, fields: { content } });
  fake.world.tell("data", { head: fake.world.head });
  await user.click(button(new RegExp(`^${title}`)));
  const area = await screen.findByRole<HTMLTextAreaElement>("textbox", { name: "Text, in Markdown" });
  await waitFor(() => expect(area.value).toBe(content));
  area.focus();
  area.setSelectionRange(content.length, content.length);
  return { ...opened, area };
}

describe("writing", () => {
  test("buttons and keys put marks around what is selected, and it is saved", async () => {
    const { fake, user, area } = await written("one two");
    area.setSelectionRange(4, 7);
    await user.click(button("Bold"));
    expect(area.value).toBe("one **two**");
    await user.keyboard("{Control>}i{/Control}");
    expect(area.value).toBe("one ***two***");
    await user.keyboard("{Control>}{Shift>}8{/Shift}{/Control}");
    expect(area.value).toBe("- one ***two***");
    expect(document.activeElement).toBe(area);
    await waitFor(() => expect(text(fake, "Landlord")).toBe("- one ***two***"), { timeout: 2_000 });
    await user.keyboard("{Control>}z{/Control}{Control>}z{/Control}{Control>}z{/Control}");
    expect(area.value).toBe("one two");
  });

  test("Enter goes on with a list, and ends it", async () => {
    const { user, area } = await written("- [x] milk");
    await user.keyboard("{Enter}bread{Enter}{Enter}done");
    expect(area.value).toBe("- [x] milk\n- [ ] bread\ndone");
  });

  test("Tab moves an item in and out; after Esc, and outside of lists, it leaves the field", async () => {
    const { user, area } = await written("- a");
    await user.tab();
    expect(area.value).toBe("  - a");
    await user.tab({ shift: true });
    expect(area.value).toBe("- a");
    await user.keyboard("{Escape}");
    await user.tab();
    expect(document.activeElement).not.toBe(area);
    expect(area.value).toBe("- a");
    area.focus();
    await user.clear(area);
    await user.type(area, "plain");
    await user.tab();
    expect(document.activeElement).not.toBe(area);
  });

  test("Enter in the title goes on to the text; words are counted", async () => {
    const { user, area } = await written("one two");
    await user.type(screen.getByRole("textbox", { name: "Title" }), "{Enter}");
    expect(document.activeElement).toBe(area);
    await user.keyboard(" three");
    expect(await screen.findByText(/^3 words/)).toBeTruthy();
  });

  test("the foot says who changed it, where that was another device", async () => {
    const { fake } = await written("one");
    const { id } = note(fake, "Landlord");
    fake.arrive({ type: "set", kind: "note", id, fields: { content: "two" } });
    expect(await screen.findByText(/by Pixel 8/, { selector: ".foot p" })).toBeTruthy();
  });
});

describe("links between notes", () => {
  const list = () => screen.queryByRole("listbox", { name: "Notes to link to" });

  test("are completed while they are typed", async () => {
    const { user, area } = await written("See ");
    await user.keyboard("[[[[o");
    const options = within(list()!).getAllByRole("option");
    // Those that begin so are first, and nothing links to itself.
    expect(options.map((one) => one.textContent?.trim())).toEqual([
      "Books to read",
      "Ideas for the talk",
      "Sourdough",
      "Create “o”",
    ]);
    expect(area.getAttribute("aria-activedescendant")).toBe(options[0]!.id);
    await expectAccessible();
    await user.keyboard("{ArrowUp}{ArrowUp}");
    expect(area.getAttribute("aria-activedescendant")).toBe(options[2]!.id);
    await user.keyboard("{Enter}");
    expect(area.value).toBe("See [[Sourdough]]");
    expect(list()).toBeNull();
    await user.keyboard(" and [[[[pack");
    await user.click(within(list()!).getByRole("option", { name: "Packing list" }));
    expect(area.value).toBe("See [[Sourdough]] and [[Packing list]]");
  });

  test("Esc sends the help away, and leaves the note open", async () => {
    const { user, area } = await written("");
    await user.keyboard("[[[[s{Escape}");
    expect(list()).toBeNull();
    await user.keyboard("o");
    expect(list()).toBeNull();
    expect(area.value).toBe("[[so");
  });

  test("one that is missing is made on the way", async () => {
    const { fake, user, area } = await written("");
    await user.keyboard("[[[[Rye bread{Enter}");
    expect(area.value).toBe("[[Rye bread]]");
    await waitFor(() => expect(note(fake, "Rye bread")).toBeTruthy());
    expect(document.activeElement).toBe(area);
  });

  test("Ctrl+Enter opens the one at the cursor, which says what links to it", async () => {
    const { user } = await written("Look at [[sourdough]]");
    await user.keyboard("{Control>}{Enter}{/Control}");
    await waitFor(() =>
      expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Title" }).value).toBe("Sourdough"),
    );
    await user.click(await screen.findByText("Linked from 1 note"));
    await user.click(
      within(screen.getByRole("list", { name: "Linked from" })).getByRole("button", { name: "Landlord" }),
    );
    await waitFor(() =>
      expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Title" }).value).toBe("Landlord"),
    );
  });

  test("are offered to follow a note that is renamed, all at once and back", async () => {
    const { fake, user } = await written("See [[Sourdough]] and [[sourdough|bread]].");
    await user.click(button(/^Sourdough/));
    const title = await screen.findByRole("textbox", { name: "Title" });
    await user.clear(title);
    await user.type(title, "Rye{Enter}");
    expect(await screen.findByText("1 note still links to “Sourdough”.")).toBeTruthy();
    await expectAccessible();
    await user.click(button("Update links"));
    await waitFor(() => expect(text(fake, "Landlord")).toBe("See [[Rye]] and [[Rye|bread]]."));
    expect(await screen.findByText("Linked from 1 note")).toBeTruthy();
    await user.click(await findButton("Undo"));
    await waitFor(() => expect(text(fake, "Landlord")).toBe("See [[Sourdough]] and [[sourdough|bread]]."));
  });

  test("are offered to follow also when another note is opened at once", async () => {
    const { fake, user } = await written("See [[Sourdough]].");
    await user.click(button(/^Sourdough/));
    const title = await screen.findByRole("textbox", { name: "Title" });
    await user.clear(title);
    await user.type(title, "Rye");
    await user.click(screen.getAllByRole("button", { name: /^Landlord/ })[0]!);
    expect(await screen.findByText("1 note still links to “Sourdough”.")).toBeTruthy();
    await user.click(button("Update links"));
    await waitFor(() => expect(text(fake, "Landlord")).toBe("See [[Rye]]."));
  });
});

describe("the preview", () => {
  async function previewed(content: string) {
    const opened = await written(content);
    await opened.user.click(button("Preview"));
    const page = within(await screen.findByRole("region", { name: "Preview" }));
    return { ...opened, page };
  }

  test("ticks the line of a box, which Ctrl+Z takes back", async () => {
    const { fake, user, area, page } = await previewed("Buy\n\n- [ ] bread\n- [ ] milk");
    await user.click(await page.findByRole("checkbox", { name: "Done: milk" }));
    await waitFor(() => expect(text(fake, "Landlord")).toBe("Buy\n\n- [ ] bread\n- [x] milk"), { timeout: 2_000 });
    await waitFor(() =>
      expect(page.getByRole<HTMLInputElement>("checkbox", { name: "Done: milk" }).checked).toBe(true),
    );
    expect(document.activeElement).toBe(page.getByRole("checkbox", { name: "Done: milk" }));
    await expectAccessible();
    area.focus();
    await user.keyboard("{Control>}z{/Control}");
    expect(area.value).toBe("Buy\n\n- [ ] bread\n- [ ] milk");
  });

  test("opens notes, offers to write those that are missing, and copies other links", async () => {
    const { fake, user, page } = await previewed("[[Sourdough]] [[Rye]] [docs](https://e.org/x)");
    await user.click(await page.findByRole("button", { name: "docs" }));
    expect(await navigator.clipboard.readText()).toBe("https://e.org/x");
    expect(await screen.findByText("Copied https://e.org/x")).toBeTruthy();
    await user.click(page.getByRole("button", { name: /^Rye/ }));
    await waitFor(() => expect(note(fake, "Rye")).toBeTruthy());
    expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Title" }).value).toBe("Rye");
    await user.click(button(/^Landlord .*Rye/));
    await user.click(await screen.findByRole("link", { name: "Sourdough" }));
    await waitFor(() =>
      expect(screen.getByRole<HTMLInputElement>("textbox", { name: "Title" }).value).toBe("Sourdough"),
    );
  });

  test("knows a note as soon as it is there", async () => {
    const { fake, page } = await previewed("[[Rye]]");
    await page.findByRole("button", { name: /^Rye/ });
    fake.arrive({ type: "create", kind: "note", fields: { title: "rye" } });
    expect(await page.findByRole("link", { name: "Rye" })).toBeTruthy();
  });

  test("is shown and hidden by a key, and remembered", async () => {
    const { user } = await previewed("one");
    await user.click(button(/^Sourdough/));
    expect(await screen.findByRole("region", { name: "Preview" })).toBeTruthy();
    await fireEvent.keyDown(document.body, { code: "KeyV", ctrlKey: true, shiftKey: true });
    expect(screen.queryByRole("region", { name: "Preview" })).toBeNull();
  });
});

describe("the list", () => {
  const titles = () => [...document.querySelectorAll("[data-note] .title")].map((one) => one.textContent);
  const sort = async (user: Awaited<ReturnType<typeof open>>["user"], by: string) => {
    await user.click(button("Sort, and tags"));
    await user.click(await findButton(by));
  };

  test("finds by tags, and by tags alone", async () => {
    const { user } = await open("notes");
    const field = screen.getByRole("searchbox", { name: "Search notes" });
    await user.type(field, "errands");
    await waitFor(() => expect(titles()).toEqual(["Packing list"]));
    await user.clear(field);
    await user.type(field, "#work talk");
    await waitFor(() => expect(titles()).toEqual(["Ideas for the talk"]));
  });

  test("is sorted as one likes; in the own order Alt and an arrow move a note", async () => {
    const { fake, user } = await open("notes");
    await sort(user, "Title");
    await waitFor(() => expect(titles().slice(0, 2)).toEqual(["Books to read", "Gifts"]));
    await sort(user, "Own order");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const [first, second] = titles();
    document.querySelector<HTMLElement>("[data-note]")!.focus();
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    await waitFor(() => expect(titles().slice(0, 2)).toEqual([second, first]));
    expect(document.activeElement?.textContent).toContain(first);
    await user.keyboard("n");
    await screen.findByRole("textbox", { name: "Title" });
    expect(titles()[0]).toBe("New note");
    expect(note(fake, "New note").fields.order).toBeLessThan(0);
  });
});

describe("tags", () => {
  async function dialog() {
    const opened = await open("notes");
    await opened.user.click(button("Sort, and tags"));
    await opened.user.click(await findButton("Tags…"));
    const tags = within(await screen.findByRole("dialog", { name: "Tags" }));
    const choose = async (tag: string, what: string) => {
      await opened.user.click(tags.getByRole("button", { name: `More about ${tag}` }));
      await opened.user.click(
        within(await screen.findByRole("dialog", { name: `More about ${tag}` })).getByRole("button", { name: what }),
      );
    };
    const tag = (name: string) => opened.fake.world.living("tag").find((one) => one.title === name);
    return { ...opened, tags, choose, tag };
  }

  test("are renamed, but not to a name that another one has", async () => {
    const { user, tags, choose, tag } = await dialog();
    expect(tags.getByText("on 5 items", { selector: "li:first-child *" })).toBeTruthy();
    await expectAccessible();
    await choose("work", "Rename");
    const field = await tags.findByRole("textbox", { name: "Name of work" });
    await user.clear(field);
    await user.type(field, "Home{Enter}");
    expect((await tags.findByRole("alert")).textContent).toBe("There is a tag “home” already.");
    await user.clear(field);
    await user.type(field, "office{Enter}");
    await waitFor(() => expect(tag("office")).toBeTruthy());
  });

  test("have a colour, are archived and brought back, and come back after a delete", async () => {
    const { user, tags, choose, tag } = await dialog();
    await fireEvent.change(tags.getByLabelText("Colour of work"), { target: { value: "#123456" } });
    await waitFor(() => expect(tag("work")?.fields.colour).toBe("#123456"));
    await choose("work", "Archive");
    expect(await tags.findByText(/^Archived:/)).toBeTruthy();
    await choose("work", "Bring back");
    await waitFor(() => expect(tag("work")?.fields.archived).toBe(false));
    await choose("work", "Delete");
    await waitFor(() => expect(tag("work")).toBeUndefined());
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(tag("work")).toBeTruthy());
  });
});

describe("in German", () => {
  afterEach(() => speak("en"));

  test("everything of notes and habits has its word", async () => {
    const { user } = await open("notes");
    await speak("de");
    const words = [...NOTE_KEYS, ...HABIT_KEYS].map(({ says }) => says());
    expect(words).toContain("Fett");
    expect(words.every(Boolean)).toBe(true);
    expect([NOTE_HEADING(), HABIT_HEADING()]).toEqual(["In einer Notiz", "In der Tabelle der Gewohnheiten"]);
    expect(await screen.findByRole("heading", { level: 1, name: "Notizen" })).toBeTruthy();
    await user.click(button(/^Landlord/));
    expect(await screen.findByRole("textbox", { name: "Text, in Markdown" })).toBeTruthy();
    expect(screen.getByRole("toolbar", { name: "Formatierung" })).toBeTruthy();
  });
});

describe("what is known of notes", () => {
  const made = (id: string, title: string, content: string): Entity => ({
    kind: "note",
    id,
    title,
    fields: { title, content },
    deleted: false,
    modified: Number(id),
    modified_by: null,
    reviews: 0,
    here: false,
  });
  const notes = [made("1", "Rye", "[[Oats]]"), made("2", "Oats", "to [[ rye ]] and `[[x]]`"), made("3", "Rye", "")];

  test("who links to whom, however it is spelt", () => {
    expect(backlinks(notes, "RYE", "1").map((one) => one.id)).toEqual(["2"]);
    expect(backlinks(notes, "oats", "2").map((one) => one.id)).toEqual(["1"]);
    expect(byTitle(notes)).toEqual(
      new Map([
        ["rye", "1"],
        ["oats", "2"],
      ]),
    );
  });

  test("links lead on to another title, and keep their words", () => {
    expect(relinked("[[Rye]] [[ rye|bread]] [[Ryes]]", "rye", "Spelt")).toBe("[[Spelt]] [[Spelt|bread]] [[Ryes]]");
  });

  test("words are counted in any script, and marks are none", () => {
    expect(wordCount("# One – *two*, isn't 3\n- [ ] Привет")).toBe(5);
    expect(wordCount("")).toBe(0);
  });

  test("an excerpt shows the words of links", () => {
    expect(excerpt("- [x] see [[Rye|the bread]], [[Oats]] and [more](https://e.org)")).toBe(
      "see the bread, Oats and more",
    );
  });

  test("ten thousand are looked through in a moment", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => made(String(i), `Note ${i}`, `some [[Note ${i + 1}]] text`));
    byTitle(many);
    const begun = performance.now();
    expect(findNotes(many, "", "title")).toHaveLength(10_000);
    expect(backlinks(many, "note 7", "7").map((one) => one.id)).toEqual(["6"]);
    expect(suggested(many, "note 99", "0", 6)).toHaveLength(6);
    byTitle(many);
    expect(performance.now() - begun).toBeLessThan(800);
  });
});

import { describe, expect, test } from "vitest";
import { applied, changes } from "../src/lib/logic/caret";
import { code, enter, indent, link, noteLink, prefix, tick, wrap } from "../src/lib/logic/markdown";
import type { Edit, Field } from "../src/lib/logic/markdown";
import { Undo } from "../src/lib/logic/typing";
import { seeded } from "./seeded";

/** `‹` and `›` hold what is selected, `|` is the caret. */
function field(marked: string): Field {
  const text = marked.replace(/[‹›|]/g, "");
  const caret = marked.indexOf("|");
  if (caret >= 0) return { text, start: caret, end: caret };
  return { text, start: marked.indexOf("‹"), end: marked.indexOf("›") - 1 };
}

function shown(text: string, edit: Edit | null): string | null {
  if (!edit) return null;
  const result = applied(text, [edit]);
  const { start, end } = edit.range;
  if (start === end) return `${result.slice(0, start)}|${result.slice(start)}`;
  return `${result.slice(0, start)}‹${result.slice(start, end)}›${result.slice(end)}`;
}

const by = (command: (field: Field) => Edit | null) => (marked: string) =>
  shown(field(marked).text, command(field(marked)));

describe("marks", () => {
  const bold = by((one) => wrap(one, "**"));
  const italic = by((one) => wrap(one, "*"));
  test.each([
    ["a ‹b› c", "a **‹b›** c"],
    ["a **‹b›** c", "a ‹b› c"],
    ["a ‹**b**› c", "a ‹b› c"],
    ["|", "**|**"],
    ["**|**", "|"],
  ])("bold: %s", (from, to) => expect(bold(from)).toBe(to));
  test.each([
    ["‹b›", "*‹b›*"],
    ["*‹b›*", "‹b›"],
    ["**‹b›**", "***‹b›***"],
    ["***‹b›***", "**‹b›**"],
  ])("italic: %s", (from, to) => expect(italic(from)).toBe(to));
  test.each([
    ["a ‹b› c", "a `‹b›` c"],
    ["x\n‹a\nb›\ny", "x\n```\n‹a\nb›\n```\ny"],
  ])("code: %s", (from, to) => expect(by(code)(from)).toBe(to));
  test.each([
    ["‹words›", "[words](‹https://›)"],
    ["‹https://e.org/x›", "[|](https://e.org/x)"],
    ["|", "[|](https://)"],
  ])("link: %s", (from, to) => expect(by(link)(from)).toBe(to));
  test.each([
    ["‹Sour[dough›", "[[Sour dough]]|"],
    ["see |", "see [[|"],
  ])("link to a note: %s", (from, to) => expect(by(noteLink)(from)).toBe(to));
});

describe("lines", () => {
  test.each([
    ["heading", "Ti|tle", "# Ti|tle"],
    ["heading", "# Ti|tle", "## Ti|tle"],
    ["heading", "### Ti|tle", "Ti|tle"],
    ["list", "a|", "- a|"],
    ["list", "- a|", "a|"],
    ["list", "- [x] a|", "- a|"],
    ["list", "‹a\n\nb›", "‹- a\n\n- b›"],
    ["list", "‹- a\nb›", "‹- a\n- b›"],
    ["tasks", "  1. a|", "  - [ ] a|"],
    ["tasks", "- [x] a|", "a|"],
    ["quote", "‹a\nb›", "‹> a\n> b›"],
    ["quote", "> |a", "|a"],
    ["quote", "|", "> |"],
  ] as const)("%s: %s", (kind, from, to) => expect(by((one) => prefix(one, kind))(from)).toBe(to));
});

describe("Enter", () => {
  test.each([
    ["- a|", "- a\n- |"],
    ["  * a|b", "  * a\n  * |b"],
    ["9. a|", "9. a\n10. |"],
    ["1) a|", "1) a\n2) |"],
    ["- [x] done|", "- [x] done\n- [ ] |"],
    ["> said|", "> said\n> |"],
    ["> - a|", "> - a\n> - |"],
    ["- a\n- |", "- a\n|"],
    ["- [ ] |", "|"],
    ["> |", "|"],
    ["- ‹a›b", "- \n- |b"],
    ["|- a", null],
    ["plain|", null],
    ["-no list|", null],
    ["|", null],
  ])("%s", (from, to) => expect(by(enter)(from)).toBe(to));
});

describe("Tab", () => {
  const [into, out] = [by((one) => indent(one, false)), by((one) => indent(one, true))];
  test.each([
    ["- a|", "  - a|"],
    ["1. a|", "   1. a|"],
    ["‹- a\n- b›", "  ‹- a\n  - b›"],
    ["plain|", null],
  ])("moves in: %s", (from, to) => expect(into(from)).toBe(to));
  test.each([
    ["  - a|", "- a|"],
    ["- a|", "- a|"],
    ["   1. |a", "1. |a"],
    ["\t- a|", "- a|"],
    ["plain|", null],
  ])("moves out: %s", (from, to) => expect(out(from)).toBe(to));
  test("in and out again leaves everything as it was", () => {
    for (const from of ["- a|", "‹- a\n  - b\n- c›", "12. a|"]) expect(out(into(from)!)).toBe(from);
  });
});

describe("a box", () => {
  const ticked = (text: string, line: number) => {
    const change = tick(text, line);
    return change && applied(text, [change]);
  };
  test.each([
    ["- [ ] a\n- [ ] b", 1, "- [ ] a\n- [x] b"],
    ["1. [X] a", 0, "1. [ ] a"],
    ["> - [ ] a", 0, "> - [x] a"],
    ["- - [ ] a", 0, "- - [x] a"],
    ["- a [ ]", 0, null],
    ["- [ ] a", 3, null],
  ])("%s, line %i", (text, line, wanted) => expect(ticked(text, line)).toBe(wanted));
});

describe("taking back what was typed", () => {
  /** Types letter by letter, as a field tells it. */
  function typed(undo: Undo, text: string, letters: string, at = text.length, now = 0): string {
    for (const [i, letter] of [...letters].entries()) {
      const next = text.slice(0, at + i) + letter + text.slice(at + i);
      undo.record(text, next, now);
      text = next;
    }
    return text;
  }
  const back = (undo: Undo, text: string) => {
    const change = undo.undo();
    return change ? applied(text, [change]) : text;
  };
  const again = (undo: Undo, text: string) => {
    const change = undo.redo();
    return change ? applied(text, [change]) : text;
  };

  test("goes word by word, and forth again", () => {
    const undo = new Undo();
    let text = typed(undo, "", "one two");
    expect((text = back(undo, text))).toBe("one ");
    expect((text = back(undo, text))).toBe("");
    expect(back(undo, text)).toBe("");
    expect((text = again(undo, text))).toBe("one ");
    expect((text = again(undo, text))).toBe("one two");
    text = back(undo, text);
    text = typed(undo, text, "3");
    expect(again(undo, text)).toBe("one 3");
  });

  test("leaves alone what arrived meanwhile", () => {
    const undo = new Undo();
    const text = typed(undo, "middle", " typed");
    const arrived = `above\n${text}\nbelow`;
    undo.arrived(changes(text, arrived));
    expect(back(undo, arrived)).toBe("above\nmiddle \nbelow");
    expect(back(undo, "above\nmiddle \nbelow")).toBe("above\nmiddle\nbelow");
    expect(again(undo, "above\nmiddle\nbelow")).toBe("above\nmiddle \nbelow");
  });

  test("stops where another device changed what was typed", () => {
    const undo = new Undo();
    const text = typed(undo, "", "word");
    undo.arrived(changes(text, "world"));
    expect(undo.undo()).toBeNull();
  });

  test("after any typing here and changes there, what is left is what came from there", () => {
    const random = seeded(23);
    for (let round = 0; round < 300; round++) {
      // Here somebody types in the lines of small letters, there in those of large ones.
      let [text, theirs] = ["aaaa\nBBBB\ncccc\nDDDD", "aaaa\nBBBB\ncccc\nDDDD"];
      const undo = new Undo();
      for (let i = 0; i < 12; i++) {
        const lines = text.split("\n");
        const line = random(4);
        const edit = (one: string, letter: string) => {
          const at = 1 + random(Math.max(1, one.length - 2));
          return one.slice(0, at) + (random(3) === 0 ? "" : letter) + one.slice(at + random(2));
        };
        const next = [...lines];
        next[line] = edit(lines[line] ?? "", line % 2 === 0 ? "x" : "Y");
        const to = next.join("\n");
        if (to === text) continue;
        if (line % 2 === 0) undo.record(text, to, i * 5_000);
        else {
          undo.arrived(changes(text, to));
          const shown = theirs.split("\n");
          shown[line] = next[line] ?? "";
          theirs = shown.join("\n");
        }
        text = to;
      }
      for (let change = undo.undo(); change; change = undo.undo()) text = applied(text, [change]);
      expect(text).toBe(theirs);
    }
  });
});

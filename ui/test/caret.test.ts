import { describe, expect, test } from "vitest";
import { applied, arrivals, changes, inverse, moved, movedRange } from "../src/lib/logic/caret";
import { merge } from "../src/lib/logic/merge";
import { seeded } from "./seeded";

const go = (from: string, place: number, to: string) => moved(place, changes(from, to));
/** `|` is the caret. */
const caret = (from: string, to: string) => {
  const place = from.indexOf("|");
  const at = go(from.replace("|", ""), place, to);
  return `${to.slice(0, at)}|${to.slice(at)}`;
};
/** `[` and `]` hold what is selected. */
const selection = (from: string, to: string) => {
  const range = { start: from.indexOf("["), end: from.indexOf("]") - 1 };
  const { start, end } = movedRange(range, changes(from.replace(/[[\]]/g, ""), to));
  return `${to.slice(0, start)}[${to.slice(start, end)}]${to.slice(end)}`;
};

describe("a caret while a text changes elsewhere", () => {
  test.each([
    ["before it", "one\ntw|o", "zero\none\ntwo", "zero\none\ntw|o"],
    ["after it", "on|e\ntwo", "one\ntwo\nthree", "on|e\ntwo\nthree"],
    ["on both sides", "one\ntw|o\nthree", "1\ntwo\n3", "1\ntw|o\n3"],
    ["before it in its own line", "see the ol|d house", "look at the old house", "look at the ol|d house"],
    ["after it in its own line", "see the ol|d house", "see the old garden", "see the ol|d garden"],
    ["at the end, where both write on", "one|", "one\ntwo", "one|\ntwo"],
    ["in a new paragraph above an empty line", "one\n|\ntwo", "one\nnew\n\ntwo", "one\nnew\n|\ntwo"],
    ["by removing what was before", "one\ntwo\nth|ree", "three", "th|ree"],
    ["by removing all around it", "one\ntw|o\nthree", "one\nthree", "one\n|three"],
    ["into nothing", "so|me", "", "|"],
    ["from nothing", "|", "some", "|some"],
    ["beside a letter of two places", "🙂|a", "🙃🙂a", "🙃🙂|a"],
  ])("%s", (_, from, to, wanted) => expect(caret(from, to)).toBe(wanted));

  test.each([
    ["keeps what it holds", "a [b c] d", "x\na b c d\ny", "x\na [b c] d\ny"],
    ["takes nothing in at its beginning", "[two]", "one two", "one [two]"],
    ["takes nothing in at its end", "[one]", "one two", "[one] two"],
    ["grows with what came into it", "[one three]", "one two three", "[one two three]"],
    ["shrinks to a caret where all of it is gone", "a\n[b\n]c", "a\nc", "a\n[]c"],
  ])("a selection %s", (_, from, to, wanted) => expect(selection(from, to)).toBe(wanted));

  // Letters that occur once: there is only one way to compare.
  const letters = (from: number, n: number) => Array.from({ length: n }, (_, i) => String.fromCodePoint(from + i));
  test("stays between the same two letters, wherever the changes are", () => {
    const random = seeded(7);
    for (let round = 0; round < 400; round++) {
      const text = letters(0x4e00, 1 + random(60)).map((letter) => (random(9) === 0 ? `${letter}\n` : letter));
      let next = 0x1f300;
      const edited = text.flatMap((piece) => {
        const chance = random(8);
        if (chance === 0) return [];
        if (chance === 1) return [...letters((next += 8), random(4)), piece];
        return [piece];
      });
      const [from, to] = [text.join(""), edited.join("")];
      const made = changes(from, to);
      expect(applied(from, made)).toBe(to);
      expect(applied(to, inverse(from, made))).toBe(from);
      for (let place = 1; place < from.length; place++) {
        const around = from.slice(place - 1, place + 1);
        if (around.includes("\n") || !to.includes(around)) continue;
        expect(to.indexOf(around) + 1).toBe(moved(place, made));
      }
    }
  });

  test("is somewhere in the text, and carets never pass each other, whatever becomes of it", () => {
    const random = seeded(11);
    const some = () => Array.from({ length: random(40) }, () => "ab .\n🙂é"[random(8)]).join("");
    for (let round = 0; round < 500; round++) {
      const [from, to] = [some(), some()];
      const made = changes(from, to);
      expect(applied(from, made)).toBe(to);
      expect(applied(to, inverse(from, made))).toBe(from);
      let last = 0;
      for (let place = 0; place <= from.length; place++) {
        const at = moved(place, made);
        expect(at).toBeGreaterThanOrEqual(last);
        expect(at).toBeLessThanOrEqual(to.length);
        last = at;
      }
    }
  });

  test("costs little in a long text that is another one altogether", () => {
    const random = seeded(3);
    const long = () => Array.from({ length: 4_000 }, () => `line ${random(1_000_000)}`).join("\n");
    const [from, to] = [long(), long()];
    const begun = performance.now();
    expect(applied(from, changes(from, to))).toBe(to);
    expect(performance.now() - begun).toBeLessThan(1_500);
  });

  test("what came in is shown as few passages", () => {
    const shown = (from: string, to: string) =>
      arrivals(changes(from, to)).map(({ start, end }) => to.slice(start, end));
    expect(shown("one\ntwo", "one\nnew line\ntwo")).toEqual(["new line\n"]);
    expect(shown("a cat sat", "a dog sat")).toEqual(["dog"]);
    expect(shown("one\ntwo", "one")).toEqual([]);
  });
});

describe("two edits of one text", () => {
  test.each([
    ["of two lines", "a\nb\nc", "A\nb\nc", "a\nb\nC", "A\nb\nC"],
    ["at its two ends", "body", "top\nbody", "body\nend", "top\nbody\nend"],
    [
      "of two sentences",
      "First one. Second one. Third one.",
      "Changed one. Second one. Third one.",
      "First one. Second one. Third, changed.",
      "Changed one. Second one. Third, changed.",
    ],
    ["that are the same", "a\nb\nc\nd", "a\nX\nc\nd", "a\nX\nc\nD", "a\nX\nc\nD"],
    ["of one line", "a\nb\nc", "a\nB\nc", "a\nbb\nc", null],
    ["at one place", "a", "a\nmine", "a\ntheirs", null],
    ["of an empty text", "", "mine", "theirs", null],
    ["of which one removes what the other changes", "a\nb\nc", "a\nc", "a\nbb\nc", null],
  ])("%s", (_, base, ours, theirs, wanted) => {
    expect(merge(base, ours, theirs)).toBe(wanted);
    expect(merge(base, theirs, ours)).toBe(wanted);
  });

  test("in different lines both stand, in whichever order they are taken", () => {
    const random = seeded(5);
    for (let round = 0; round < 300; round++) {
      const lines = Array.from({ length: 5 + random(20) }, (_, i) => `line ${i}`);
      const edit = (parity: number, word: string) =>
        lines.map((line, i) => (i % 4 === parity && random(3) === 0 ? `${line} ${word}` : line)).join("\n");
      const [base, ours, theirs] = [lines.join("\n"), edit(0, "ours"), edit(2, "theirs")];
      const merged = merge(base, ours, theirs);
      expect(merged).toBe(merge(base, theirs, ours));
      const count = (text: string | null, word: string) => text?.split(word).length;
      expect(count(merged, "ours")).toBe(count(ours, "ours"));
      expect(count(merged, "theirs")).toBe(count(theirs, "theirs"));
    }
  });
});

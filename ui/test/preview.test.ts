import { describe, expect, test } from "vitest";
import { preview } from "../src/lib/logic/preview";
import type { Around } from "../src/lib/logic/preview";
import { seeded } from "./seeded";

const env: Around = {
  find: (title) => ({ sourdough: "n1", '"><img src=x>': "n2" })[title.toLowerCase()],
  words: {
    create: (title) => `Create “${title}”`,
    copy: (address) => `Copy ${address}`,
    picture: "Picture:",
    done: "Done",
  },
};

/** As the page takes it in. */
function page(markdown: string): HTMLElement {
  const place = document.createElement("div");
  place.innerHTML = preview(markdown, env);
  return place;
}

const ELEMENTS =
  /^(h[2-6]|p|br|hr|ul|ol|li|blockquote|pre|code|em|strong|s|a|button|span|input|table|thead|tbody|tr|th|td)$/;
const ATTRIBUTES = /^(class|title|type|start|href|data-(note|create|copy|line)|aria-label|checked)$/;

/** What should not be there. */
function foreign(place: HTMLElement): string[] {
  return [...place.querySelectorAll("*")].flatMap((one) => [
    ...(ELEMENTS.test(one.localName) ? [] : [one.outerHTML]),
    ...[...one.attributes].filter(({ name }) => !ATTRIBUTES.test(name)).map(({ name }) => `${one.localName}: ${name}`),
    ...(one.localName === "a" && !one.getAttribute("href")?.startsWith("#/notes/") ? [one.outerHTML] : []),
  ]);
}

const HOSTILE = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)>",
  "<iframe srcdoc='<script>alert(1)</script>'>",
  "[click](javascript:alert(1))",
  "[click](JaVaScRiPt:alert(1))",
  "[click](java&#115;cript:alert(1))",
  "[click](&#x6A;avascript:alert(1))",
  "[click](vbscript:msgbox(1))",
  "[click](data:text/html;base64,PHNjcmlwdD4=)",
  "[click](file:///etc/passwd)",
  "[click](//evil.example)",
  "[click](#/devices)",
  "<javascript:alert(1)>",
  "![x](javascript:alert(1))",
  "![x](data:image/svg+xml,<svg onload=alert(1)>)",
  '![x](https://evil.example/p.png "a\\" onerror=alert(1)")',
  '[x](https://e.org "a\\" onmouseover=alert(1)")',
  '[[x" onclick="alert(1)]]',
  '[["><img src=x>]]',
  "[[a|<b onclick=alert(1)>b</b>]]",
  "[[<script>]]",
  "- [ ] <b onclick=alert(1)>",
  '- [ ] "><script>alert(1)</script>',
  '```"><script>alert(1)</script>\n</code><script>alert(1)</script>\n```',
  "``` x onclick=alert(1)\ncode\n```",
  "| a | b |\n| :-: | -: |\n| <script> | x |",
  "[r]: javascript:alert(1)\n\n[r]",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "<style>*{display:none}</style>",
  "<a href='https://e.org'>",
  "<!-- --><script>alert(1)</script>",
];

describe("nothing of a hostile note survives", () => {
  test.each(HOSTILE)("%s", (markdown) => {
    const place = page(markdown);
    expect(foreign(place)).toEqual([]);
    expect(place.querySelectorAll("[data-copy]").length).toBe(/https:\/\/e\.org "/.test(markdown) ? 1 : 0);
  });

  test("nor of any mixture", () => {
    const random = seeded(99);
    const pieces = [...HOSTILE, "[", "]", "(", ")", "!", "<", ">", '"', "`", "\n", "\n\n", "> ", "- ", "|", "\\", "[["];
    for (let round = 0; round < 600; round++) {
      const markdown = Array.from({ length: 1 + random(9) }, () => pieces[random(pieces.length)]).join("");
      expect(foreign(page(markdown))).toEqual([]);
    }
  });

  test.each([
    ["quotes in quotes", "> ".repeat(20_000) + "x"],
    ["lists in lists", Array.from({ length: 400 }, (_, i) => `${"  ".repeat(i)}- x`).join("\n")],
    ["brackets", "[".repeat(60_000)],
    ["doors to notes that do not close", "[[a".repeat(40_000)],
    ["stars", "*a **b ".repeat(15_000)],
    ["marks of code", Array.from({ length: 300 }, (_, i) => "`".repeat(i + 1)).join(" ")],
  ])("nor does it hold the page up: %s", (_, markdown) => {
    const begun = performance.now();
    preview(markdown, env);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});

describe("a preview", () => {
  test("leads to notes, and offers to write those that are missing", () => {
    const place = page("See [[Sourdough]], [[ sourdough |the bread]] and [[Rye]].");
    const links = [...place.querySelectorAll("a")];
    expect(links.map((link) => [link.textContent, link.getAttribute("href")])).toEqual([
      ["Sourdough", "#/notes/n1"],
      ["the bread", "#/notes/n1"],
    ]);
    expect(place.querySelector("button")?.dataset.create).toBe("Rye");
    expect(place.querySelector("button")?.textContent).toBe("Rye, Create “Rye”");
    expect(page("`[[Sourdough]]`").querySelector("a")).toBeNull();
  });

  test("shows links to copy them, and pictures as words", () => {
    const place = page("[docs](https://e.org/a?b=1&c=2) and ![a cat](https://e.org/cat.png)");
    expect(place.querySelector("button")?.dataset.copy).toBe("https://e.org/a?b=1&c=2");
    expect(place.querySelector("img")).toBeNull();
    expect(place.querySelector(".picture")?.textContent).toBe("Picture: a cat https://e.org/cat.png");
  });

  test("has a box for each task, that knows its line", () => {
    const place = page("Today\n\n- [ ] bread\n- [x] **milk** and\n  more\n- plain\n\n> 1. [ ] quoted\n\n- a [ ] b");
    const boxes = [...place.querySelectorAll("input")];
    expect(boxes.map((box) => [box.dataset.line, box.checked, box.getAttribute("aria-label")])).toEqual([
      ["2", false, "Done: bread"],
      ["3", true, "Done: milk and"],
      ["7", false, "Done: quoted"],
    ]);
    expect(place.textContent).not.toContain("[x]");
  });

  test("puts headings below that of the page, and has no style of its own", () => {
    const place = page("# One\n\n###### Six\n\n| a | b |\n| - | -: |\n| 1 | 2 |");
    expect(place.querySelector("h2")?.textContent).toBe("One");
    expect(place.querySelector("h6")?.textContent).toBe("Six");
    expect(place.querySelectorAll("td")[1]?.className).toBe("to-right");
  });
});

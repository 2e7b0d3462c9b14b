// Every screen and the main dialogs as a phone shows them, in a real browser over the built demo: `npm run test:phone`. What
// matters most is looked at in German too, and as a phone on its side and a tablet show it.
// Pictures go to dist-demo/pictures. CHROMIUM names the browser, if it is not where Debian puts it.
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { large, navigation, overflow, reach, words } from "./look.mjs";
import { anywhere, scenes } from "./scenes.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const demo = here("../../dist-demo");
const pictures = join(demo, "pictures");
const axe = readFileSync(here("../../node_modules/axe-core/axe.min.js"), "utf8");
const only = process.argv[2] ?? "";

const SMALL = { width: 360, height: 800 };
const LARGE = { width: 412, height: 915 };
const SIDEWAYS = { width: 800, height: 360 };
const TABLET = { width: 820, height: 1180 };
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2" };

const server = createServer((request, answer) => {
  const { pathname } = new URL(request.url, "http://localhost");
  try {
    const file = join(demo, pathname === "/" ? "index.html" : pathname);
    answer.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream").end(readFileSync(file));
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const home = `http://127.0.0.1:${server.address().port}/`;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium" });
const found = [];
let looked = 0;

mkdirSync(pictures, { recursive: true });
await lookAt(scenes, SMALL, "light");
await lookAt(scenes, LARGE, "dark");
// Text set twice as large: nothing is cut off at the side, and everything is still reached.
await lookAt(scenes, SMALL, "light", { text: 2 });
await lookAt(anywhere, SMALL, "light", { language: "de" });
for (const language of ["en", "de"]) {
  await lookAt(anywhere, SIDEWAYS, language === "en" ? "dark" : "light", { language });
  await lookAt(anywhere, TABLET, language === "en" ? "light" : "dark", { language });
}

await browser.close();
server.close();
for (const line of found) console.error(line);
console.log(`${looked} views, ${found.length} problems; pictures are in ${pictures}`);
process.exitCode = found.length > 0 || looked === 0 ? 1 : 0;

async function lookAt(views, viewport, colorScheme, { text = 1, language = "en" } = {}) {
  const context = await browser.newContext({
    viewport,
    colorScheme,
    locale: language,
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    bypassCSP: true,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  let view = "";
  const problem = (what) => found.push(`${view}: ${what}`);
  page.on("pageerror", (error) => problem(`an error of the page: ${error.message}`));
  for (const { name, fake = "phone", at, act } of views) {
    if (!name.includes(only)) continue;
    view = `${name}-${viewport.width}-${colorScheme}${text > 1 ? "-large" : ""}${language === "en" ? "" : `-${language}`}`;
    try {
      // Another address in between, so that each begins anew.
      await page.setViewportSize(viewport);
      await page.goto("about:blank");
      await page.goto(`${home}?fake=${fake}#/${at}`);
      await page.locator("h1").first().waitFor();
      if (text > 1) await page.evaluate(large, text);
      await act?.(page);
      await page.waitForTimeout(100);
      await page.screenshot({ path: join(pictures, `${view}.png`) });
      looked += 1;
      // Larger text may break a word, and a choice may end in its mark.
      for (const check of [overflow, reach, navigation, ...(text > 1 ? [] : [words])])
        for (const what of await page.evaluate(check)) problem(what);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => globalThis.axe.run(document));
      for (const { id, nodes } of violations)
        problem(`axe ${id}: ${nodes.map(({ html }) => html.slice(0, 140)).join(" | ")}`);
    } catch (error) {
      problem(String(error).split("\n")[0]);
    }
  }
  await context.close();
}

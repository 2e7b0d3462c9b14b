// How to come to each view.

const tap =
  (name, exact = false) =>
  (page) =>
    page.getByRole("button", { name, exact }).first().click();
const then =
  (...steps) =>
  async (page) => {
    for (const step of steps) await step(page);
  };
const pair = tap("Pair a device");
const enter = then(pair, (page) => page.getByRole("tab", { name: "Enter a code" }).click());
const fill = (label, text) => (page) => page.getByLabel(label).fill(text);
const shown = (text) => (page) => page.getByText(text).first().waitFor();

const search = tap("Search");
const type = (text) => (page) => page.keyboard.type(text);
const german = then(
  tap(/^Sync status/),
  (page) => page.getByLabel("Language").selectOption("Deutsch"),
  (page) => page.getByText("Aussehen").waitFor(),
);

const look = tap("Look for phones nearby");
const into = (text) => (page) => page.getByText(text).first().scrollIntoViewIfNeeded();

/** A finger pulls the list down, and stays there. */
async function pull(page) {
  const finger = await page.context().newCDPSession(page);
  const touch = (type, y) => finger.send("Input.dispatchTouchEvent", { type, touchPoints: [{ x: 180, y }] });
  await touch("touchStart", 400);
  for (const y of [415, 440, 480, 520, 560]) await touch("touchMove", y);
  await shown("Let go to sync")(page);
}

/** What the phone's gesture does, and that it closed what was open. */
async function back(page) {
  await page.waitForTimeout(100);
  await page.goBack({ waitUntil: "commit" });
  await page.waitForTimeout(300);
  if ((await page.locator('[role="dialog"], aside[aria-label="Task details"]').count()) > 0)
    throw new Error("going back left something open");
}

/** A keyboard takes the lower half. */
async function keyboard(page) {
  const { width, height } = page.viewportSize();
  await page.setViewportSize({ width, height: Math.round(height * 0.55) });
  await page.waitForTimeout(200);
  const seen = await page.evaluate(() => {
    const box = document.activeElement.getBoundingClientRect();
    return box.height > 0 && box.top >= 0 && box.top + Math.min(box.height, 40) <= innerHeight;
  });
  if (!seen) throw new Error("the keyboard covers the field that is typed in");
}

/** A finger rests on a task. */
async function select(page) {
  const task = page.locator('[data-task]:has-text("Draft the talk")');
  await task.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await task.boundingBox();
  const finger = await page.context().newCDPSession(page);
  const touchPoints = [{ x: x + width / 2, y: y + height / 2 }];
  await finger.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
  await page.getByRole("toolbar").waitFor();
  await finger.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

/** A finger rests on a part of the page; what it does then is up to `go`. */
async function rest(page, part, ms, go = () => {}) {
  await part.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await part.boundingBox();
  const at = { x: x + width / 2, y: y + height / 2 };
  const finger = await page.context().newCDPSession(page);
  const touch = (type, ...touchPoints) => finger.send("Input.dispatchTouchEvent", { type, touchPoints });
  await touch("touchStart", at);
  await page.waitForTimeout(ms);
  await go((down) => touch("touchMove", { ...at, y: at.y + down }));
  return () => touch("touchEnd");
}

const handle = (page) => page.locator("tr[data-row] .grip").first();
const order = (page) => page.locator("tr[data-row] .words").allTextContents();

/** A finger that rests on a habit's handle first drags it; one that goes on at once scrolls. */
async function dragHabit(page) {
  const [first, second] = await order(page);
  /** To the lower half of the second. */
  const down = async (move) => {
    const [from, to] = [await handle(page).boundingBox(), await page.locator("tr[data-row]").nth(1).boundingBox()];
    const way = to.y + to.height * 0.75 - from.y;
    for (let i = 1; i <= 10; i++) await move((way * i) / 10);
  };
  const swipe = await rest(page, handle(page), 0, down);
  if ((await page.locator(".ghost").count()) > 0) throw new Error("a finger that goes on drags a habit");
  await swipe();
  const drop = await rest(page, handle(page), 300, down);
  await page.locator(".drop-before, .drop-after").waitFor();
  await drop();
  await page.waitForFunction(([name]) => document.querySelector("tr[data-row] .words").textContent === name, [second]);
  const after = await order(page);
  if (after[1] !== first) throw new Error(`${first} was dragged elsewhere: ${after}`);
  // For the picture.
  await rest(page, handle(page), 300, down);
}

const water = (page) => page.getByRole("button", { name: /^Drink water, Today/ }).first();

async function pressDay(page) {
  const leave = await rest(page, water(page), 600);
  await leave();
  await page.getByRole("dialog").waitFor();
}

/** Far past what it is meant to be. */
async function countFar(page) {
  for (let i = 0; i < 120; i++) await water(page).evaluate((cell) => cell.click());
  await page.locator('[data-times="123"]').waitFor();
  await water(page).scrollIntoViewIfNeeded();
}

async function repeats(page) {
  await page.locator("select", { hasText: "On days of the week" }).selectOption("days_of_week");
  await page.getByRole("group", { name: "On these days" }).scrollIntoViewIfNeeded();
}

export const scenes = [
  { name: "tasks", at: "tasks" },
  { name: "tasks-empty", at: "tasks", fake: "empty" },
  { name: "tasks-swept", at: "tasks", fake: "swept" },
  {
    name: "tasks-adding",
    at: "tasks",
    act: fill("Add a task for today", "Buy bread and a very long loaf of whatever else there is"),
  },
  {
    name: "tasks-understood",
    at: "tasks",
    act: fill("Add a task for today", "Call the bank tomorrow 9:00 #work !1 ~30m every monday by friday"),
  },
  { name: "tasks-help", at: "tasks", act: tap("What you can write") },
  { name: "tasks-matrix", at: "tasks", act: tap("Matrix") },
  { name: "tasks-filter", at: "tasks", act: tap("Filter") },
  { name: "tasks-select", at: "tasks", act: select },
  { name: "tasks-plan", at: "tasks", act: then(select, tap("Plan")) },
  { name: "task-repeats", at: "tasks", act: then(tap(/^Draft the talk/), repeats) },
  { name: "tasks-undo", at: "tasks", act: then(tap(/^Draft the talk/), tap("Delete task")) },
  { name: "tasks-pull", at: "tasks", act: pull },
  {
    name: "tasks-keyboard",
    at: "tasks",
    act: then((page) => page.getByLabel("Add a task for today").focus(), keyboard),
  },
  { name: "task", at: "tasks", act: tap(/^Draft the talk/) },
  {
    name: "task-keyboard",
    at: "tasks",
    act: then(tap(/^Draft the talk/), (page) => page.getByLabel("Estimate in minutes").focus(), keyboard),
  },
  { name: "task-back", at: "tasks", act: then(tap(/^Draft the talk/), back) },
  { name: "status", at: "tasks", act: tap(/^Sync status/) },
  { name: "status-german", at: "tasks", act: german },
  { name: "palette", at: "tasks", act: search },
  { name: "palette-found", at: "tasks", act: then(search, type("the"), shown("Found")) },
  { name: "palette-nothing", at: "tasks", act: then(search, type("xyzzy"), shown(/^Nothing has/)) },
  { name: "palette-keyboard", at: "tasks", act: then(search, keyboard) },
  { name: "palette-back", at: "tasks", act: then(search, back) },
  { name: "shortcuts", at: "tasks", act: (page) => page.keyboard.press("?") },
  { name: "habits", at: "habits" },
  { name: "habit-menu", at: "habits", act: tap(/^More about/) },
  { name: "habit", at: "habits", act: tap(/^Details of Read/) },
  {
    name: "habit-goal",
    at: "habits",
    act: then(
      tap(/^Details of Read/),
      (page) => page.getByRole("switch", { name: /^Goal/ }).click(),
      (page) => page.getByRole("switch", { name: /^Reminder/ }).click(),
    ),
  },
  { name: "habit-counted", at: "habits", act: tap(/^Details of Drink water/) },
  { name: "habits-counted", at: "habits", act: countFar },
  { name: "habits-day", at: "habits", act: pressDay },
  { name: "habits-drag", at: "habits", act: dragHabit },
  { name: "german-habit", at: "habits", fake: "german", act: tap(/^Details zu Drink water/) },
  { name: "german-habits", at: "habits", fake: "german" },
  { name: "notes", at: "notes" },
  { name: "notes-menu", at: "notes", act: tap("Kinds of new notes") },
  { name: "note", at: "notes", act: (page) => page.locator(".note").first().click() },
  { name: "note-preview", at: "notes", act: then((page) => page.locator(".note").first().click(), tap("Preview")) },
  { name: "tags", at: "notes", act: then(tap("Sort, and tags"), tap("Tags…")) },
  { name: "review", at: "review" },
  { name: "review-one", at: "review", act: (page) => page.locator(".list button").first().click() },
  { name: "review-two", at: "review", act: (page) => page.locator(".list button").nth(1).click() },
  { name: "devices", at: "devices" },
  { name: "devices-empty", at: "devices", fake: "empty" },
  { name: "devices-merge", at: "devices", fake: "first-merge" },
  { name: "devices-refused", at: "devices", fake: "refused" },
  { name: "device-details", at: "devices", act: tap(/^Details of Pixel/) },
  { name: "device-forget", at: "devices", act: then(tap(/^Details of Pixel/), tap("Forget…")) },
  { name: "device-queue", at: "devices", act: tap(/changes to send to Desk/) },
  { name: "nearby", at: "devices", act: into("Nearby, without a network") },
  { name: "nearby-found", at: "devices", act: then(look, shown("One phone is nearby."), into("Stop")) },
  {
    name: "nearby-linked",
    at: "devices",
    act: then(look, tap(/^Invite Amira/), shown(/^Linked with/), into("End the link")),
  },
  { name: "recovery-key", at: "devices", act: tap("Back up…") },
  { name: "pair-show", at: "devices", act: then(pair, shown("Or type")) },
  { name: "pair-enter", at: "devices", act: enter },
  { name: "pair-back", at: "devices", act: then(enter, back) },
  {
    name: "pair-keyboard",
    at: "devices",
    act: then(enter, (page) => page.getByLabel("Link or code from the other device").focus(), keyboard),
  },
  { name: "pair-scan", at: "devices", act: then(enter, tap("Use the camera"), shown("Scan the code")) },
  {
    name: "pair-denied",
    at: "devices",
    fake: "refused",
    act: then(enter, tap("Use the camera"), shown(/Android does not ask again/)),
  },
  { name: "pair-link", at: "devices", fake: "link", act: shown("Pair with the device that showed this link?") },
  {
    name: "pair-compare",
    at: "devices",
    act: then(
      enter,
      fill("Link or code from the other device", "whph://pair?k=1"),
      tap("Continue"),
      tap("They match", true),
      (page) => page.waitForTimeout(50),
    ),
  },
  {
    name: "pair-done",
    at: "devices",
    act: then(
      enter,
      fill("Link or code from the other device", "whph://pair?k=1"),
      tap("Continue"),
      tap("They match", true),
      shown(/^Paired with/),
    ),
  },
  { name: "history", at: "history" },
  { name: "history-changes", at: "history", act: (page) => page.getByRole("tab", { name: "Changes" }).click() },
  { name: "first-start", at: "", fake: "set-up" },
  { name: "first-ways", at: "", fake: "set-up", act: then(tap("Continue"), shown("How do you want to begin?")) },
  { name: "failed", at: "", fake: "failed" },
  { name: "german-devices", at: "devices", fake: "german" },
  { name: "german-details", at: "devices", fake: "german", act: tap(/^Mehr über Pixel/) },
  { name: "german-data", at: "devices", fake: "german", act: into("Deine Daten") },
  { name: "german-review", at: "review", fake: "german" },
  {
    name: "german-review-one",
    at: "review",
    fake: "german",
    act: (page) => page.locator(".list button").first().click(),
  },
  { name: "german-history", at: "history", fake: "german" },
  { name: "german-palette", at: "tasks", fake: "german", act: tap("Suche") },
  { name: "german-shortcuts", at: "tasks", fake: "german", act: (page) => page.keyboard.press("?") },
];

const press = (what) => (page) => page.locator(what).first().click();
const view = (number) => (page) => page.locator(".segments button").nth(number).click();
const choose = (what, value) => (page) =>
  page.locator(`select:has(option[value="${value}"])`).nth(what).selectOption(value);

/** What is looked at in every language: how to come there goes by no word. */
export const anywhere = [
  { name: "any-tasks", at: "tasks" },
  { name: "any-swept", at: "tasks", fake: "swept" },
  { name: "any-matrix", at: "tasks", act: view(3) },
  { name: "any-filter", at: "tasks", act: press(".icon-button.filter") },
  { name: "any-help", at: "tasks", act: press(".quick .icon-button") },
  { name: "any-select", at: "tasks", act: select },
  { name: "any-task", at: "tasks", act: press('[data-task]:has-text("Draft the talk")') },
  {
    name: "any-repeats",
    at: "tasks",
    act: then(
      press('[data-task]:has-text("Draft the talk")'),
      choose(0, "days_of_week"),
      choose(0, "times"),
      choose(0, "custom"),
    ),
  },
  { name: "any-task-here", at: "tasks", act: then(view(2), press('[data-task]:has-text("Plan the surprise")')) },
  { name: "any-status", at: "tasks", act: press(".status-line") },
  { name: "any-palette", at: "tasks", act: (page) => page.keyboard.press("Control+k") },
  { name: "any-shortcuts", at: "tasks", act: (page) => page.keyboard.press("?") },
  { name: "any-habits", at: "habits" },
  { name: "any-habit", at: "habits", act: press('[data-habit]:has-text("Read 20 pages")') },
  { name: "any-notes", at: "notes" },
  { name: "any-note", at: "notes", act: press(".note") },
  { name: "any-review", at: "review" },
  { name: "any-review-one", at: "review", act: press(".list button") },
  { name: "any-devices", at: "devices" },
  { name: "any-merge", at: "devices", fake: "first-merge" },
  { name: "any-device", at: "devices", act: press("article [aria-expanded]") },
  { name: "any-pair", at: "devices", act: then(press("[data-new]"), (page) => page.locator("output").waitFor()) },
  { name: "any-history", at: "history" },
  { name: "any-changes", at: "history", act: (page) => page.getByRole("tab").nth(1).click() },
  { name: "any-first-ways", at: "", fake: "set-up", act: press("button.primary") },
];

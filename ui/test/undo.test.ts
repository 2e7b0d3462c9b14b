import { screen, waitFor } from "@testing-library/svelte";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Edit, Entity, JsonValue } from "$bindings";
import { FakeBackend } from "../src/lib/backend/fake";
import { due, inverse } from "../src/lib/logic/undo";
import { Planner } from "../src/lib/state/planner.svelte";
import { button, findButton, open } from "./open";

async function begin() {
  const fake = new FakeBackend();
  const planner = new Planner(fake);
  await planner.load();
  const [task] = [...planner.tasks.values()];
  const stored = () => fake.world.get("task", task!.id);
  return { fake, planner, steps: planner.steps, task: task!, stored };
}

/** All that is there; sets have no order, and an empty one is none. */
const all = (fake: FakeBackend) => {
  const shown = (value: JsonValue) => (Array.isArray(value) ? [...value].sort() : value);
  const living = [...fake.world.entities.values()].filter(({ entity }) => !entity.deleted);
  return JSON.stringify(
    living
      .map(({ entity: { id, fields } }) => [id, Object.entries(fields).map(([name, value]) => [name, shown(value)])])
      .map(
        ([id, fields]) =>
          `${String(id)} ${JSON.stringify((fields as JsonValue[][]).filter(([, v]) => String(v)).sort())}`,
      )
      .sort(),
  );
};

describe("the inverse of an edit", () => {
  const entity = (fields: Record<string, JsonValue>, id = "1"): Entity => ({
    ...{
      kind: "task",
      id,
      title: null,
      fields,
      deleted: false,
      modified: 1,
      modified_by: "me",
      reviews: 0,
      here: false,
    },
  });
  const old = entity({ title: "a", tags: ["x"] });
  const of = (edit: Edit, now: Entity, before: Entity | undefined = old) =>
    inverse([edit], () => before, [now])[0]?.edit;
  const key = { kind: "task", id: "1" };

  test("sets old values, and clears what was not there", () => {
    const set: Edit = { type: "set", ...key, fields: { title: "b", planned: "2026" } };
    expect(of(set, entity({ title: "b", planned: "2026" }))).toEqual({
      type: "set",
      ...key,
      fields: { title: "a", planned: null },
    });
  });

  test("adds what was removed and removes what was added, but only what that changed", () => {
    const add = (item: string): Edit => ({ type: "add", ...key, field: "tags", item });
    const remove = (item: string): Edit => ({ ...add(item), type: "remove" }) as Edit;
    expect(of(add("y"), old)).toEqual(remove("y"));
    expect(of(add("x"), old)).toBeUndefined();
    expect(of(remove("x"), old)).toEqual(add("x"));
    expect(of(remove("y"), old)).toBeUndefined();
  });

  test("a text goes from what was saved to what it was, so that both can be merged", () => {
    const text: Edit = { type: "text", ...key, field: "description", base: "one", text: "one two" };
    expect(of(text, old)).toEqual({ ...text, base: "one two", text: "one" });
  });

  test("a text that somebody else has written over stays theirs, and what they wrote beside it stays, too", () => {
    const [was, mine] = ["Top.\nEnd.", "Top.\nEnd. Mine."];
    const typed: Edit = { type: "text", ...key, field: "description", base: was, text: mine };
    const now = (description: string) =>
      due(
        inverse([typed], () => undefined, []),
        () => entity({ description }),
      );
    expect(now("Something else.")).toEqual({ edits: [], alone: 1 });
    const both = `Theirs.\n${mine}`;
    expect(now(both)).toEqual({ edits: [{ ...typed, base: both, text: `Theirs.\n${was}` }], alone: 0 });
    expect(now(was)).toEqual({ edits: [], alone: 0 });
  });

  test("what was made goes, what was deleted comes back", () => {
    const create: Edit = { type: "create", kind: "task", fields: { title: "n" } };
    expect(inverse([create], () => undefined, [entity({ title: "n" }, "9")])[0]?.edit).toEqual({
      type: "delete",
      kind: "task",
      id: "9",
    });
    expect(of({ type: "delete", ...key }, old)).toEqual({ type: "keep", ...key });
    expect(inverse([{ type: "keep", ...key }], () => undefined, [old])[0]?.edit).toEqual({ type: "delete", ...key });
    // A tag that was there already under its name.
    expect(of({ ...create, fields: { title: "b" } }, entity({ title: "b" }))).toMatchObject({ fields: { title: "a" } });
  });

  test("fields that somebody else has changed since are left alone", () => {
    const set: Edit = { type: "set", ...key, fields: { title: "b", planned: "2026" } };
    const back = inverse([set], () => old, [entity({ title: "b", planned: "2026" })]);
    expect(due(back, () => entity({ title: "b", planned: "2027" }))).toEqual({
      edits: [{ type: "set", ...key, fields: { title: "a" } }],
      alone: 1,
    });
    expect(due(back, () => undefined)).toEqual({ edits: [], alone: 1 });
  });
});

describe("what was made, and filled by another device since", () => {
  test("keeps a count of a day that the other one added, and loses one's own", async () => {
    const { fake, planner, steps } = await begin();
    const [habit] = fake.world.living("habit");
    const day = { kind: "habit_record", id: "" };
    const moment = (minute: number) => `2026-03-20T09:0${minute}:00.000Z`;
    const count = (minute: number): Edit => ({ type: "add", ...day, field: "done_at", item: moment(minute) });
    const counted = () => fake.world.get("habit_record", day.id).fields.done_at;
    const fields = { habit: habit!.id, day: "2026-03-20", status: "complete", done_at: [moment(1)] };
    day.id = (await planner.create("habit_record", fields))!.id;
    fake.arrive(count(2));
    await planner.follow();
    await planner.save(count(3));
    expect(await steps.undo()).toMatchObject({ alone: 0 });
    expect(await steps.undo()).toMatchObject({ edits: 1, alone: 1 });
    expect(planner.records.has(day.id)).toBe(true);
    expect(counted()).toEqual([moment(2)]);
    await steps.redo();
    await steps.redo();
    expect([...(counted() as string[])].sort()).toEqual([1, 2, 3].map(moment));
  });

  test("stays as a whole where the other one wrote a text, whoever wrote last", async () => {
    const { fake, planner, steps } = await begin();
    const task = (await planner.create("task", { title: "Tent", tags: ["t1"] }))!;
    fake.arrive({ type: "set", kind: "task", id: task.id, fields: { description: "The green one" } });
    await planner.follow();
    await planner.set(task, { title: "Pack the tent" });
    await steps.undo();
    expect(await steps.undo()).toMatchObject({ edits: 0, alone: 1 });
    expect(planner.tasks.get(task.id)?.fields).toEqual({
      ...{ title: "Tent", tags: ["t1"] },
      description: "The green one",
    });
  });

  test("goes where all of that was taken back, by whomever", async () => {
    const { fake, planner, steps } = await begin();
    const task = (await planner.create("task", { title: "Tent", tags: ["t1", "t2"] }))!;
    const key = { kind: "task", id: task.id };
    fake.arrive({ type: "set", ...key, fields: { description: "The green one" } });
    fake.arrive({ type: "set", ...key, fields: { description: "", tags: ["t2", "t1"] } });
    await planner.follow();
    expect(await steps.undo()).toMatchObject({ edits: 1, alone: 0 });
    expect(planner.tasks.has(task.id)).toBe(false);
  });
});

describe("one's own edits", () => {
  afterEach(() => void vi.useRealTimers());

  test("of any kind are taken back one by one and done again, whatever they were", async () => {
    for (let seed = 1; seed <= 12; seed++) {
      let state = seed;
      const random = (below: number) => ((state = (state * 48271) % 2147483647), state % below);
      const { fake, planner, steps } = await begin();
      const pasts = [all(fake)];
      for (let i = 0; i < 12; i++) {
        const tasks = [...planner.tasks.values()];
        const one = tasks[random(tasks.length)]!;
        const key = { kind: "task", id: one.id };
        const edits: Edit[] = [
          {
            type: "set",
            ...key,
            fields: { priority: ["urgent", "neither"][random(2)]!, estimated_minutes: random(90) },
          },
          { type: "add", ...key, field: "tags", item: `t${random(3)}` },
          { type: "remove", ...key, field: "tags", item: `t${random(3)}` },
          { type: "delete", ...key },
          { type: "create", kind: "task", fields: { title: `n${i}` } },
          { type: "text", ...key, field: "description", base: String(one.fields.description ?? ""), text: `d${i}` },
        ];
        const before = steps.done.length;
        await planner.save(edits[random(edits.length)]!);
        // What changed nothing is no step, and what was typed in one go is one.
        if (steps.done.length === before) pasts.pop();
        pasts.push(all(fake));
      }
      const states = [...pasts];
      while (steps.done.length) {
        states.pop();
        await steps.undo();
        expect(all(fake)).toBe(states.at(-1));
      }
      for (const later of pasts.slice(1)) {
        await steps.redo();
        expect(all(fake)).toBe(later);
      }
      expect(await steps.redo()).toBeNull();
    }
  });

  test("fast keys take back as many steps, each once", async () => {
    const { planner, steps, task, stored } = await begin();
    const first = stored().fields.priority;
    for (const priority of ["urgent", "important", "neither"]) await planner.set(task, { priority });
    await Promise.all([steps.undo(), steps.undo(), steps.undo(), steps.undo()]);
    expect(stored().fields.priority).toEqual(first);
    await planner.set(task, { priority: "urgent" });
    expect(steps.undone).toEqual([]);
  });

  test("a step that is named is taken back once, and not by others", async () => {
    const { planner, steps, task, stored } = await begin();
    const { priority } = stored().fields;
    await planner.set(task, { priority: "urgent" });
    const step = steps.fresh!;
    await planner.set(task, { estimated_minutes: 7 });
    await steps.undo(step);
    expect(stored().fields).toMatchObject({ estimated_minutes: 7 });
    expect(stored().fields.priority).toEqual(priority);
    expect(await steps.undo(step)).toBeNull();
  });

  test("a step that is named is done again, and never another", async () => {
    const { planner, steps, task, stored } = await begin();
    await planner.set(task, { priority: "urgent" });
    const turn = await steps.undo();
    await planner.set(task, { estimated_minutes: 7 });
    await steps.undo();
    expect(steps.holds(turn!.back!)).toBe(false);
    expect(await steps.redo(turn!.back!)).toBeNull();
    expect(stored().fields.priority).toEqual(task.fields.priority);
  });

  test("typing is one step, until there is a pause", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const { planner, steps, task, stored } = await begin();
    const before = String(stored().fields.description ?? "");
    let base = before;
    for (const text of ["a", "ab", "abc"]) {
      await planner.write(task, "description", base, text);
      base = text;
      vi.setSystemTime(Date.now() + 700);
    }
    await planner.set(task, { title: "T" });
    await planner.set(task, { title: "Ti" });
    expect(steps.done).toHaveLength(2);
    vi.setSystemTime(Date.now() + 2_500);
    await planner.set(task, { title: "Tit" });
    expect(steps.done).toHaveLength(3);
    await steps.undo();
    expect(stored().fields.title).toBe("Ti");
    await steps.undo();
    expect(stored().fields.title).toBe(task.title);
    const save = vi.spyOn(planner, "save");
    await steps.undo();
    expect(save).toHaveBeenCalledWith({
      ...{ type: "text", kind: "task", id: task.id, field: "description" },
      base: "abc",
      text: before,
    });
  });

  test("are remembered up to a hundred", async () => {
    const { planner, steps, task } = await begin();
    for (let i = 0; i < 105; i++) await planner.set(task, { estimated_minutes: i });
    expect(steps.done).toHaveLength(100);
  });

  test("that could not be taken back can be tried again", async () => {
    const { fake, planner, steps, task, stored } = await begin();
    const { priority } = stored().fields;
    await planner.set(task, { priority: "urgent" });
    fake.refuse("save", "storage", "The disk is full.");
    await expect(steps.undo()).rejects.toThrow("The disk is full.");
    await steps.undo();
    expect(stored().fields.priority).toEqual(priority);
  });

  test("what the backend adds to an answer belongs to nobody's step", async () => {
    const { fake, planner, steps, task } = await begin();
    const { save } = fake;
    fake.save = async (edits) => [...(await save(edits)), { ...fake.world.living("task")[3]!, title: "next" }];
    await planner.set(task, { status: "done" });
    fake.save = save;
    expect(steps.done.at(-1)).toMatchObject({ about: [{ id: task.id }], back: [{ edit: { id: task.id } }] });
    expect(steps.done.at(-1)?.back).toHaveLength(1);
  });

  test("what stays here and what is put back count, sharing does not", async () => {
    const { fake, planner, steps } = await begin();
    const here = await planner.create("note", { title: "Mine" }, "here");
    await planner.share(here!);
    expect(steps.done).toHaveLength(1);
    const held = (one: { kind: string; id: string }) => fake.world.get(one.kind, one.id);
    const line = fake.world.history.find(
      (one) => one.field === "title" && !held(one).deleted && one.value !== JSON.stringify(held(one).fields.title),
    )!;
    const now = fake.world.get(line.kind, line.id).fields.title;
    await planner.putBack(line.number);
    await steps.undo();
    expect(fake.world.get(line.kind, line.id).fields.title).toBe(now);
    await steps.undo();
    expect(planner.notes.has(here!.id)).toBe(false);
  });
});

describe("in the window", () => {
  const keys = {
    undo: "{Control>}z{/Control}",
    redo: "{Control>}{Shift>}Z{/Shift}{/Control}",
    also: "{Control>}y{/Control}",
  };
  const priority = async (fake: FakeBackend, title: string) =>
    fake.world.living("task").find((one) => one.title === title)?.fields.priority;

  test("Ctrl Z takes back and Ctrl Shift Z does again, and both say so", async () => {
    const { fake, user } = await open("tasks");
    const title = "Water the tomatoes";
    const done = () => fake.world.living("task").find((one) => one.title === title)?.fields.status;
    await user.click(screen.getByRole("checkbox", { name: `Done: ${title}` }));
    await waitFor(() => expect(done()).toBe("done"));
    await user.keyboard(keys.undo);
    expect(await screen.findByText(`Undone: ${title}`)).toBeTruthy();
    expect(done()).toBe("todo");
    await user.keyboard(keys.redo);
    expect(await screen.findByText(`Redone: ${title}`)).toBeTruthy();
    expect(done()).toBe("done");
    await user.click(button("Undo"));
    await waitFor(() => expect(done()).toBe("todo"));
    await user.keyboard(keys.also);
    await waitFor(() => expect(done()).toBe("done"));
    expect(await priority(fake, title)).toBeUndefined();
  });

  test("what a message has taken back is not taken back again by keys", async () => {
    const { fake, user } = await open("tasks");
    await user.click(button("Delete Water the tomatoes"));
    await user.click(await findButton("Undo"));
    expect(await findButton("Water the tomatoes")).toBeTruthy();
    const head = fake.world.head;
    await user.keyboard(keys.undo);
    await screen.findByText("Undone: Water the tomatoes");
    expect(fake.world.head).toBe(head);
  });

  test("the message goes with what it offers", async () => {
    const { user } = await open("tasks");
    await user.click(button("Delete Water the tomatoes"));
    await screen.findByText("Deleted “Water the tomatoes”");
    await user.keyboard(keys.undo);
    await waitFor(() => expect(screen.queryByText("Deleted “Water the tomatoes”")).toBeNull());
  });

  test("what was undone is not offered any more after another edit", async () => {
    const { fake, user } = await open("tasks");
    const title = "Water the tomatoes";
    await user.click(screen.getByRole("checkbox", { name: `Done: ${title}` }));
    await user.keyboard(keys.undo);
    await screen.findByText(`Undone: ${title}`);
    (await findButton(title)).focus();
    await user.keyboard("3");
    await waitFor(async () => expect(await priority(fake, title)).toBe("urgent"));
    await waitFor(() => expect(screen.queryByText(`Undone: ${title}`)).toBeNull());
    expect(screen.queryByRole("button", { name: "Redo" })).toBeNull();
  });

  test("one message at a time says what was undone, and its button is for that step", async () => {
    const { fake, user } = await open("tasks");
    const [first, second] = ["Water the tomatoes", "Pick up the parcel"];
    for (const title of [first, second]) {
      (await findButton(title)).focus();
      await user.keyboard("2");
      await waitFor(async () => expect(await priority(fake, title)).toBe("important"));
    }
    await user.keyboard(keys.undo + keys.undo);
    await screen.findByText(`Undone: ${first}`);
    expect(screen.getAllByText(/^Undone: /)).toHaveLength(1);
    await user.click(button("Redo"));
    await screen.findByText(`Redone: ${first}`);
    expect(await priority(fake, first)).toBe("important");
    expect(await priority(fake, second)).not.toBe("important");
    await user.keyboard(keys.redo);
    await screen.findByText(`Redone: ${second}`);
    expect(screen.getAllByText(/^(Undone|Redone): /)).toHaveLength(1);
    // Its button is for what was done again, and not for what is newer.
    (await findButton(first)).focus();
    await user.keyboard("1");
    await waitFor(async () => expect(await priority(fake, first)).toBe("urgent_important"));
    await user.click(button("Undo"));
    await screen.findByText(`Undone: ${second}`);
    expect(await priority(fake, second)).not.toBe("important");
    expect(await priority(fake, first)).toBe("urgent_important");
  });

  test("what another device has changed since stays, and that is said", async () => {
    const { fake, user } = await open("tasks");
    const task = fake.world.living("task").find((one) => one.title === "Water the tomatoes")!;
    await user.click(screen.getByRole("checkbox", { name: "Done: Water the tomatoes" }));
    await waitFor(() => expect(fake.world.get("task", task.id).fields.status).toBe("done"));
    fake.arrive({ type: "set", kind: "task", id: task.id, fields: { status: "cancelled" } });
    await waitFor(async () => {
      await user.keyboard(keys.undo);
      expect(screen.getByText(/What was changed since stays as it is/)).toBeTruthy();
    });
    expect(fake.world.get("task", task.id).fields.status).toBe("cancelled");
    expect(fake.world.get("task", task.id).fields.completed_at).toBeUndefined();
  });

  test("a field takes back by itself what is typed in it", async () => {
    const { fake, user } = await open("tasks");
    await user.click(screen.getByRole("checkbox", { name: "Done: Water the tomatoes" }));
    const head = fake.world.head;
    await user.click(screen.getByRole("textbox", { name: "Add a task for today" }));
    await user.keyboard(keys.undo);
    expect(fake.world.head).toBe(head);
  });
});

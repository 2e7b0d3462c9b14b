import type { Edit, Entity, JsonValue } from "$bindings";
import { SvelteSet } from "svelte/reactivity";
import { text, titleOf } from "../logic/fields";
import { moved, step } from "../logic/moves";
import type { Spot } from "../logic/moves";
import { isDone, ticked } from "../logic/status";
import { byOrder, NO_FILTER, sections } from "../logic/tasks";
import type { Filter, Section, View } from "../logic/tasks";
import { dayName, dayOf, fromParts, momentLabel, toParts } from "../logic/time";
import { Forest } from "../logic/tree";
import { t } from "../words/index.svelte";
import type { App } from "./app.svelte";
import { Drag } from "./drag.svelte";
import { Selection } from "./selection.svelte";

/** How long a task that was ticked stays where it was, for the eye and for second thoughts. */
const LINGER = 1_200;
/** So long after something was done here what changes is what it brought about. */
const OWN = 500;

/** What the screen of tasks shows, and what can be done with them. */
export class Tasks {
  readonly #app: App;
  readonly selection = new Selection();
  readonly drag = new Drag();
  view = $state<View>("today");
  filter = $state.raw<Filter>(NO_FILTER);
  /** What a screen reader is told. */
  said = $state("");
  readonly #lingering = new SvelteSet<string>();
  /** When something was last done here. */
  #acted = -Infinity;

  readonly forest = $derived.by(() => new Forest(this.#app.planner.tasks));
  readonly sections = $derived.by((): Section[] => {
    const { planner, clock } = this.#app;
    const { forest, view, filter } = this;
    const { tasks, tags } = planner;
    return sections({ tasks, tags, forest, view, filter, now: clock.now, stay: this.#lingering });
  });
  /** The tasks that are shown, from top to bottom. */
  readonly shown = $derived(this.sections.flatMap((section) => section.tasks.map((one) => one.task)));
  /** What is selected, in that order. */
  readonly chosen = $derived(this.selection.active ? this.shown.filter((task) => this.selection.has(task.id)) : []);

  constructor(app: App) {
    this.#app = app;
  }

  look(filter: Partial<Filter>): void {
    this.filter = { ...this.filter, ...filter };
  }

  /** What changes now was changed elsewhere. */
  readonly holds = (): boolean => performance.now() - this.#acted > OWN;

  /** More than a search narrows what is shown. */
  get filtered(): boolean {
    const { tags, priorities, here } = this.filter;
    return tags.length > 0 || priorities.length > 0 || here;
  }

  sectionOf(id: string): Section | undefined {
    return this.sections.find((section) => section.tasks.some((one) => one.task.id === id));
  }

  /** What a key or a menu means: all that is selected, where the task is part of it. */
  meant(task: Entity): readonly Entity[] {
    return this.selection.has(task.id) ? this.chosen : [task];
  }

  /** Saves all of it or none; then says so, with one way back. Tells whether it worked. */
  async #save(edits: Edit[], said?: (saved: Entity[]) => string): Promise<boolean> {
    if (!edits.length) return false;
    const { planner, toasts } = this.#app;
    return this.#app.attempt(async () => {
      const saved = await this.#own(() => planner.save(...edits));
      if (said) toasts.undo(said(saved));
    });
  }

  #own<T>(work: () => T): T {
    this.#acted = performance.now();
    return work();
  }

  #set(tasks: readonly Entity[], fields: (task: Entity) => Record<string, JsonValue>): Edit[] {
    return tasks.map((task): Edit => ({ type: "set", kind: "task", id: task.id, fields: fields(task) }));
  }

  async toggle(task: Entity): Promise<void> {
    if (isDone(task)) await this.#save(this.#set([task], () => ticked(false, Date.now())));
    else await this.#finish([task]);
  }

  /** Ticks all that is open. */
  async finish(tasks: readonly Entity[]): Promise<void> {
    const open = tasks.filter((task) => !isDone(task));
    const count = open.length;
    if (await this.#finish(open, () => t().tasks.said.done(count))) this.selection.clear();
  }

  async #finish(open: readonly Entity[], said?: () => string): Promise<boolean> {
    for (const { id } of open) {
      this.#lingering.add(id);
      setTimeout(() => this.#own(() => this.#lingering.delete(id)), LINGER);
    }
    const done = await this.#app.attempt(async () => {
      const saved = await this.#own(() => this.#app.planner.save(...this.#set(open, () => ticked(true, Date.now()))));
      const next = open.length === 1 ? saved.find((one) => one.id !== open[0]?.id && !one.deleted) : undefined;
      const words = next ? t().tasks.said.next(this.#when(next)) : said?.();
      if (words) this.#app.toasts.undo(words);
    });
    if (!done) for (const { id } of open) this.#lingering.delete(id);
    return done;
  }

  #when(task: Entity): string {
    return momentLabel(text(task, "planned") || text(task, "deadline"), Date.now());
  }

  async prioritise(tasks: readonly Entity[], priority: string | null): Promise<void> {
    const words = t().tasks;
    const said = words.said.priority(tasks.length, words.priorities[priority ?? "none"] ?? "");
    const edits = this.#set(tasks, () => ({ priority }));
    if (await this.#save(edits, tasks.length > 1 ? () => said : undefined)) this.said = said;
  }

  /** Plans for a day, at the time of day that each has. */
  async plan(tasks: readonly Entity[], day: string | null): Promise<void> {
    const words = t().tasks.said;
    const said = day ? words.planned(tasks.length, dayName(day, dayOf(Date.now()))) : words.unplanned(tasks.length);
    const planned = (task: Entity) => (day ? fromParts(day, toParts(text(task, "planned") || null).time) : null);
    const none = { planned_reminder: null, planned_reminder_offset: null };
    await this.#save(
      this.#set(tasks, (task) => ({ planned: planned(task), ...(!day && none) })),
      () => said,
    );
  }

  async tag(tasks: readonly Entity[], tag: Entity, on: boolean): Promise<void> {
    const words = t().tasks.said;
    const said = (on ? words.tagged : words.untagged)(tasks.length, titleOf(tag));
    await this.#save(
      tasks.map(({ kind, id }): Edit => ({ type: on ? "add" : "remove", kind, id, field: "tags", item: tag.id })),
      () => said,
    );
  }

  /** Deletes tasks with all that is part of them, which would be left without what it was for. */
  async remove(tasks: readonly Entity[]): Promise<void> {
    const words = t().tasks.said;
    const [first] = tasks;
    if (!first) return;
    const parts = this.forest.below(tasks);
    const what = tasks.length > 1 ? words.some(tasks.length) : words.one(titleOf(first));
    const said = words.deleted(what, parts.length);
    const all = [...tasks, ...parts];
    const edits = all.map(({ kind, id }): Edit => ({ type: "delete", kind, id }));
    if (!(await this.#save(edits, () => said))) return;
    if (all.some((task) => task.id === this.#app.router.open)) this.#app.router.go("tasks");
  }

  /** Puts tasks where they were dropped. */
  async move(tasks: readonly Entity[], spot: Spot): Promise<void> {
    const [first] = tasks;
    if (!first) return;
    const from = this.sectionOf(first.id);
    const move = moved(tasks, spot, this.forest);
    if (!move) return;
    const edits = [...move.fields].map(([id, fields]): Edit => ({ type: "set", kind: "task", id, fields }));
    const words = t().tasks.said;
    const other = from?.key !== spot.section.key;
    const said = words.movedTo(titleOf(first), spot.section.name);
    if (await this.#save(edits, other ? () => said : undefined))
      this.said = other ? said : words.moved(titleOf(first), move.place, move.of);
  }

  allows(tasks: readonly Entity[], spot: Spot): boolean {
    return moved(tasks, spot, this.forest) !== null;
  }

  /** One step up or down by key. */
  async step(task: Entity, by: 1 | -1): Promise<void> {
    const section = this.sectionOf(task.id);
    const spot = section && this.view !== "done" ? step(task, by, section, this.forest) : null;
    if (spot) await this.move([task], spot);
    else this.said = t().tasks.said.stays;
  }

  /** Makes a task part of the one above it, or lifts it out of the one it is part of. */
  async nest(task: Entity, deeper: boolean): Promise<void> {
    const words = t().tasks.said;
    const parent = deeper ? this.#above(task) : this.forest.parent(this.forest.parent(task.id)?.id ?? "");
    if (deeper ? !parent : !this.forest.parent(task.id)) {
      this.said = words.stays;
      return;
    }
    const said = parent ? words.subtask(titleOf(task), titleOf(parent)) : words.ownTask(titleOf(task));
    if (await this.#save(this.#set([task], () => ({ parent: parent?.id ?? null })))) this.said = said;
  }

  /** The task above on the same level. */
  #above(task: Entity): Entity | undefined {
    const section = this.sectionOf(task.id);
    const spot = section ? step(task, -1, section, this.forest) : null;
    return spot?.id ? this.#app.planner.tasks.get(spot.id) : undefined;
  }

  /** The parts of a task, as they are listed in its details: what is done comes last. */
  parts(id: string): Entity[] {
    return [...this.forest.children(id)].sort((a, b) => Number(isDone(a)) - Number(isDone(b)) || byOrder(a, b));
  }
}

import type { Entity } from "$bindings";
import { PRIORITY_ORDER } from "../../lib/logic/reads";
import { dayOf, shift } from "../../lib/logic/time";
import type { Tasks } from "../../lib/state/tasks.svelte";
import { typing } from "../shell/shortcuts";

/** How long a key that leads others, as "g" does for the whole window, still counts. */
const PAUSE = 1_500;
const STEPS: Record<string, 1 | -1> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };

type Actions = {
  /** Focuses the row of a task. */
  reach: (id: string) => void;
  addPart: (task: Entity) => void;
};

/** The row that something is in. */
export const rowOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>("[data-row]") : null;

/** What keys do anywhere on a row of a list of tasks. They rest while somebody types. */
export function walking(list: Tasks, { reach, addPart }: Actions): (event: KeyboardEvent) => void {
  let leading = -Infinity;

  return (event) => {
    if (event.defaultPrevented || typing(event.target)) return;
    const id = rowOf(event.target)?.dataset.row;
    const task = list.shown.find((one) => one.id === id);
    // A tick and a button have a Space of their own.
    if (!task || (event.key === " " && !onTitle(event.target))) return;
    if (act(event, task)) event.preventDefault();
  };

  function onTitle(target: EventTarget | null): boolean {
    return target instanceof HTMLElement && target.dataset.task !== undefined;
  }

  /** Tells whether the key meant something here. */
  function act(event: KeyboardEvent, task: Entity): boolean {
    const { key, altKey, shiftKey } = event;
    if (event.ctrlKey || event.metaKey) return key === "a" && all();
    const led = event.timeStamp - leading < PAUSE;
    leading = key === "g" ? event.timeStamp : -Infinity;
    if (led) return false;
    if (altKey) return moves(key, task);
    const by = STEPS[key];
    if (by) return walk(task, by, shiftKey);
    return !shiftKey && acts(key, task);
  }

  function all(): boolean {
    list.selection.all(list.shown.map((one) => one.id));
    return true;
  }

  function walk(task: Entity, by: 1 | -1, extending: boolean): boolean {
    const ids = list.shown.map((one) => one.id);
    const next = ids[ids.indexOf(task.id) + by];
    if (next === undefined) return false;
    if (extending) list.selection.extend(ids, next, task.id);
    reach(next);
    return true;
  }

  function moves(key: string, task: Entity): boolean {
    if (key === "ArrowUp" || key === "ArrowDown") after(task, list.step(task, key === "ArrowDown" ? 1 : -1));
    else if (key === "ArrowRight" || key === "ArrowLeft") after(task, list.nest(task, key === "ArrowRight"));
    else return false;
    return true;
  }

  function acts(key: string, task: Entity): boolean {
    const tasks = list.meant(task);
    const today = dayOf(Date.now());
    const priority = PRIORITY_ORDER[Number(key) - 1];
    if (priority) after(task, list.prioritise(tasks, priority));
    else if (key === " ") gone(task, tasks.length > 1 ? list.finish(tasks) : list.toggle(task));
    else if (key === "x") list.selection.toggle(task.id);
    else if (key === "t") gone(task, list.plan(tasks, today));
    else if (key === "m") gone(task, list.plan(tasks, shift(today, 1)));
    else if (key === "s") addPart(task);
    else if (key === "Delete") gone(task, list.remove(tasks));
    else return false;
    return true;
  }

  /** A row that moved is made anew: the focus goes along. */
  function after(task: Entity, work: Promise<void>): void {
    void work.then(() => reach(task.id));
  }

  /** Where a row goes away, the one that takes its place is next. */
  function gone(task: Entity, work: Promise<void>): void {
    const at = list.shown.findIndex((one) => one.id === task.id);
    void work.then(() => {
      const next = list.shown.some((one) => one.id === task.id) ? task : (list.shown[at] ?? list.shown.at(-1));
      if (next) reach(next.id);
    });
  }
}

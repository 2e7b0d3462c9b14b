import type { Entity } from "$bindings";
import { text } from "./fields";
import { isDone } from "./status";

export type Progress = { done: number; all: number };

/**
 * Which task is part of which. A task whose parent is gone, or that would be part of itself, is a task of its own:
 * whatever two devices make of it, none is ever hidden.
 */
export class Forest {
  readonly #tasks: ReadonlyMap<string, Entity>;
  readonly #parents = new Map<string, string>();
  readonly #children = new Map<string, Entity[]>();

  constructor(tasks: ReadonlyMap<string, Entity>) {
    this.#tasks = tasks;
    const circles = this.#circles();
    for (const task of tasks.values()) {
      const parent = text(task, "parent");
      if (!parent || !tasks.has(parent) || circles.has(task.id)) continue;
      this.#parents.set(task.id, parent);
      const some = this.#children.get(parent);
      if (some) some.push(task);
      else this.#children.set(parent, [task]);
    }
  }

  /** The tasks that going up from comes back to. None is passed twice, however deep it is. */
  #circles(): Set<string> {
    const circles = new Set<string>();
    /** Where the way up began on which each was passed. */
    const passed = new Map<string, string>();
    for (const start of this.#tasks.keys()) {
      let at = start;
      for (; at && !passed.has(at); at = this.#up(at)) passed.set(at, start);
      // Only a way that meets itself has turned.
      if (passed.get(at) !== start) continue;
      for (; !circles.has(at); at = this.#up(at)) circles.add(at);
    }
    return circles;
  }

  #up(id: string): string {
    const task = this.#tasks.get(id);
    return task ? text(task, "parent") : "";
  }

  parent(id: string): Entity | undefined {
    return this.#tasks.get(this.#parents.get(id) ?? "");
  }

  children(id: string): readonly Entity[] {
    return this.#children.get(id) ?? [];
  }

  /** All that is part of these tasks, at any depth, without themselves. */
  below(tasks: readonly Entity[]): Entity[] {
    const parts = new Set(tasks.flatMap((task) => this.children(task.id)));
    for (const part of parts) for (const deeper of this.children(part.id)) parts.add(deeper);
    const whole = new Set(tasks.map((task) => task.id));
    return [...parts].filter((part) => !whole.has(part.id));
  }

  /** How many of its parts are done; null: it has none. */
  progress(id: string): Progress | null {
    const parts = this.children(id);
    return parts.length ? { done: parts.filter(isDone).length, all: parts.length } : null;
  }
}

/** A task in a list, so deep below another of the list. */
export type Branch = { task: Entity; depth: number };

/** Tasks in their order, each directly followed by those of them that are part of it. */
export function branches(tasks: readonly Entity[], forest: Forest): Branch[] {
  const here = new Set(tasks.map((task) => task.id));
  const below = new Map<string, Entity[]>();
  const roots: Entity[] = [];
  for (const task of tasks) {
    const parent = forest.parent(task.id)?.id;
    if (parent === undefined || !here.has(parent)) roots.push(task);
    else if (below.has(parent)) below.get(parent)?.push(task);
    else below.set(parent, [task]);
  }
  const lines: Branch[] = [];
  // No call for each level: there may be more of them than a stack holds.
  const ahead = roots.map((task) => ({ task, depth: 0 })).reverse();
  for (let line = ahead.pop(); line; line = ahead.pop()) {
    lines.push(line);
    const depth = line.depth + 1;
    for (const task of [...(below.get(line.task.id) ?? [])].reverse()) ahead.push({ task, depth });
  }
  return lines;
}

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
    for (const task of tasks.values()) {
      const parent = text(task, "parent");
      if (!parent || !tasks.has(parent) || this.#turns(task.id)) continue;
      this.#parents.set(task.id, parent);
      const some = this.#children.get(parent);
      if (some) some.push(task);
      else this.#children.set(parent, [task]);
    }
  }

  /** Whether going up from a task comes back to it. */
  #turns(id: string): boolean {
    const seen = new Set<string>();
    for (let at = this.#up(id); at && !seen.has(at); at = this.#up(at)) {
      if (at === id) return true;
      seen.add(at);
    }
    return false;
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

  /** Whether `id` is part of `whole`, at any depth. */
  within(id: string, whole: string): boolean {
    for (let at = this.#parents.get(id); at; at = this.#parents.get(at)) if (at === whole) return true;
    return false;
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
  const walk = (some: readonly Entity[], depth: number) => {
    for (const task of some) {
      lines.push({ task, depth });
      walk(below.get(task.id) ?? [], depth + 1);
    }
  };
  walk(roots, 0);
  return lines;
}

import { t } from "../words/index.svelte";
import type { Draft } from "./draft.svelte";
import type { Toasts } from "./toasts.svelte";

/** What is being typed on the screen, and what has left it and is not saved yet: that goes on where its field is next opened. */
export class Drafts {
  #toasts: Toasts;
  /** With their names, `kind:id:field`. */
  readonly #shown = new Map<Draft, string>();
  /** Those that have left, by name. */
  readonly #left = new Map<string, Draft>();

  constructor(toasts: Toasts) {
    this.#toasts = toasts;
  }

  /** Drafts of an item, by field, are on the screen until the returned function is called. */
  keep({ kind, id }: { kind: string; id: string }, drafts: Record<string, Draft>): () => void {
    const named = Object.entries(drafts).map(([field, draft]) => [`${kind}:${id}:${field}`, draft] as const);
    for (const [name, draft] of named) {
      const before = this.#left.get(name);
      if (before) draft.resume(before);
      this.#left.delete(name);
      this.#shown.set(draft, name);
    }
    return () => named.forEach(([name, draft]) => void this.#leave(name, draft));
  }

  /**
   * Saves when the window is left, until the returned function is called: the system may end an app that is not in front
   * without asking. What could not be saved is tried again then, unless it would replace what others wrote since.
   */
  run(): () => void {
    const flush = () => {
      this.#shown.forEach((_, draft) => void draft.flush());
      this.#left.forEach((draft, name) => draft.merges && void this.#retry(name));
    };
    const hidden = () => document.hidden && flush();
    window.addEventListener("blur", flush);
    window.addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", hidden);
    return () => {
      window.removeEventListener("blur", flush);
      window.removeEventListener("pagehide", flush);
      document.removeEventListener("visibilitychange", hidden);
    };
  }

  async #leave(name: string, draft: Draft): Promise<void> {
    this.#shown.delete(draft);
    // While an effect ends, Svelte reads what was there before.
    await Promise.resolve();
    if (!draft.unsaved) return;
    this.#left.set(name, draft);
    if (draft.waits) return;
    await draft.leave();
    // Otherwise its field is open again, and has it.
    if (this.#left.get(name) !== draft) return;
    if (draft.state !== "failed") this.#left.delete(name);
    else {
      const open = this.#open(name);
      if (open && !open.touched) {
        open.resume(draft);
        this.#left.delete(name);
      }
      this.#say(name, draft.error);
    }
  }

  #open(name: string): Draft | undefined {
    return [...this.#shown].find(([, one]) => one === name)?.[0];
  }

  /** A field that is gone cannot say it any more. */
  #say(name: string, error: string): void {
    this.#toasts.problem(new Error(t().common.kept(error)), {
      label: t().common.tryAgain,
      run: async () => {
        const draft = await this.#retry(name);
        if (draft?.state === "failed") this.#say(name, draft.error);
      },
    });
  }

  async #retry(name: string): Promise<Draft | undefined> {
    const draft = this.#open(name) ?? this.#left.get(name);
    await draft?.leave();
    if (draft && draft.state !== "failed" && this.#left.get(name) === draft) this.#left.delete(name);
    return draft;
  }
}

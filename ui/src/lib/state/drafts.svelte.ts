import { untrack } from "svelte";
import { t } from "../words/index.svelte";
import type { Draft } from "./draft.svelte";
import type { Toasts } from "./toasts.svelte";

/**
 * What is being typed on the screen, and what could not be saved as it left the screen: that is tried again whenever the
 * window is left, and goes on where its field is next opened.
 */
export class Drafts {
  #toasts: Toasts;
  readonly #shown = new Set<Draft>();
  /** By `kind:id:field`. */
  readonly #unsaved = new Map<string, Draft>();

  constructor(toasts: Toasts) {
    this.#toasts = toasts;
  }

  /** Drafts of an item, by field, are on the screen until the returned function is called. */
  keep({ kind, id }: { kind: string; id: string }, drafts: Record<string, Draft>): () => void {
    const named = Object.entries(drafts).map(([field, draft]) => [`${kind}:${id}:${field}`, draft] as const);
    for (const [name, draft] of named) {
      const before = this.#unsaved.get(name);
      // Whoever keeps it in an effect does not wait for what becomes of the other.
      if (before) untrack(() => draft.resume(before));
      this.#unsaved.delete(name);
      this.#shown.add(draft);
    }
    return () => named.forEach(([name, draft]) => void this.#leave(name, draft));
  }

  /** Saves when the window is left, until the returned function is called: the system may end an app that is not in front without asking. */
  run(): () => void {
    const flush = () => {
      this.#shown.forEach((draft) => void draft.flush());
      this.#unsaved.forEach((draft, name) => void this.#retry(name, draft));
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
    // While an effect ends, Svelte reads what was there before.
    await Promise.resolve();
    this.#shown.delete(draft);
    await draft.leave();
    if (draft.state !== "failed") return;
    this.#unsaved.set(name, draft);
    this.#say(name, draft);
  }

  /** Its field is gone and cannot say it any more. */
  #say(name: string, draft: Draft): void {
    this.#toasts.problem(new Error(t().common.kept(draft.error)), {
      label: t().common.tryAgain,
      run: async () => {
        await this.#retry(name, draft);
        if (draft.state === "failed") this.#say(name, draft);
      },
    });
  }

  async #retry(name: string, draft: Draft): Promise<void> {
    if (this.#unsaved.get(name) !== draft) return;
    await draft.flush();
    if (draft.state !== "failed" && this.#unsaved.get(name) === draft) this.#unsaved.delete(name);
  }
}

import type { Entity } from "$bindings";
import { text, titleOf } from "../../lib/logic/fields";
import { backlinks, folded, linkable, relinked } from "../../lib/logic/notes";
import type { App } from "../../lib/state/app.svelte";
import { t } from "../../lib/words/index.svelte";

/** What becomes of the links to a note whose title was changed: its person is asked once the title is left. */
export class Renaming {
  /** The notes that still link to the older title. */
  asked = $state.raw<{ from: string; to: string; notes: Entity[] } | null>(null);
  #app: App;
  #before = "";
  /** The note that asks is not on the screen any more. */
  #closed = false;

  constructor(app: App) {
    this.#app = app;
  }

  /** The title is about to be edited. */
  begin(note: Entity): void {
    this.#before = titleOf(note);
  }

  /** The title was left. `taken`: another note has the older one, and is meant by its links. */
  end(note: Entity, taken: (title: string) => boolean): void {
    const [from, to] = [this.#before, titleOf(note)];
    if (!from || folded(from) === folded(to) || !linkable(to) || taken(from)) return;
    const notes = backlinks(this.#app.planner.notes.values(), from, note.id);
    if (notes.length === 0) return;
    this.asked = { from, to, notes };
    if (!this.#closed) return;
    const words = t().notes;
    this.#app.toasts.show(words.renamed(notes.length, from), { label: words.relink, run: () => this.follow() });
  }

  /** Its note goes: what it asks from now on is asked in a message. */
  close(): void {
    this.#closed = true;
  }

  leave(): void {
    this.asked = null;
  }

  /** The links follow, all at once, and all at once back. */
  async follow(): Promise<void> {
    if (!this.asked) return;
    const { from, to, notes } = this.asked;
    const { planner, toasts } = this.#app;
    const texts = notes.map(({ id, ...note }) => {
      const base = text(note, "content");
      return { id, base, text: relinked(base, from, to) };
    });
    const edit = { type: "text" as const, kind: "note", field: "content" };
    this.asked = null;
    await this.#app.attempt(async () => {
      await planner.save(...texts.map((one) => ({ ...edit, ...one })));
      toasts.undo(t().notes.relinked(notes.length), () =>
        planner.save(...texts.map(({ id, base, text }) => ({ ...edit, id, base: text, text: base }))),
      );
    });
  }
}

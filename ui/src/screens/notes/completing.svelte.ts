import { titleOf } from "../../lib/logic/fields";
import { folded, openLink, suggested } from "../../lib/logic/notes";
import type { Pen } from "../../lib/state/pen.svelte";
import type { Planner } from "../../lib/state/planner.svelte";
import type { Option } from "./Completion.svelte";

const MOST = 6;

type Open = { from: number; typed: string; x: number; y: number };

/** Completes a link to a note while it is typed. */
export class Completing {
  open = $state.raw<Open | null>(null);
  chosen = $state(0);
  #pen: Pen;
  #planner: Planner;
  #own: string;
  #create: (title: string) => unknown;
  /** Somebody does not want help with this link. */
  #refused = -1;

  constructor(pen: Pen, planner: Planner, own: string, create: (title: string) => unknown) {
    this.#pen = pen;
    this.#planner = planner;
    this.#own = own;
    this.#create = create;
  }

  options = $derived(this.open ? this.#found(this.open.typed) : []);

  #found(typed: string): Option[] {
    const notes = suggested(this.#planner.notes.values(), typed, this.#own, MOST);
    const options = notes.map((note) => ({ id: note.id, title: titleOf(note), fresh: false }));
    const title = typed.trim();
    if (title && !options.some((option) => folded(option.title) === folded(title)))
      options.push({ id: "", title, fresh: true });
    return options;
  }

  /** The caret is somewhere else, or something was typed. */
  look(): void {
    const { text, start, end } = this.#pen.field;
    const link = start === end ? openLink(text, start) : null;
    if (!link || link.from === this.#refused) {
      if (!link) this.#refused = -1;
      this.open = null;
      return;
    }
    if (link.from === this.open?.from && link.typed === this.open.typed) return;
    this.open = { ...link, ...this.#pen.spot(link.from) };
    this.chosen = 0;
  }

  close(): void {
    this.open = null;
  }

  take(option = this.options[this.chosen]): void {
    const { open } = this;
    if (!open || !option) return;
    const { text, start } = this.#pen.field;
    const closed = text.startsWith("]]", start);
    const end = open.from + option.title.length + 2;
    const removed = start - open.from + (closed ? 2 : 0);
    this.#pen.edit({ at: open.from, removed, added: `${option.title}]]`, range: { start: end, end } });
    this.open = null;
    if (option.fresh) this.#create(option.title);
  }

  /** Whether the key was meant for the list. */
  key(event: KeyboardEvent): boolean {
    const { length } = this.options;
    if (!this.open || length === 0 || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "ArrowDown") this.chosen = (this.chosen + 1) % length;
    else if (event.key === "ArrowUp") this.chosen = (this.chosen + length - 1) % length;
    else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey)) this.take();
    else if (event.key === "Escape") {
      this.#refused = this.open.from;
      this.open = null;
    } else return false;
    return true;
  }
}

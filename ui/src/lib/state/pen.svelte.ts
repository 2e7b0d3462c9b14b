import { untrack } from "svelte";
import { arrivals, changes, movedRange } from "../logic/caret";
import type { Change, Range } from "../logic/caret";
import type { Edit, Field } from "../logic/markdown";
import { Undo } from "../logic/typing";
import type { Draft } from "./draft.svelte";

/** How long the eye has to find what has arrived. */
const GLOW = 2_600;

/**
 * The hand that writes a draft in a text field. What is typed goes to the draft; what arrives in the draft from elsewhere
 * comes into the field around the caret, which stays between the letters where it was, as do the selection and what is seen.
 *
 * Taking back is done here and not by the browser. Setting `value` or `setRangeText` empties the browser's own list of steps,
 * so one arrival would end all taking back; `execCommand("insertText")` keeps it, but puts the arrival on it as one more step:
 * Ctrl+Z would then delete what another device wrote. The steps kept here move along with the text, and are of this hand only.
 */
export class Pen {
  /** What arrived just now. */
  arrived = $state.raw<Range[]>([]);
  #draft: Draft;
  #onarrive: () => void;
  #area: HTMLTextAreaElement | null = null;
  /** Has the same letters at the same places, to be measured. */
  #mirror: HTMLElement | null = null;
  #undo = new Undo();
  /** What the field showed when it was looked at last. */
  #shown = "";
  #composing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(draft: Draft, onarrive: () => void = () => {}) {
    this.#draft = draft;
    this.#onarrive = onarrive;
  }

  /** The field that is written in. */
  attach = (area: HTMLTextAreaElement): (() => void) => {
    this.#area = area;
    area.value = untrack(() => this.#draft.value);
    this.#shown = area.value;
    $effect(() => this.#show(this.#draft.value));
    return () => {
      clearTimeout(this.#timer);
      this.#area = null;
    };
  };

  reflect = (mirror: HTMLElement): void => {
    this.#mirror = mirror;
  };

  get field(): Field {
    const { value: text = "", selectionStart: start = 0, selectionEnd: end = 0 } = this.#area ?? {};
    return { text, start, end };
  }

  /** Somebody has typed. A word that is still being composed is one step when it is done. */
  typed = (): void => {
    const text = this.#area?.value ?? "";
    if (!this.#composing && text !== this.#shown) {
      const made = [this.#undo.record(this.#shown, text, Date.now())];
      this.arrived = this.arrived.map((range) => movedRange(range, made));
      this.#shown = text;
    }
    this.#draft.type(text);
  };

  compose(on: boolean): void {
    this.#composing = on;
    if (!on) this.typed();
    this.#draft.hold(on);
  }

  /** Writes as a person would. */
  edit({ range, ...change }: Edit): void {
    this.#write(change);
    this.#area?.setSelectionRange(range.start, range.end);
    this.typed();
  }

  undo(): void {
    this.#play(this.#undo.undo());
  }

  redo(): void {
    this.#play(this.#undo.redo());
  }

  /** Ctrl+Z and its like. Tells whether the key was one of them. */
  key(event: KeyboardEvent): boolean {
    // The keys of an input method are its own.
    if (event.isComposing || !(event.ctrlKey || event.metaKey)) return false;
    const key = event.key.toLowerCase();
    if (key === "z" && !event.shiftKey) this.undo();
    else if (key === "y" || key === "z") this.redo();
    else return false;
    return true;
  }

  /** The same from the browser's own menu. */
  before = (event: InputEvent): void => {
    if (event.inputType === "historyUndo") this.undo();
    else if (event.inputType === "historyRedo") this.redo();
    else return;
    event.preventDefault();
  };

  focus(): void {
    this.#area?.focus();
  }

  /** Where a place of the text is drawn, from where the text begins. */
  spot(place: number): { x: number; y: number } {
    const text = this.#area?.value ?? "";
    if (!this.#mirror) return { x: 0, y: 0 };
    const mark = document.createElement("span");
    this.#mirror.replaceChildren(text.slice(0, place), mark, `${text.slice(place)}\u200b`);
    const spot = { x: mark.offsetLeft, y: mark.offsetTop };
    this.#mirror.replaceChildren();
    return spot;
  }

  #play(change: Change | null): void {
    if (!change || !this.#area) return;
    this.#write(change);
    const end = change.at + change.added.length;
    this.#area.setSelectionRange(end, end);
    this.#shown = this.#area.value;
    this.#draft.type(this.#shown);
  }

  #write({ at, removed, added }: Change): void {
    this.#area?.setRangeText(added, at, at + removed);
  }

  /** Takes in what is in the draft and not in the field: nobody here has typed it. */
  #show(draft: string): void {
    const area = this.#area;
    // A field has one kind of line break.
    const value = draft.replace(/\r\n?/g, "\n");
    if (!area || value === area.value) return;
    const made = changes(area.value, value);
    const { selectionStart: start, selectionEnd: end, selectionDirection, scrollTop } = area;
    const range = movedRange({ start, end }, made);
    const held = this.#held(made);
    const before = held && this.spot(held.from).y;
    area.value = this.#shown = value;
    area.setSelectionRange(range.start, range.end, selectionDirection);
    const sunk = held && before !== null ? this.spot(held.to).y - before : 0;
    area.scrollTop = scrollTop + sunk;
    this.#undo.arrived(made);
    this.#glow(arrivals(made));
  }

  /** What should stay where it is seen: the caret, or else the first line that comes after all that changed above. */
  #held(made: Change[]): { from: number; to: number } | null {
    const area = this.#area;
    if (!area || area.scrollHeight <= area.clientHeight) return null;
    const above = (place: number) => this.spot(place).y < area.scrollTop;
    const below = (place: number) => this.spot(place).y > area.scrollTop + area.clientHeight;
    const caret = area.selectionEnd;
    if (document.activeElement === area && !above(caret) && !below(caret))
      return { from: caret, to: movedRange({ start: caret, end: caret }, made).end };
    const last = made.findLast(({ at, removed }) => above(at + removed));
    if (!last) return null;
    const from = last.at + last.removed;
    return { from, to: movedRange({ start: from, end: from + 1 }, made).start };
  }

  #glow(ranges: Range[]): void {
    clearTimeout(this.#timer);
    this.arrived = ranges;
    this.#timer = setTimeout(() => (this.arrived = []), GLOW);
    this.#onarrive();
  }
}

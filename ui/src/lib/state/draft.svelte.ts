import { words } from "../backend/backend";
import { merge } from "../logic/merge";

/** Saves what was typed by somebody who began from `base`; what is stored then, where that is known. */
type Save = (value: string, base: string) => Promise<string | void>;

/** What was sent, and what is stored as the sum of it and what had arrived. */
type Saved = { sent: string; stored: string };

type Options = {
  /** So long after the last letter it saves itself; null: only when it is left. */
  delay?: number | null;
  /** A title is never empty, and has no blanks around it once it is left. */
  title?: boolean;
};

const WAIT = 600;
/** Who types without a pause loses no more than that when the power goes. */
const LONGEST = 2_000;
/** The same when something has arrived meanwhile, and from its arrival: who types on does not put it off. */
const SOON = 200;

/**
 * A text that is being typed and saves itself. What arrives from elsewhere replaces it only while nobody has typed
 * since it was loaded or saved; what was typed is never thrown away, not even when saving fails. Whoever saves is told
 * what the typing began from, so that both can be merged: the answer is what both make together, and is shown as it comes.
 */
export class Draft {
  value = $state("");
  state = $state<"clean" | "typing" | "saving" | "saved" | "failed">("clean");
  error = $state("");
  /** Somebody else changed it while it was being typed, and that could not be merged. */
  crossed = $state(false);
  #stored = "";
  /** What the typing began from. */
  #base = $state("");
  #save: Save;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When what is typed now is saved at the latest. */
  #latest = 0;
  /** The save that is planned does not wait for a pause. */
  #soon = false;
  /** What was typed is not saved before its person is at it again: others have written since, and it would replace that. */
  #waits = false;
  /** A word is being composed, letter by letter: nothing may change under it. */
  #held = false;
  #delay: number | null;
  #title: boolean;
  /** The save under way, `null` if it fails: the next one waits for it. */
  #saving: Promise<Saved | null> | null = null;

  constructor(stored: string, save: Save, { delay = WAIT, title = false }: Options = {}) {
    this.value = this.#stored = this.#base = stored;
    this.#save = save;
    this.#delay = delay;
    this.#title = title;
  }

  /** It is merged with what arrived meanwhile, so that saving it late replaces nothing. */
  get merges(): boolean {
    return !this.#title && this.#delay !== null;
  }

  get touched(): boolean {
    return this.value !== this.#base;
  }

  /** It is kept, and saved only once its person types in it or leaves its field. */
  get waits(): boolean {
    return this.#waits;
  }

  /** Something of it is not saved yet. */
  get unsaved(): boolean {
    return this.touched || this.#saving !== null;
  }

  /** The stored value as it is now, from wherever it came. */
  take(stored: string): void {
    if (stored === this.#stored) return;
    this.#stored = stored;
    // The blank after a word that is still being typed is not in the stored title, and stays.
    if (this.#title && stored === this.value.trim()) return;
    this.#settle();
  }

  /** While it is on, what arrives waits. */
  hold(on: boolean): void {
    this.#held = on;
    if (!on) this.#settle();
  }

  /** Shows what is stored, or has it merged with what was typed. */
  #settle(): void {
    if (this.#held || this.#saving || this.#stored === this.#base) return;
    if (!this.touched) this.value = this.#base = this.#stored;
    else if (this.merges && !this.#soon) {
      this.#wait(SOON);
      this.#soon = true;
    }
  }

  type(value: string): void {
    this.#waits = false;
    if (this.state !== "typing") this.#latest = Date.now() + LONGEST;
    this.value = value;
    this.state = "typing";
    if (!this.#soon) this.#wait(this.#delay);
  }

  #wait(delay: number | null): void {
    clearTimeout(this.#timer);
    if (delay === null) return;
    const longest = Math.max(0, this.#latest - Date.now());
    this.#timer = setTimeout(() => void this.flush(), Math.min(delay, longest));
  }

  /** Saves now what is not saved yet, after the save that is under way. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#waits) return;
    while (this.#saving) await this.#saving;
    clearTimeout(this.#timer);
    this.#soon = false;
    if (!this.touched) {
      if (this.state === "typing") this.state = "clean";
      return;
    }
    // An empty title waits for its first letter, or to be left.
    if (this.#title && !this.value.trim()) return;
    await this.#await(this.#once());
  }

  async #await(save: Promise<Saved | null>): Promise<void> {
    this.#saving = save;
    await save;
    this.#saving = null;
    // What failed is not tried again at once, and again, and again.
    if (this.state !== "failed") this.#settle();
  }

  /** The person is done with the field. */
  async leave(): Promise<void> {
    this.#waits = false;
    if (this.#title) {
      if (!this.value.trim()) {
        while (this.#saving) await this.#saving;
        // Somebody may have come back meanwhile.
        if (!this.value.trim()) return this.reset();
      } else if (this.value !== this.value.trim()) this.type(this.value.trim());
    }
    await this.flush();
  }

  async #once(): Promise<Saved | null> {
    const { value } = this;
    const base = this.#base;
    const theirs = this.#stored;
    this.state = "saving";
    try {
      const stored = (await this.#save(value, base)) ?? value;
      this.crossed ||= theirs !== base && theirs !== value && stored === value;
      const saved = { sent: value, stored };
      this.#saved(saved);
      return saved;
    } catch (error) {
      this.error = words(error);
      this.state = "failed";
      return null;
    }
  }

  #saved({ sent, stored }: Saved): void {
    this.#stored = stored;
    this.error = "";
    const untouched = this.value === sent;
    // What was typed meanwhile began from what was sent; where it can be, it goes on from what is stored.
    const both = this.#held ? null : merge(sent, this.value, stored);
    this.#base = both === null ? sent : stored;
    if (both !== null) this.value = both;
    this.state = untouched ? "saved" : "typing";
    this.#latest = Date.now() + LONGEST;
    if (!untouched) this.#wait(this.#delay);
  }

  /** Goes on where another draft of the same field was left: it could not be saved, or is being saved. */
  resume(other: Draft): void {
    this.#base = other.#base;
    this.error = other.error;
    this.type(other.value);
    // Whoever only looks decides nothing: it waits for a letter, or for the field to be left.
    this.#waits = !this.merges && (other.state === "failed" || other.#waits) && this.#base !== this.#stored;
    this.crossed ||= this.#waits;
    if (this.#waits) clearTimeout(this.#timer);
    const saving = other.#saving?.then((saved) => {
      if (saved) this.#saved(saved);
      return saved;
    });
    if (saving) void this.#await(saving);
  }

  /** Back to what is stored. */
  reset(): void {
    clearTimeout(this.#timer);
    this.#waits = false;
    this.value = this.#base = this.#stored;
    this.state = "clean";
    this.error = "";
  }
}

/** Whether a field was left for another; a window that goes to the back leaves the cursor where it is. */
export const leaves = (event: FocusEvent) => document.activeElement !== event.currentTarget;

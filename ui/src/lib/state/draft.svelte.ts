import { words } from "../backend/backend";

/** Saves what was typed by somebody who began from `base`; what is stored then, where that is known. */
type Save = (value: string, base: string) => Promise<string | void>;

const WAIT = 600;

/**
 * A text that is being typed and saves itself. What arrives from elsewhere replaces it only while nobody has typed
 * since it was loaded or saved; what was typed is never thrown away, not even when saving fails. Whoever saves is told
 * what the typing began from, so that both can be merged.
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
  #delay: number | null;

  constructor(stored: string, save: Save, delay: number | null = WAIT) {
    this.value = this.#stored = this.#base = stored;
    this.#save = save;
    this.#delay = delay;
  }

  get touched(): boolean {
    return this.value !== this.#base;
  }

  /** The stored value as it is now, from wherever it came. */
  take(stored: string): void {
    if (stored === this.#stored) return;
    this.#stored = stored;
    if (!this.touched) this.value = this.#base = stored;
  }

  type(value: string): void {
    this.value = value;
    this.state = "typing";
    clearTimeout(this.#timer);
    if (this.#delay !== null) this.#timer = setTimeout(() => void this.flush(), this.#delay);
  }

  /** Saves now what is not saved yet. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.touched) {
      if (this.state === "typing") this.state = "clean";
      return;
    }
    const { value } = this;
    const base = this.#base;
    const theirs = this.#stored;
    this.state = "saving";
    try {
      const stored = (await this.#save(value, base)) ?? value;
      this.crossed ||= theirs !== base && theirs !== value && stored === value;
      this.#stored = stored;
      this.error = "";
      if (this.value === value) {
        this.value = this.#base = stored;
        this.state = "saved";
      } else {
        // What was typed meanwhile began from what was just saved.
        this.#base = value;
        this.state = "typing";
      }
    } catch (error) {
      this.error = words(error);
      this.state = "failed";
    }
  }

  /** Back to what is stored, for a text that cannot be empty. */
  reset(stored: string): void {
    clearTimeout(this.#timer);
    this.value = this.#stored = this.#base = stored;
    this.state = "clean";
    this.error = "";
  }
}

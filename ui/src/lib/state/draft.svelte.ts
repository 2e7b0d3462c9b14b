import { words } from "../backend/backend";

type Save = (value: string) => Promise<unknown>;

const WAIT = 600;

/**
 * A text that is being typed and saves itself. What arrives from elsewhere replaces it only while nobody has typed
 * since it was loaded or saved; what was typed is never thrown away, not even when saving fails.
 */
export class Draft {
  value = $state("");
  state = $state<"clean" | "typing" | "saving" | "saved" | "failed">("clean");
  error = $state("");
  /** Somebody else changed it while it was being typed. */
  crossed = $state(false);
  #stored = "";
  #sent: string | null = null;
  #save: Save;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delay: number | null;

  constructor(stored: string, save: Save, delay: number | null = WAIT) {
    this.value = this.#stored = stored;
    this.#save = save;
    this.#delay = delay;
  }

  get touched(): boolean {
    return this.value !== this.#stored;
  }

  /** The stored value as it is now, from wherever it came. */
  take(stored: string): void {
    if (stored === this.#stored) return;
    if (!this.touched) this.value = stored;
    else if (stored !== this.#sent && stored !== this.value) this.crossed = true;
    this.#stored = stored;
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
    const value = this.value;
    this.state = "saving";
    this.#sent = value;
    try {
      await this.#save(value);
      this.#stored = value;
      this.error = "";
      this.state = this.value === value ? "saved" : "typing";
    } catch (error) {
      this.error = words(error);
      this.state = "failed";
    }
  }

  /** Back to what is stored, for a text that cannot be empty. */
  reset(stored: string): void {
    clearTimeout(this.#timer);
    this.value = this.#stored = stored;
    this.state = "clean";
    this.error = "";
  }
}

import type { Backend } from "../backend/backend";
import { isLanguage, speak } from "../words/index.svelte";
import type { Language } from "../words/index.svelte";

/** The language that the person chose; null: the system's. */
export class Speech {
  #backend: Backend;
  chosen = $state.raw<Language | null>(null);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async load(): Promise<void> {
    await this.#speak((await this.#backend.options()).language);
  }

  async choose(language: Language | null): Promise<void> {
    await this.#speak((await this.#backend.setLanguage(language)).language);
  }

  /** A tag that there is no catalogue for is as good as none. */
  async #speak(tag: string | null): Promise<void> {
    const language = tag !== null && isLanguage(tag) ? tag : null;
    await speak(language);
    this.chosen = language;
  }
}

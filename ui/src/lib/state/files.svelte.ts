import type { Imported } from "$bindings";
import { t } from "../words/index.svelte";
import type { App } from "./app.svelte";

/** Files that come in and go out. */
export class Files {
  #app: App;
  busy = $state(false);
  /** What came in last. */
  imported = $state.raw<Imported | null>(null);

  constructor(app: App) {
    this.#app = app;
  }

  /** Imports; tells whether something was chosen and taken. */
  async bring(from: () => Promise<Imported | null>): Promise<boolean> {
    let taken = false;
    await this.#run(async () => {
      const imported = await from();
      if (!imported) return;
      this.imported = imported;
      taken = true;
    });
    return taken;
  }

  exportLines(): Promise<void> {
    return this.#run(async () => {
      const written = await this.#app.backend.exportLines();
      if (written !== null) this.#app.toasts.show(t().devices.exported(written));
    });
  }

  exportMarkdown(): Promise<void> {
    return this.#run(async () => {
      const written = await this.#app.backend.exportMarkdown();
      if (written !== null) this.#app.toasts.show(t().devices.exportedFiles(written));
    });
  }

  async #run(work: () => Promise<unknown>): Promise<void> {
    this.busy = true;
    await this.#app.attempt(work);
    this.busy = false;
  }
}

import type { Invite, PairingEvent } from "$bindings";
import { codeOf, words } from "../../lib/backend/backend";
import type { Backend } from "../../lib/backend/backend";

export type Step =
  | { name: "code" }
  | { name: "link"; link: string }
  | { name: "calling" }
  | { name: "compare"; link: number; device: string; digits: string; answered: boolean }
  | { name: "done"; id: string; device: string }
  | { name: "failed"; code: string; message: string };

export type Tab = "show" | "enter";

/** One pairing, from the code to the first sync. */
export class Flow {
  step = $state.raw<Step>({ name: "code" });
  tab = $state<Tab>("show");
  invite = $state.raw<Invite | null>(null);
  /** When the code that is shown stops working. */
  until = $state(0);
  over = $state(false);
  wrong = $state(0);
  /** Why somebody who called while the code was shown could not come in. Anybody can bring that about: the code stays. */
  refused = $state("");
  showError = $state("");
  typed = $state("");
  address = $state("");
  enterError = $state.raw<{ code: string; message: string } | null>(null);
  #backend: Backend;
  #link: number | null = null;
  #stop: () => void;
  #early: PairingEvent[] = [];

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#stop = backend.on("pairing", (event) => this.#hear(event));
  }

  /** Shows a new code; the one before stops working. */
  async show(): Promise<void> {
    this.step = { name: "code" };
    this.tab = "show";
    this.over = false;
    this.wrong = 0;
    this.refused = "";
    this.showError = "";
    try {
      const invite = await this.#backend.openInvite();
      this.until = Date.now() + invite.open_ms;
      this.invite = invite;
    } catch (error) {
      this.invite = null;
      this.showError = words(error);
    }
  }

  /** A link came from outside: the person is asked. Tells whether it could be; a pairing that is under way goes on. */
  offer(link: string): boolean {
    if (this.step.name === "calling" || this.step.name === "compare") return false;
    this.step = { name: "link", link };
    return true;
  }

  /** Calls the device whose link was scanned, or opened and agreed to. */
  take(link: string): Promise<void> {
    this.typed = link;
    this.address = "";
    return this.join();
  }

  /** Back to the field, with what was typed in it. */
  enter(): void {
    this.step = { name: "code" };
    this.tab = "enter";
  }

  async join(): Promise<void> {
    this.enterError = null;
    this.#early = [];
    this.#link = null;
    this.step = { name: "calling" };
    try {
      const link = await this.#backend.join(this.typed.trim(), this.address.trim() || null);
      this.#link = link;
      // An answer may be quicker than the number of the call.
      for (const event of this.#early.splice(0)) this.#hear(event);
      void this.#shut();
    } catch (error) {
      this.enterError = { code: codeOf(error), message: words(error) };
      this.enter();
    }
  }

  async decide(accept: boolean): Promise<void> {
    if (this.step.name !== "compare") return;
    const { link } = this.step;
    if (accept) this.step = { ...this.step, answered: true };
    else this.step = { name: "failed", code: "differ", message: "" };
    try {
      await this.#backend.decide(link, accept);
    } catch (error) {
      if (accept) this.step = { name: "failed", code: codeOf(error), message: words(error) };
    }
  }

  /** Whatever is open is given up. */
  async close(): Promise<void> {
    this.#stop();
    const { step } = this;
    try {
      if (step.name === "compare") await this.#backend.decide(step.link, false);
      else if (step.name === "calling" && this.#link !== null) await this.#backend.decide(this.#link, false);
      if (this.invite && step.name !== "done") await this.#backend.closeInvite();
    } catch {
      // The window closes in any case, and silence is a no.
    }
  }

  /** One pairing at a time: the code shown here takes nobody else in. */
  async #shut(): Promise<void> {
    if (!this.invite || this.over) return;
    this.over = true;
    try {
      await this.#backend.closeInvite();
    } catch {
      // It runs out by itself.
    }
  }

  #hear(event: PairingEvent): void {
    switch (event.type) {
      case "invite_closed":
        if (!event.used) this.over = true;
        return;
      case "wrong_code":
        this.wrong += 1;
        return;
      case "compare":
        if (this.#foreign(event)) return;
        this.#link = event.link;
        this.step = { name: "compare", link: event.link, device: event.name, digits: event.digits, answered: false };
        return;
      case "paired":
        if (event.link !== this.#link) return;
        this.step = { name: "done", id: event.device, device: event.name };
        void this.#shut();
        return;
      case "failed":
        if (this.step.name === "code" && this.tab === "show") {
          this.refused = event.message;
          return;
        }
        if (this.#foreign(event)) return;
        // A no that was said here needs no echo.
        if (this.step.name !== "failed" && this.step.name !== "done")
          this.step = { name: "failed", code: event.code, message: event.message };
    }
  }

  /** Whether an event is about another call than the one under way; before its number is known, it waits. */
  #foreign(event: Extract<PairingEvent, { link: number }>): boolean {
    if (this.step.name === "calling" && this.#link === null) {
      this.#early.push(event);
      return true;
    }
    const unasked = this.step.name === "code" || this.step.name === "link";
    return unasked ? event.type === "failed" : event.link !== this.#link;
  }
}

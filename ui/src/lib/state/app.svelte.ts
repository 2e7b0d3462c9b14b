import type { Start } from "$bindings";
import { getContext, setContext, tick } from "svelte";
import type { Backend } from "../backend/backend";
import { words } from "../backend/backend";
import { text, titleOf } from "../logic/fields";
import { isPairingLink } from "../logic/links";
import type { Step } from "../logic/undo";
import { leaveAlone, said, speak, t } from "../words/index.svelte";
import { Begun } from "./begun";
import { Clock } from "./clock.svelte";
import { Combinations } from "./combinations.svelte";
import { Drafts } from "./drafts.svelte";
import { Files } from "./files.svelte";
import { Phone } from "./phone.svelte";
import { Planner } from "./planner.svelte";
import { Router } from "./router.svelte";
import { placeOf } from "./router.svelte";
import { Speech } from "./speech.svelte";
import type { Turn } from "./steps.svelte";
import { Sync } from "./sync.svelte";
import { Theme } from "./theme.svelte";
import { Toasts } from "./toasts.svelte";
import { Viewport } from "./viewport.svelte";

/** Everything a screen needs, made once for the window and handed down as context. */
export class App {
  readonly backend: Backend;
  readonly planner: Planner;
  readonly sync: Sync;
  readonly phone: Phone;
  readonly speech: Speech;
  readonly combined: Combinations;
  readonly files = new Files(this);
  readonly toasts = new Toasts({
    fresh: () => this.planner.steps.fresh,
    undo: (step) => this.undo(step),
    holds: (step) => this.planner.steps.holds(step),
  });
  readonly drafts = new Drafts(this.toasts);
  readonly router = new Router();
  readonly theme = new Theme();
  readonly clock = new Clock();
  readonly viewport = new Viewport();
  start = $state.raw<Start | null>(null);
  /** The pairing window is open. */
  pairing = $state(false);
  /** The palette is open. */
  palette = $state(false);
  /** A pairing link that was opened outside of the app; nothing is done with it before the person says so. */
  link = $state<string | null>(null);
  /** A sync with all devices that was asked for is under way. */
  syncing = $state(false);
  readonly begun = new Begun();
  /** The message that says what was gone back over last. */
  #told = 0;

  constructor(backend: Backend) {
    this.backend = backend;
    this.planner = new Planner(backend);
    this.sync = new Sync(backend);
    this.phone = new Phone(backend);
    this.speech = new Speech(backend);
    this.combined = new Combinations(this.sync);
    leaveAlone(() => this.sync.names);
  }

  /** Starts, and follows what the backend tells, until the returned function is called. */
  run(): () => void {
    const { backend, planner, sync } = this;
    const guard = (work: Promise<unknown>) => void work.catch((error: unknown) => this.toasts.problem(error));
    const stops = [
      this.router.follow(),
      this.clock.run(),
      this.viewport.run(),
      backend.on("status", (status) => {
        const reviews = sync.status?.reviews;
        sync.status = status;
        if (reviews !== undefined && reviews !== status.reviews) guard(sync.loadReviews());
      }),
      backend.on("data", () => {
        if (planner.loaded) guard(planner.follow());
        if (sync.reviews) guard(sync.loadReviews());
      }),
      backend.on("devices", () => guard(sync.loadDevices())),
      backend.on("phone", (now) => (this.phone.now = now)),
      backend.on("link", ({ link }) => this.#opened(link)),
      backend.on("opened", ({ kind, id }) => this.show(kind, id)),
      this.drafts.run(),
    ];
    void this.begin();
    return () => stops.forEach((stop) => stop());
  }

  async begin(): Promise<void> {
    try {
      // What a person chose is known only with the planner.
      await speak(null);
      const start = await this.backend.start();
      if (start.type === "ready") await this.load();
      this.start = start;
      await tick();
      // `cargo xtask bench window` reads it.
      performance.mark("usable");
    } catch (error) {
      this.start = { type: "failed", error: { code: "start", message: words(error) } };
    }
  }

  async load(): Promise<void> {
    await Promise.all([this.planner.load(), this.sync.load(), this.phone.load(), this.speech.load()]);
  }

  #opened(link: string): void {
    if (isPairingLink(link)) this.link = link;
    else this.toasts.problem(new Error(t().pairing.notForPairing));
  }

  /** Opens an item on its screen. */
  show(kind: string, id: string): void {
    const place = placeOf(kind, id);
    if (place) this.router.go(place.screen, place.open);
  }

  /** Syncs with all devices because a person asked for it, and says how that went. */
  async syncNow(): Promise<void> {
    if (this.syncing) return;
    this.syncing = true;
    await this.attempt(async () => {
      const moved = await this.backend.syncNow(null);
      const failed = moved.find((one) => one.reason !== null);
      this.toasts.show(failed?.reason ? said(failed.reason) : t().shell.synced(moved.length));
    });
    this.syncing = false;
  }

  /** Does what a person asked for; if it fails, says so. Tells whether it worked. */
  attempt = async (work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      this.toasts.problem(error);
      return false;
    }
  };

  /** Deletes, with a way back. */
  async remove(entity: { kind: string; id: string }, said: string): Promise<boolean> {
    const { kind, id } = entity;
    return this.attempt(async () => {
      await this.planner.save({ type: "delete", kind, id });
      this.toasts.undo(said);
    });
  }

  /** Takes back what was done last, or that step, and says so. */
  undo(step?: Step): Promise<boolean> {
    return this.attempt(async () => {
      const turn = await this.planner.steps.undo(step);
      if (turn) this.#say(turn, t().shell.undone, t().common.redo, (back) => this.redo(back));
    });
  }

  /** Does again what was taken back last, or that step, and says so. */
  redo(step?: Step): Promise<boolean> {
    return this.attempt(async () => {
      const turn = await this.planner.steps.redo(step);
      if (turn) this.#say(turn, t().shell.redone, t().common.undo, (back) => this.undo(back));
    });
  }

  /** The way back from a turn is the step that it made, whatever is done meanwhile. */
  #say(
    { step, edits, alone, back }: Turn,
    said: (what: string) => string,
    label: string,
    turn: (back: Step) => Promise<unknown>,
  ): void {
    const words = t().shell;
    // One message at a time says what was gone back over.
    this.toasts.close(this.#told);
    if (edits === 0) {
      this.#told = this.toasts.show(words.allLeftAlone);
      return;
    }
    const text = [said(this.#subject(step)), alone ? words.leftAlone : ""].filter(Boolean).join(". ");
    this.#told = back ? this.toasts.show(text, { label, run: () => turn(back) }, back) : this.toasts.show(text);
  }

  /** What a step was about, in a word or two. */
  #subject({ about }: Step): string {
    const [first, ...others] = new Map(about.map((one) => [one.id, one])).values();
    if (!first || others.length) return t().shell.severalItems(others.length + 1);
    return (first.kind === "habit_record" && this.planner.nameOf(text(first, "habit"))) || titleOf(first);
  }
}

const KEY = Symbol("app");

export function provideApp(app: App): App {
  return setContext(KEY, app);
}

export function useApp(): App {
  return getContext<App>(KEY);
}

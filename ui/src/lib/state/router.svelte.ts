export const SCREENS = ["tasks", "habits", "notes", "review", "devices", "history"] as const;
export type Screen = (typeof SCREENS)[number];

/** What an entry of the window's history stands for, above its screen: an item that was opened in it, and what lies over that. */
type Mark = { item: boolean; layers: number };

const BASE: Mark = { item: false, layers: 0 };
const height = (mark: Mark) => Number(mark.item) + mark.layers;

/**
 * Which screen is shown, what in it is open (`#/notes/<id>`), and what lies over it: dialogs, menus. Each of them is an
 * entry of the history, so that going back, which on a phone is a gesture, closes the topmost instead of leaving the app.
 */
export class Router {
  screen = $state<Screen>("tasks");
  open = $state<string | null>(null);
  /** What is open was opened here, over its screen; an address may also begin with it. */
  #item = false;
  /** How to close what lies over the screen, the topmost last. */
  #layers: (() => void)[] = [];
  #following = false;
  #planned = false;
  /** The history is on its way; until it has arrived nothing is written to it. */
  #travelling = false;

  /** Follows the address until the returned function is called. */
  follow(): () => void {
    // Entries of an earlier page are no business of this one.
    history.replaceState(BASE, "");
    this.#following = true;
    this.#travelling = false;
    const moved = () => this.#moved();
    this.#read();
    // A step to an entry of ours is told as well when its address differs, and must not count twice.
    const renamed = () => history.state === null && this.#moved();
    addEventListener("popstate", moved);
    addEventListener("hashchange", renamed);
    return () => {
      this.#following = false;
      removeEventListener("popstate", moved);
      removeEventListener("hashchange", renamed);
    };
  }

  go(screen: Screen, open: string | null = null): void {
    // From one item to the next is no step: what is below stays below.
    if (screen !== this.screen || this.open === null) this.#item = true;
    if (open === null) this.#item = false;
    this.screen = screen;
    this.open = open;
    this.#plan();
  }

  /** Something lies over the screen until the returned function is called; going back calls `close`. */
  layer(close: () => void): () => void {
    // Each has a name of its own, even if two close alike.
    const mine = () => close();
    this.#layers.push(mine);
    this.#plan();
    return () => {
      this.#layers = this.#layers.filter((one) => one !== mine);
      this.#plan();
    };
  }

  /** What happens in one go, such as one dialog after another, is one step at most. */
  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      if (this.#following && !this.#travelling) this.#settle();
    });
  }

  /** Brings the history to where the screen is. */
  #settle(): void {
    const [now, here] = [marked(), place(location.hash)];
    const wanted: Mark = { item: this.open !== null && this.#item, layers: this.#layers.length };
    const elsewhere = here.screen !== this.screen;
    // An item stays below another screen, to come back to; what lay over it does not.
    const surplus = elsewhere ? now.layers : height(now) - height(wanted);
    if (surplus > 0) {
      this.#travelling = true;
      history.go(-surplus);
      return;
    }
    const levels = [
      { mark: BASE, open: wanted.item ? null : this.open },
      ...(wanted.item ? [{ mark: { item: true, layers: 0 }, open: this.open }] : []),
      ...this.#layers.map((_, i) => ({ mark: { ...wanted, layers: i + 1 }, open: this.open })),
    ].map(({ mark, open }) => ({ mark, address: address(this.screen, open) }));
    const present = elsewhere ? -1 : height(now);
    levels.forEach((level, i) => {
      if (i === present) history.replaceState(level.mark, "", level.address);
      if (i > present) history.pushState(level.mark, "", level.address);
    });
  }

  #moved(): void {
    if (this.#travelling) {
      this.#travelling = false;
      // More may have been opened or closed on the way.
      this.#settle();
      return;
    }
    this.#read();
    for (const close of this.#layers.splice(marked().layers).reverse()) close();
    this.#plan();
  }

  #read(): void {
    const { screen, open } = place(location.hash);
    const { item } = marked();
    // Somebody went on from item to item while something lay over them: the entry below still names the first.
    if (item && this.#item && screen === this.screen) return;
    this.screen = screen;
    this.open = open;
    this.#item = item;
  }
}

/** Where an item is at home; null: it has no screen. */
export function placeOf(kind: string, id: string): { screen: Screen; open: string | null } | null {
  switch (kind) {
    case "task":
      return { screen: "tasks", open: id };
    case "note":
      return { screen: "notes", open: id };
    case "habit":
      return { screen: "habits", open: id };
    default:
      return null;
  }
}

function marked(): Mark {
  const state: unknown = history.state;
  return typeof state === "object" && state !== null && "layers" in state ? (state as Mark) : BASE;
}

function place(hash: string): { screen: Screen; open: string | null } {
  const [, name = "", open = ""] = hash.split("/");
  const screen = SCREENS.find((one) => one === name) ?? "tasks";
  return { screen, open: open ? decodeURIComponent(open) : null };
}

function address(screen: Screen, open: string | null): string {
  return `#/${screen}${open ? `/${encodeURIComponent(open)}` : ""}`;
}

export const SCREENS = ["tasks", "habits", "notes", "review", "devices", "history"] as const;
export type Screen = (typeof SCREENS)[number];

/** Which screen is shown, and what in it is open: `#/notes/<id>`. */
export class Router {
  screen = $state<Screen>("tasks");
  open = $state<string | null>(null);

  /** Follows the address until the returned function is called. */
  follow(): () => void {
    const read = () => {
      const [, name = "", open = ""] = location.hash.split("/");
      this.screen = (SCREENS as readonly string[]).includes(name) ? (name as Screen) : "tasks";
      this.open = open ? decodeURIComponent(open) : null;
    };
    read();
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }

  go(screen: Screen, open: string | null = null): void {
    this.screen = screen;
    this.open = open;
    const hash = `#/${screen}${open ? `/${encodeURIComponent(open)}` : ""}`;
    // Opening something within a screen is no step back and forth; going to another screen is.
    if (location.hash.startsWith(`#/${screen}`)) history.replaceState(null, "", hash);
    else location.hash = hash;
  }
}

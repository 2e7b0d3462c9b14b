import type { Screen } from "../../lib/state/router.svelte";
import { t } from "../../lib/words/index.svelte";
import { PLACES } from "./places";

/** Ways to do the same, each of keys that are pressed together if the first of them is held, else one after the other. */
export type Shortcut = { keys: string[][]; says: () => string };

/** What every screen that has keys of its own says of them. */
const own = import.meta.glob<{ KEYS: Shortcut[]; HEADING: () => string }>("../*/keys.ts", { eager: true });

const HELD = ["Ctrl", "Shift", "Alt"];

export const held = (key: string) => HELD.includes(key);

/** What is printed on the key. */
export function keyName(key: string): string {
  if (key === "Ctrl" && /mac|iphone|ipad/i.test(navigator.userAgent)) return "⌘";
  const names: Record<string, string> = t().shell.keyNames;
  return Object.hasOwn(names, key) ? (names[key] ?? key) : key;
}

/** What something does, and the keys that do it. */
export const withKeys = (word: string, keys: readonly string[]): string => `${word} (${keys.map(keyName).join("+")})`;

/** All of them, by where they work. */
export function sheet(): { name: string; keys: Shortcut[] }[] {
  const { goTo, everywhere, places, keys: says } = t().shell;
  const everywhereKeys: Shortcut[] = [
    { keys: [["Ctrl", "K"]], says: () => says.palette },
    { keys: [["n"]], says: () => says.add },
    { keys: [["/"]], says: () => says.find },
    { keys: [["Ctrl", "Z"]], says: () => says.undo },
    { keys: [["Ctrl", "Shift", "Z"]], says: () => says.redo },
    { keys: [["Esc"]], says: () => says.close },
    { keys: [["?"]], says: () => says.help },
  ];
  const screens = PLACES.flatMap(({ screen }) => {
    const its = own[`../${screen}/keys.ts`];
    return its ? [{ name: its.HEADING(), keys: its.KEYS }] : [];
  });
  return [
    { name: everywhere, keys: everywhereKeys },
    { name: goTo, keys: PLACES.map(({ screen, key }) => ({ keys: [["g", key]], says: () => places[screen] })) },
    ...screens,
  ];
}

/** How long after "g" the second key still counts. */
const PAUSE = 1_500;

type Actions = {
  go: (screen: Screen) => void;
  help: () => void;
  palette: () => void;
  /** Whether there was something to take back. */
  undo: () => boolean;
  redo: () => boolean;
};

/** The keys of the whole window. They rest while somebody types or a dialog is open. */
export function shortcuts({ go, help, palette, undo, redo }: Actions): (event: KeyboardEvent) => void {
  /** When "g" was pressed; time counts from the page's start, so 0 would be a moment ago. */
  let leading = -Infinity;

  function combined(event: KeyboardEvent) {
    const key = event.key.toLowerCase();
    // Somebody who types looks things up, too; over a dialog nothing else opens.
    if (key === "k" && !event.shiftKey && !covered()) {
      event.preventDefault();
      palette();
    }
    // Also behind a dialog, which no Tab leaves. A field takes back what was typed in it by itself.
    if (typing(event.target)) return;
    const again = (key === "z" && event.shiftKey) || key === "y";
    if (again ? redo() : key === "z" && undo()) event.preventDefault();
  }

  return (event) => {
    if (event.altKey || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey) return combined(event);
    if (covered() || typing(event.target)) return;
    const led = event.timeStamp - leading < PAUSE;
    leading = -Infinity;
    const place = PLACES.find(({ key }) => key === event.key);
    if (led && place) go(place.screen);
    else if (event.key === "g") leading = event.timeStamp;
    else if (event.key === "n") reach("[data-new]");
    else if (event.key === "/") reach("[data-search]");
    else if (event.key === "?") help();
    else return;
    event.preventDefault();
  };
}

function covered(): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"]') !== null;
}

/** Somebody types there: keys belong to the field. */
export function typing(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== "checkbox";
  if (target instanceof HTMLElement && target.isContentEditable) return true;
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** A screen marks where something new begins, and where its search is. */
export function reach(mark: string): void {
  const found = document.querySelector<HTMLElement>(mark);
  if (found instanceof HTMLButtonElement) found.click();
  else found?.focus();
}

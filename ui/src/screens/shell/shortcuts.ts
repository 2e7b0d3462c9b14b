import type { Screen } from "../../lib/state/router.svelte";

const PLACES: Record<string, Screen> = {
  t: "tasks",
  h: "habits",
  n: "notes",
  r: "review",
  d: "devices",
  y: "history",
};

/** How long after "g" the second key still counts. */
const PAUSE = 1_500;

type Actions = { go: (screen: Screen) => void; help: () => void; undo: () => boolean };

/** The keys of the whole window. They rest while somebody types or a dialog is open. */
export function shortcuts({ go, help, undo }: Actions): (event: KeyboardEvent) => void {
  let leading = 0;
  return (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z" && !typing(event.target)) {
      // Also behind a dialog, which no Tab leaves.
      if (undo()) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || busy(event.target)) return;
    const led = event.timeStamp - leading < PAUSE;
    leading = 0;
    const place = PLACES[event.key];
    if (led && place) go(place);
    else if (event.key === "g") leading = event.timeStamp;
    else if (event.key === "n") reach("[data-new]");
    else if (event.key === "/") reach("[data-search]");
    else if (event.key === "?") help();
    else return;
    event.preventDefault();
  };
}

function busy(target: EventTarget | null): boolean {
  return document.querySelector('[role="dialog"], [role="alertdialog"]') !== null || typing(target);
}

function typing(target: EventTarget | null): boolean {
  if (target instanceof HTMLInputElement) return target.type !== "checkbox";
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** A screen marks where something new begins, and where its search is. */
function reach(mark: string): void {
  const found = document.querySelector<HTMLElement>(mark);
  if (found instanceof HTMLButtonElement) found.click();
  else found?.focus();
}

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

type Actions = { go: (screen: Screen) => void; help: () => void };

/** The keys of the whole window. They rest while somebody types or a dialog is open. */
export function shortcuts({ go, help }: Actions): (event: KeyboardEvent) => void {
  let leading = 0;
  return (event) => {
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
  if (document.querySelector('[role="dialog"], [role="alertdialog"]')) return true;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !isTick(target)
  );
}

function isTick(target: HTMLElement): boolean {
  return target instanceof HTMLInputElement && target.type === "checkbox";
}

/** A screen marks where something new begins, and where its search is. */
function reach(mark: string): void {
  const found = document.querySelector<HTMLElement>(mark);
  if (found instanceof HTMLButtonElement) found.click();
  else found?.focus();
}

/**
 * The keys of an ARIA grid: one stop for Tab, and arrows from cell to cell. What is in a row's cells is looked for when a key
 * is pressed, so rows may come and go; where one was, one comes back to.
 */
export function grid(box: HTMLElement): () => void {
  const rows = () =>
    [...box.querySelectorAll("tr")]
      .map((row) => [...row.querySelectorAll<HTMLElement>("td button, th button")])
      .filter((row) => row.length > 0);

  /** Makes one of them the stop for Tab: the given one, or that which was, or the one that is marked to begin with. */
  function settle(stop: Element | null = box.querySelector('[tabindex="0"]')): void {
    const all = rows().flat();
    const first = box.querySelector<HTMLElement>("[data-begin]") ?? all[0];
    const one = all.find((button) => button === stop) ?? first;
    for (const button of all) button.tabIndex = button === one ? 0 : -1;
  }

  function keys(event: KeyboardEvent): void {
    if (event.altKey || event.metaKey) return;
    const all = rows();
    const y = all.findIndex((row) => row.some((button) => button === event.target));
    const x = all[y]?.findIndex((button) => button === event.target) ?? -1;
    if (x < 0) return;
    const next = step(event, all, x, y);
    if (!next) return;
    event.preventDefault();
    settle(next);
    next.focus();
  }

  const focused = (event: FocusEvent) => event.target instanceof HTMLButtonElement && settle(event.target);
  const observer = new MutationObserver(() => settle());
  observer.observe(box, { childList: true, subtree: true });
  box.addEventListener("keydown", keys);
  box.addEventListener("focusin", focused);
  settle();
  return () => {
    observer.disconnect();
    box.removeEventListener("keydown", keys);
    box.removeEventListener("focusin", focused);
  };
}

/** Up and down stay in a column, where there is something; left and right go on into the next row. */
function step({ key, ctrlKey }: KeyboardEvent, all: HTMLElement[][], x: number, y: number): HTMLElement | undefined {
  const row = all[y] ?? [];
  const column = row[x]?.closest("td, th");
  const across = (to: number) => {
    const index = column instanceof HTMLTableCellElement ? column.cellIndex : 0;
    const cells = all[to] ?? [];
    return cells.find((button) => (button.closest("td, th") as HTMLTableCellElement).cellIndex === index);
  };
  switch (key) {
    case "ArrowLeft":
      return row[x - 1] ?? all[y - 1]?.at(-1);
    case "ArrowRight":
      return row[x + 1] ?? all[y + 1]?.[0];
    case "ArrowUp":
      return across(y - 1);
    case "ArrowDown":
      return across(y + 1);
    case "Home":
      return ctrlKey ? all[0]?.[0] : row[0];
    case "End":
      return ctrlKey ? all.at(-1)?.at(-1) : row.at(-1);
    default:
      return undefined;
  }
}

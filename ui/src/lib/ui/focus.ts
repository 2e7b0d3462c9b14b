import { tick } from "svelte";

/** Puts the focus where it came from once the page has changed; whoever has gone on elsewhere stays there. */
export async function refocus(from: () => HTMLElement | null | undefined): Promise<void> {
  await tick();
  if (document.activeElement === document.body) from()?.focus();
}

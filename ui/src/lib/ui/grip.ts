import type { Drag } from "../state/drag.svelte";

/** A handle that a finger drags by. The page neither scrolls nor is pulled while it does. */
export function grip(drag: Drag, start: (event: PointerEvent) => void): (handle: HTMLElement) => () => void {
  return (handle) => {
    const down = (event: PointerEvent) => {
      event.stopPropagation();
      start(event);
    };
    const touched = (event: TouchEvent) => event.stopPropagation();
    const moved = (event: TouchEvent) => drag.active && event.cancelable && event.preventDefault();
    handle.addEventListener("pointerdown", down);
    handle.addEventListener("touchstart", touched, { passive: true });
    handle.addEventListener("touchmove", moved, { passive: false });
    return () => {
      handle.removeEventListener("pointerdown", down);
      handle.removeEventListener("touchstart", touched);
      handle.removeEventListener("touchmove", moved);
    };
  };
}

/** So long a finger rests on something that it presses long. */
const LONG = 450;
const SLACK = 10;

/** Calls `run` where a finger stays on an element; the tap that would follow is none. */
export function longPress(run: () => void): (element: HTMLElement) => () => void {
  return (element) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from = { x: 0, y: 0 };
    let pressed = false;

    const drop = () => clearTimeout(timer);
    const down = (event: PointerEvent) => {
      drop();
      pressed = false;
      if (event.pointerType === "mouse" || !event.isPrimary) return;
      from = { x: event.clientX, y: event.clientY };
      timer = setTimeout(() => {
        pressed = true;
        run();
      }, LONG);
    };
    const move = (event: PointerEvent) => {
      if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > SLACK) drop();
    };
    const swallow = (event: Event) => {
      if (!pressed) return;
      event.preventDefault();
      event.stopPropagation();
      if (event.type === "click") pressed = false;
    };
    element.addEventListener("pointerdown", down);
    element.addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) element.addEventListener(name, drop);
    for (const name of ["click", "contextmenu"]) element.addEventListener(name, swallow, true);
    return () => {
      drop();
      element.removeEventListener("pointerdown", down);
      element.removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) element.removeEventListener(name, drop);
      for (const name of ["click", "contextmenu"]) element.removeEventListener(name, swallow, true);
    };
  };
}

/** Where something is held: over a row (before or after it), or over a place that takes any. */
export type Over = { group: string; id: string | null; after: boolean };

type Options = {
  id: string;
  title: string;
  /** It is picked up by resting on it; a finger that goes on scrolls. */
  hold: boolean;
  allowed: (over: Over) => boolean;
  drop: (over: Over) => void;
};

/** So far a pointer goes before it drags, and does not just press. */
const SLACK = 6;
const HOLD = 180;
/** Near an edge of what scrolls, it scrolls along. */
const EDGE = 48;

/**
 * Something that is dragged with a pointer. Places that take it are marked in the page: `data-group` names a place,
 * `data-row` a row in it. It listens to the window, as the row it began on may be scrolled away meanwhile.
 */
export class Drag {
  /** What is dragged; null: nothing. */
  id = $state<string | null>(null);
  title = $state("");
  x = $state(0);
  y = $state(0);
  over = $state.raw<Over | null>(null);
  /** A drag has just ended here: the click that follows is none. */
  #ended = -Infinity;

  get active(): boolean {
    return this.id !== null;
  }

  /** Whether this click only let go of something. */
  swallows(event: MouseEvent): boolean {
    return event.timeStamp - this.#ended < 300;
  }

  /** Follows the pointer that was just pressed. */
  follow(down: PointerEvent, { id, title, hold, allowed, drop }: Options): void {
    const steps = new AbortController();
    const { signal } = steps;
    let box: Element | null = null;
    let frame = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;

    const look = () => {
      const hit = document.elementFromPoint(this.x, this.y);
      box = hit?.closest(".screen-body") ?? box;
      const over = overAt(hit, this.y);
      this.over = over && allowed(over) ? over : null;
    };
    const scroll = () => {
      frame = requestAnimationFrame(scroll);
      if (!box || !this.active) return;
      const { top, bottom } = box.getBoundingClientRect();
      const by = this.y < top + EDGE ? -8 : this.y > bottom - EDGE ? 8 : 0;
      if (!by) return;
      box.scrollTop += by;
      look();
    };
    const begin = () => {
      [this.id, this.title] = [id, title];
      [this.x, this.y] = [down.clientX, down.clientY];
      frame = requestAnimationFrame(scroll);
    };
    const move = (event: PointerEvent) => {
      if (event.pointerId !== down.pointerId) return;
      const far = Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY);
      if (!this.active && far < SLACK) return;
      if (!this.active && hold) return end();
      event.preventDefault();
      if (!this.active) begin();
      [this.x, this.y] = [event.clientX, event.clientY];
      look();
    };
    const end = (event?: PointerEvent) => {
      if (event && event.pointerId !== down.pointerId) return;
      steps.abort();
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      const over = this.over;
      if (this.active && event) this.#ended = event.timeStamp;
      this.id = this.over = null;
      if (over && event?.type === "pointerup") drop(over);
    };
    if (hold) timer = setTimeout(begin, HOLD);
    addEventListener("pointermove", move, { signal, passive: false });
    addEventListener("pointerup", end, { signal });
    addEventListener("pointercancel", end, { signal });
    addEventListener("blur", () => end(), { signal });
    addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Escape" || !this.active) return;
        event.preventDefault();
        event.stopPropagation();
        this.#ended = event.timeStamp;
        end();
      },
      { signal, capture: true },
    );
  }
}

function overAt(hit: Element | null, y: number): Over | null {
  const group = hit?.closest<HTMLElement>("[data-group]")?.dataset.group;
  if (group === undefined) return null;
  const row = hit?.closest<HTMLElement>("[data-row]");
  if (!row?.dataset.row) return { group, id: null, after: hit?.closest("[data-head]") === null };
  const { top, height } = row.getBoundingClientRect();
  return { group, id: row.dataset.row, after: y > top + height / 2 };
}

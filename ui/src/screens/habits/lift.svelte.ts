/** Dragging one row of a list to another place. */
export class Lift {
  /** What is dragged, and the place it would have. */
  id = $state<string | null>(null);
  place = $state(0);

  /** Follows the pointer from a row of `list` until it is let go; the order shown meanwhile is `place`'s. */
  begin(event: PointerEvent, id: string, at: number, onput: (place: number) => void): void {
    if (event.button !== 0) return;
    event.preventDefault();
    const row = event.target instanceof Element ? event.target.closest("tr") : null;
    const body = row?.parentElement;
    if (!body) return;
    [this.id, this.place] = [id, at];

    const move = ({ clientY }: PointerEvent) => {
      const others = [...body.children].filter((one) => one !== row);
      const middle = (one: Element) => one.getBoundingClientRect().top + one.getBoundingClientRect().height / 2;
      this.place = others.filter((one) => middle(one) < clientY).length;
    };
    const stop = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", drop);
      removeEventListener("pointercancel", stop);
      removeEventListener("keydown", escape, true);
      this.id = null;
    };
    const drop = () => {
      const { place } = this;
      stop();
      onput(place);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      stop();
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", drop);
    addEventListener("pointercancel", stop);
    addEventListener("keydown", escape, true);
  }

  /** A list as it would be. */
  shown<Item extends { id: string }>(list: Item[]): Item[] {
    const item = list.find((one) => one.id === this.id);
    return item ? list.filter((one) => one !== item).toSpliced(this.place, 0, item) : list;
  }
}

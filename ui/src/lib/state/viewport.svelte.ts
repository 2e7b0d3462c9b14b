/** A keyboard on the screen takes more than a bar of the browser does. */
const KEYBOARD = 150;
/** The height of a line of text where nobody has set text larger: 1rem, at 1.5. */
const LINE = 24;

/** How much room there is, and how large text is set. */
export class Viewport {
  /** How much larger than usual the system shows text. */
  textScale = $state(1);
  #root = document.documentElement;

  /** Watches the keyboard on the screen until the returned function is called. */
  run(): () => void {
    const view = window.visualViewport;
    if (!view) return () => {};
    const touch = matchMedia("(pointer: coarse)");
    let [width, tallest] = [0, 0];
    const look = () => {
      // Zoomed in, less is seen for another reason.
      if (view.scale > 1.01) return;
      if (width !== innerWidth) [width, tallest] = [innerWidth, 0];
      tallest = Math.max(tallest, view.height);
      const open = touch.matches && tallest - view.height > KEYBOARD;
      this.#root.style.setProperty("--keyboard", `${Math.max(0, Math.round(innerHeight - view.height))}px`);
      this.#root.toggleAttribute("data-keyboard", open);
      if (open) document.activeElement?.scrollIntoView({ block: "nearest" });
    };
    look();
    view.addEventListener("resize", look);
    return () => view.removeEventListener("resize", look);
  }

  /** Learns from a line of text, which has no other height than its own. */
  measure = (line: HTMLElement): (() => void) => {
    const observer = new ResizeObserver(() => {
      this.textScale = Math.max(1, line.offsetHeight / LINE);
      this.#root.style.setProperty("--text-scale", String(this.textScale));
    });
    observer.observe(line);
    return () => observer.disconnect();
  };
}

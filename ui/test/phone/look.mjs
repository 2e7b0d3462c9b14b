// What is looked at in the page itself: each function runs there, and tells what is wrong in words.

/** Text as somebody has it who sets it `times` as large. */
export function large(times) {
  document.documentElement.style.fontSize = `${times * 16}px`;
  return new Promise((resolve) => setTimeout(resolve, 200));
}

/** Nothing may be wider than the screen. */
export function overflow() {
  const wide = [];
  const { clientWidth } = document.documentElement;
  if (document.documentElement.scrollWidth > clientWidth) wide.push(`the page scrolls sideways`);
  for (const box of document.querySelectorAll("body *")) {
    const style = getComputedStyle(box);
    if (box.scrollWidth > box.clientWidth + 1 && /auto|scroll/.test(style.overflowX) && box.clientWidth > 0)
      wide.push(
        `scrolls sideways: ${box.tagName.toLowerCase()}.${box.className} (${box.scrollWidth} > ${box.clientWidth})`,
      );
    const { left, right, width, height } = box.getBoundingClientRect();
    const seen = width > 1 && height > 1 && box.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (seen && !box.closest("svg, .hidden-text, .gauge, .skip") && (left < -1 || right > clientWidth + 1)) {
      let clipped = false;
      for (let up = box.parentElement; up && !clipped; up = up.parentElement)
        clipped = getComputedStyle(up).overflowX !== "visible" && up.getBoundingClientRect().right <= clientWidth + 1;
      if (!clipped)
        wide.push(
          `reaches over the edge: ${box.tagName.toLowerCase()}.${box.className} (${Math.round(left)}–${Math.round(right)})`,
        );
    }
  }
  return wide;
}

/** Whatever can be touched is met along 44 px upright and across, of which its middle is a part. */
export async function reach() {
  const SIZE = 44;
  const TOUCHED =
    'a[href], button, input, select, textarea, summary, [role="button"], [role="tab"], [role="switch"], [role="menuitem"]';
  const missed = [];
  const tops = [...document.querySelectorAll('[role="dialog"], [role="alertdialog"]')];
  // Details that lie over a list are what is touched.
  const panel = document.querySelector(".panel");
  if (tops.length === 0 && panel && getComputedStyle(panel).position === "fixed") tops.push(panel);
  const parts = tops.length > 0 ? [tops.at(-1), document.querySelector(".toasts")] : [document];
  for (const one of parts.flatMap((part) => [...part.querySelectorAll(TOUCHED)])) {
    if (one.disabled || one.closest(".skip, .hidden-text") || one.matches(".hidden-text")) continue;
    if (!one.checkVisibility({ visibilityProperty: true })) continue;
    one.scrollIntoView({ block: "center", behavior: "instant" });
    const box = one.getBoundingClientRect();
    const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
    const label = one.closest("label");
    const meets = (dx, dy) => {
      const hit = document.elementFromPoint(x + dx, y + dy);
      if (hit === null) return false;
      // A message goes again by itself.
      if (hit.closest(".toasts") && !one.closest(".toasts")) return true;
      // And so does what was understood of a line, once it is typed.
      if (hit.closest(".understood") && !one.closest(".understood")) return true;
      return one.contains(hit) || hit === label || hit.closest("label")?.control === one;
    };
    /** How far it goes on from the middle. */
    const far = (dx, dy) => {
      let way = 0;
      while (way < SIZE && meets(dx * (way + 1), dy * (way + 1))) way += 1;
      return way;
    };
    const name = (one.getAttribute("aria-label") || one.textContent || one.placeholder || one.type || "").trim();
    const said = `${one.tagName.toLowerCase()} “${name.slice(0, 40)}” (${Math.round(box.width)} × ${Math.round(box.height)})`;
    if (!meets(0, 0)) missed.push(`something lies over ${said}`);
    else if (far(0, -1) + far(0, 1) + 1 < SIZE - 1) missed.push(`too low for a finger: ${said}`);
    else if (far(-1, 0) + far(1, 0) + 1 < SIZE - 1) missed.push(`too narrow for a finger: ${said}`);
  }
  return missed;
}

/** The navigation lies below what scrolls, not over it, and none of its words is cut off. */
export function navigation() {
  const wrong = [];
  const nav = document.querySelector('nav[aria-label="Main"]');
  if (!nav?.checkVisibility()) return wrong;
  const { top, right } = document.querySelector(".side").getBoundingClientRect();
  const main = document.querySelector("main").getBoundingClientRect();
  // Where there is room it stands beside it.
  if (main.left >= right - 1) return wrong;
  if (main.bottom > top + 1) wrong.push(`the navigation covers ${Math.round(main.bottom - top)} px of the content`);
  for (const word of nav.querySelectorAll(".name")) {
    const link = word.closest("a").getBoundingClientRect();
    const { left, right } = word.getBoundingClientRect();
    if (left < link.left - 0.5 || right > link.right + 0.5) wrong.push(`the navigation cuts off ${word.textContent}`);
  }
  return wrong;
}

/** No word of a control is broken in two, no choice is cut off, and nothing is made lower than what is in it. */
export function words() {
  const wrong = [];
  const seen = (box) => box.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const range = document.createRange();
  for (const box of document.querySelectorAll("button, a, label, summary, h1, h2, h3, dt, th, .label")) {
    if (!seen(box) || box.matches(".hidden-text")) continue;
    const texts = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    while (texts.nextNode())
      for (const { 0: word, index } of texts.currentNode.data.matchAll(/\p{L}{2,30}/gu)) {
        range.setStart(texts.currentNode, index);
        range.setEnd(texts.currentNode, index + word.length);
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        const hidden = getComputedStyle(texts.currentNode.parentElement).clipPath !== "none";
        if (lines.size > 1 && !hidden) wrong.push(`breaks a word: “${word}” in ${box.tagName.toLowerCase()}`);
      }
  }
  const pen = document.createElement("canvas").getContext("2d");
  /** What the mark of a choice takes. */
  const MARK = 16;
  for (const select of document.querySelectorAll("select")) {
    const style = getComputedStyle(select);
    const text = select.selectedOptions[0]?.text ?? "";
    pen.font = style.font;
    const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - MARK;
    if (seen(select) && pen.measureText(text).width > room) wrong.push(`cuts off the choice “${text}”`);
  }
  for (const box of document.querySelectorAll(".panel > .fields > *, .dialog-body > *"))
    if (seen(box) && box.scrollHeight > box.clientHeight + 1 && getComputedStyle(box).overflowY === "visible")
      wrong.push(`is lower than what is in it: ${box.tagName.toLowerCase()}.${box.className}`);
  return wrong;
}

import { configure } from "@testing-library/svelte";
import { afterEach, vi } from "vitest";

// A busy machine is slow, and that is no failure.
configure({ asyncUtilTimeout: 4000 });

// What a browser has and this DOM has not. Nothing is laid out here, so nothing is ever measured.
class Observer {
  observe() {}
  unobserve() {}
  disconnect() {}
}

vi.stubGlobal("ResizeObserver", Observer);
vi.stubGlobal("IntersectionObserver", Observer);
vi.stubGlobal("matchMedia", (media: string) => {
  const list: Partial<MediaQueryList> = { media, matches: false, addEventListener() {}, removeEventListener() {} };
  return list;
});

// A window of a usual size, so that what floats beside something counts as seen.
Object.defineProperty(Element.prototype, "clientWidth", { get: () => 1200 });
Object.defineProperty(Element.prototype, "clientHeight", { get: () => 800 });

Element.prototype.getBoundingClientRect = function () {
  const whole = this === document.documentElement || this === document.body;
  return whole ? new DOMRect(0, 0, 1200, 800) : new DOMRect(100, 100, 200, 40);
};
Element.prototype.scrollIntoView = () => {};
Element.prototype.hasPointerCapture = () => false;
Element.prototype.animate = function () {
  const animation = {
    cancel() {},
    finished: Promise.resolve(),
    currentTime: 0,
    startTime: 0,
    effect: null,
    onfinish: null as (() => void) | null,
  };
  queueMicrotask(() => animation.onfinish?.());
  return animation as unknown as Animation;
};
Element.prototype.getAnimations = () => [];
HTMLCanvasElement.prototype.getContext = () => null;

afterEach(() => localStorage.clear());

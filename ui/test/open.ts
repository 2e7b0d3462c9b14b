import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { expect } from "vitest";
import App from "../src/App.svelte";
import { FakeBackend } from "../src/lib/backend/fake";
import type { SeedOptions } from "../src/lib/backend/fake/seed";
import type { Screen } from "../src/lib/state/router.svelte";

/** Somebody at the keyboard, who types as fast as the app can take it. */
export const newUser = () => userEvent.setup({ delay: null, pointerEventsCheck: 0 });

/** The app at one of its screens, over a planner in memory. */
export async function open(at: Screen, options: SeedOptions & { fake?: FakeBackend } = {}) {
  const fake = options.fake ?? new FakeBackend(options);
  // A step back of the test before may still be on its way.
  await new Promise((resolve) => setTimeout(resolve));
  location.hash = `#/${at}`;
  const user = newUser();
  render(App, { backend: fake });
  if (!fake.first) await screen.findByRole("heading", { level: 1, name: new RegExp(at, "i") });
  return { fake, user };
}

/** What a tool can tell of how the page is for people who do not see it. Colours need a real browser. */
export async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join("\n")}`)).toEqual([]);
}

export const button = (name: string | RegExp) => screen.getByRole("button", { name });
export const findButton = (name: string | RegExp) => screen.findByRole("button", { name });

import type { states as words } from "../en/states";

export const states: typeof words = {};

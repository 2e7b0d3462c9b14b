import type { habits as words } from "../en/habits";

export const habits: typeof words = {};

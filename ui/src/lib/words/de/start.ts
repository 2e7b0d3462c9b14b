import type { start as words } from "../en/start";

export const start: typeof words = {};

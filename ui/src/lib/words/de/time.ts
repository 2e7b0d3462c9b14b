import type { time as words } from "../en/time";

export const time: typeof words = {};

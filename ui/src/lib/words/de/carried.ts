import type { carried as words } from "../en/carried";

export const carried: typeof words = {};

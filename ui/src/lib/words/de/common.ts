import type { common as words } from "../en/common";

export const common: typeof words = {};

import type { history as words } from "../en/history";

export const history: typeof words = {};

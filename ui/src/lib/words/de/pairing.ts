import type { pairing as words } from "../en/pairing";

export const pairing: typeof words = {};

import type { review as words } from "../en/review";

export const review: typeof words = {};

import type { notes as words } from "../en/notes";

export const notes: typeof words = {};

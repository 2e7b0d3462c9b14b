import type { shell as words } from "../en/shell";

export const shell: typeof words = {};

import type { fields as words } from "../en/fields";

export const fields: typeof words = {};

import type { tasks as words } from "../en/tasks";

export const tasks: typeof words = {};

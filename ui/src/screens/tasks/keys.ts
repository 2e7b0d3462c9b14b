import type { Words } from "../../lib/words/index.svelte";

type Say = keyof Words["tasks"]["keys"];

/** The keys of a list of tasks: those that do the same, and the word of the catalogue that says what. */
export const TASK_KEYS: readonly { keys: readonly string[]; say: Say }[] = [
  { keys: ["↑", "↓", "j", "k"], say: "walk" },
  { keys: ["Space"], say: "tick" },
  { keys: ["Enter"], say: "open" },
  { keys: ["F2"], say: "rename" },
  { keys: ["x"], say: "select" },
  { keys: ["Shift ↑", "Shift ↓"], say: "extend" },
  { keys: ["Ctrl A"], say: "selectAll" },
  { keys: ["Alt ↑", "Alt ↓"], say: "move" },
  { keys: ["Alt →", "Alt ←"], say: "indent" },
  { keys: ["s"], say: "subtask" },
  { keys: ["1", "2", "3", "4"], say: "priority" },
  { keys: ["t"], say: "today" },
  { keys: ["m"], say: "tomorrow" },
  { keys: ["Del"], say: "delete" },
];

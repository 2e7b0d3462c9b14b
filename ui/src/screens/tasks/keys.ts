import { t } from "../../lib/words/index.svelte";
import type { Shortcut } from "../shell/shortcuts";

/** The keys of a list of tasks. */
export const KEYS: Shortcut[] = [
  { keys: [["↑"], ["↓"], ["j"], ["k"]], says: () => t().tasks.keys.walk },
  { keys: [["Space"]], says: () => t().tasks.keys.tick },
  { keys: [["Enter"]], says: () => t().tasks.keys.open },
  { keys: [["F2"]], says: () => t().tasks.keys.rename },
  { keys: [["x"]], says: () => t().tasks.keys.select },
  {
    keys: [
      ["Shift", "↑"],
      ["Shift", "↓"],
    ],
    says: () => t().tasks.keys.extend,
  },
  { keys: [["Ctrl", "A"]], says: () => t().tasks.keys.selectAll },
  {
    keys: [
      ["Alt", "↑"],
      ["Alt", "↓"],
    ],
    says: () => t().tasks.keys.move,
  },
  {
    keys: [
      ["Alt", "→"],
      ["Alt", "←"],
    ],
    says: () => t().tasks.keys.indent,
  },
  { keys: [["s"]], says: () => t().tasks.keys.subtask },
  { keys: [["1"], ["2"], ["3"], ["4"]], says: () => t().tasks.keys.priority },
  { keys: [["t"]], says: () => t().tasks.keys.today },
  { keys: [["m"]], says: () => t().tasks.keys.tomorrow },
  { keys: [["Del"]], says: () => t().tasks.keys.delete },
];

/** What that list is called. */
export const HEADING = () => t().tasks.keys.heading;

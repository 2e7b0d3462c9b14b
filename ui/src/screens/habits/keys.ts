import { t } from "../../lib/words/index.svelte";
import type { Shortcut } from "../shell/shortcuts";

/** What the keys do in the grids of habits, for the list of keys. */
export const KEYS: Shortcut[] = [
  { keys: [["←"], ["→"], ["↑"], ["↓"]], says: () => t().habits.keys.move },
  { keys: [["Space"]], says: () => t().habits.keys.cycle },
  { keys: [["+"], ["="]], says: () => t().habits.keys.count },
  { keys: [["−"], ["Backspace"]], says: () => t().habits.marks.less },
  { keys: [["S"]], says: () => t().habits.marks.skip },
  { keys: [["X"]], says: () => t().habits.marks.notDone },
  { keys: [["Del"]], says: () => t().habits.marks.clear },
  { keys: [["Alt", "↑"]], says: () => t().habits.keys.up },
  { keys: [["Alt", "↓"]], says: () => t().habits.keys.down },
];

/** What that list is called. */
export const HEADING = () => t().habits.keysHeading;

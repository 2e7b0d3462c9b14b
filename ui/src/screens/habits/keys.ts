import { t } from "../../lib/words/index.svelte";

/** What the keys do in the grids of habits, for the list of keys. */
export const KEYS: { keys: string[]; word: () => string }[] = [
  { keys: ["←", "→", "↑", "↓"], word: () => t().habits.keys.move },
  { keys: ["Space"], word: () => t().habits.keys.cycle },
  { keys: ["S"], word: () => t().habits.keys.skip },
  { keys: ["X"], word: () => t().habits.keys.notDone },
  { keys: ["Del"], word: () => t().habits.keys.clear },
  { keys: ["Alt", "↑"], word: () => t().habits.keys.up },
  { keys: ["Alt", "↓"], word: () => t().habits.keys.down },
];

/** What that list is called. */
export const HEADING = () => t().habits.keysHeading;

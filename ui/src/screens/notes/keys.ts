import { t } from "../../lib/words/index.svelte";
import { COMMANDS, keysOf } from "./commands";

/** What the keys do in a note, for the list of keys. */
export const KEYS: { keys: string[]; word: () => string }[] = [
  ...COMMANDS.map((command) => ({ keys: keysOf(command), word: command.word })),
  { keys: ["Tab"], word: () => t().notes.keys.in },
  { keys: ["Shift", "Tab"], word: () => t().notes.keys.out },
  { keys: ["Ctrl", "Enter"], word: () => t().notes.keys.follow },
  { keys: ["Ctrl", "Shift", "V"], word: () => t().notes.keys.preview },
  { keys: ["Esc", "Tab"], word: () => t().notes.keys.leave },
  { keys: ["Alt", "↑"], word: () => t().notes.keys.up },
  { keys: ["Alt", "↓"], word: () => t().notes.keys.down },
];

/** What that list is called. */
export const HEADING = () => t().notes.keysHeading;

import { t } from "../../lib/words/index.svelte";
import type { Shortcut } from "../shell/shortcuts";
import { COMMANDS, keysOf } from "./commands";

/** What the keys do in a note, for the list of keys. */
export const KEYS: Shortcut[] = [
  ...COMMANDS.map((command) => ({ keys: [keysOf(command)], says: command.word })),
  { keys: [["Tab"]], says: () => t().notes.keys.in },
  { keys: [["Shift", "Tab"]], says: () => t().notes.keys.out },
  { keys: [["Ctrl", "Enter"]], says: () => t().notes.keys.follow },
  { keys: [["Ctrl", "Shift", "V"]], says: () => t().notes.keys.preview },
  { keys: [["Esc", "Tab"]], says: () => t().notes.keys.leave },
  { keys: [["Alt", "↑"]], says: () => t().notes.keys.up },
  { keys: [["Alt", "↓"]], says: () => t().notes.keys.down },
];

/** What that list is called. */
export const HEADING = () => t().notes.keysHeading;

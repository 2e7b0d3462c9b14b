import pairs from "../../../../../src-tauri/words/de.json";
import { common } from "./common";
import { fields } from "./fields";
import { time } from "./time";
import { states } from "./states";
import { shell } from "./shell";
import { start } from "./start";
import { devices } from "./devices";
import { carried } from "./carried";
import { pairing } from "./pairing";
import { review } from "./review";
import { history } from "./history";
import { tasks } from "./tasks";
import { habits } from "./habits";
import { notes } from "./notes";
import type { Words } from "../index.svelte";

export const de: Words = {
  common,
  fields,
  time,
  states,
  shell,
  start,
  devices,
  carried,
  pairing,
  review,
  history,
  tasks,
  habits,
  notes,
};

/** What the app behind says: one table for the page and for what the app shows itself. */
export { pairs };

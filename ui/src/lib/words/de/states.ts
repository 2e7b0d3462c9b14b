import type { states as words } from "../en/states";

export const states: typeof words = {
  upToDate: "Auf dem neuesten Stand",
  syncing: "Gleicht ab",
  syncingPart: (percent) => `Gleicht ab: ${percent} %`,
  waiting: "Wartet",
  paused: "Pausiert",
  problem: "Problem",
};

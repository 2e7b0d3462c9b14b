import type { time as words } from "../en/time";

export const time: typeof words = {
  justNow: "gerade eben",
  today: "Heute",
  tomorrow: "Morgen",
  yesterday: "Gestern",
};

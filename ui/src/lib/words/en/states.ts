export const states = {
  upToDate: "Up to date",
  syncing: "Syncing",
  syncingPart: (percent: number) => `Syncing ${percent} %`,
  waiting: "Waiting",
  paused: "Paused",
  problem: "Problem",
};

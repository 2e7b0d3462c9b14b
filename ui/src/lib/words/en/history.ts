import { plurals } from "../plural";

const n = plurals("en");

export const history = {
  title: "History",
  which: "Which history",
  syncs: "Syncs",
  changes: "Changes",
  searchSyncs: "Search devices and reasons",
  searchChanges: "Search values, titles, devices",
  nothingFound: "Nothing found",

  new: (k: number) => n(k, { other: "# new" }),
  changed: (k: number) => n(k, { other: "# changed" }),
  deleted: (k: number) => n(k, { other: "# deleted" }),
  same: (k: number) => n(k, { other: "# the same" }),
  sent: (k: number) => n(k, { other: "# sent" }),
  nothingNew: "nothing new",
  alreadyUpToDate: "already up to date",

  noChanges: "No changes yet",
  noChangesWith: (search: string) => `No change has “${search}” in it.`,
  changesHint: "Whatever is replaced or deleted, here or on another device, can be put back from here.",
  unknownDevice: "an unknown device",
  through: (device: string) => `, through ${device}`,
  wasDeleted: "Deleted",
  wasPutBack: "Put back after it had been deleted",
  now: "now",
  putBack: "Put back",
  putBackDone: (title: string) => `Put back: ${title}`,

  noSyncs: "No syncs yet",
  noSyncsWith: (search: string) => `No sync has “${search}” in it.`,
  syncsHint: "Each time two of your devices meet, it is written down here.",
  finished: "Finished",
  notFinished: "Not finished",
  sentName: "Sent",
  receivedName: "Received",
  toLookAt: "To look at",
  setAside: "Set aside",
  setAsideWhat: (k: number) => n(k, { one: "# item that could not be read", other: "# items that could not be read" }),
  compared: "Compared",
  equal: "Both devices hold the same",
  notCompared: "Not compared to the end",
};

import { plurals } from "../plural";

const n = plurals("en");

export const common = {
  cancel: "Cancel",
  close: "Close",
  dismiss: "Dismiss",
  done: "Done",
  later: "Later",
  look: "Look",
  loadMore: "Load more",
  notNow: "Not now",
  openSettings: "Open settings",
  rename: "Rename",
  tryAgain: "Try again",
  goOn: "Continue",
  undo: "Undo",
  redo: "Redo",
  pairDevice: "Pair a device",
  syncNow: "Sync now",

  items: (k: number) => n(k, { one: "# item", other: "# items" }),
  changes: (k: number) => n(k, { one: "# change", other: "# changes" }),
  devices: (k: number) => n(k, { one: "# device", other: "# devices" }),
  itemsOf: (done: number, total: number) =>
    `${n(done, { other: "#" })} of ${n(total, { one: "# item", other: "# items" })}`,
  toLookAt: (k: number) => n(k, { one: "# item to look at", other: "# items to look at" }),
  toSend: (k: number) => n(k, { one: "# change to send", other: "# changes to send" }),
  or: "or",

  wrong: "Something went wrong. Please try again.",
  noAnswer: (reason: string) => `The app did not answer: ${reason}. Start it again.`,
  historyFailed: (reason: string) => `The history could not be read: ${reason}`,

  saved: "Saved",
  saving: "Saving…",
  notSaved: "Not saved",
  kept: (why: string) => `${why} What you typed waits in its field.`,
  crossed:
    "The same passage was changed on another device while you typed. Your text is kept; the other version is in History.",
  messages: "Messages",
  clearSearch: "Clear search",

  day: (label: string) => `${label}: day`,
  time: (label: string) => `${label}: time`,
  clear: (label: string) => `Clear ${label.toLowerCase()}`,

  permission: "Permission",
  allow: "Allow",
  permissions: {
    lan: "Your other devices cannot be reached, because this app may not use the local network yet.",
    "wifi-direct": "Phones nearby cannot be found, because this app may not look for them yet.",
    camera: "No code can be scanned, because this app may not use the camera yet.",
    notifications: "You can be told when something waits for your decision, also while the app is closed.",
  },

  changedTwice: "This was changed on two devices at once.",
  hereOnly: "On this device only",
  share: "Share",
  shareMore: "Share with my devices…",
  shareTitle: (title: string) => `Share “${title}” with your devices?`,
  shareWarning: (kind: string) =>
    `It goes to each of your devices that ${kind} are shared with. This cannot be taken back: what another device has received stays there until you delete it on all of them.`,
  shared: "Shared with your devices",
  ownDevice: (name: string) => `${name} (this device)`,
};

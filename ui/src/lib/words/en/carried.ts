import { plurals } from "../plural";

const n = plurals("en");

export const carried = {
  title: "Not on one network?",
  hint: "Carry changes on a stick, or send them by any way you like: the file is sealed, and only the device that it is for can read it.",
  writeFor: "Write a file for",
  writeForDevice: (device: string) => `Write a file for ${device}…`,
  read: "Read a file…",
  held: (k: number) =>
    n(k, {
      one: "Both devices hold data of their own, and nobody has agreed yet to put it together: there is # item here.",
      other:
        "Both devices hold data of their own, and nobody has agreed yet to put it together: there are # items here.",
    }),
  heldThen: "Afterwards this device has all of both. What differs is merged, and you are asked where that cannot be.",

  changes: (k: number) => n(k, { one: "# change", other: "# changes" }),
  onlyState: "nothing new, only how far this device is",
  written: (device: string, what: string, size: string) => `Written for ${device}: ${what} (${size}).`,
  take: "Take",
  takeTo: (device: string) => `to ${device}, and read it there under Devices.`,
  takeMany: (device: string) => `Take them to ${device}, and read them there under Devices, in this order:`,
  countsWhen: (device: string) =>
    `Its changes count as sent when a file from ${device} has been read here, or the two meet.`,
  from: (device: string, what: string) => `From ${device}: ${what}.`,
  conflicts: (k: number) =>
    n(k, {
      one: "# item was changed on both and waits under Review.",
      other: "# items were changed on both and wait under Review.",
    }),
  goToReview: "Go to Review",
  left: "Nothing was changed. Read the file again when you want to bring both together.",

  equal: (device: string) =>
    `This device now holds exactly what ${device} held when it wrote the file, proved by digest.`,
  gapless: "Write a file back, so that it gets what is new here.",
  gap: "Something before this file is missing here. Read the earlier ones, or write a file back and read what it answers.",

  togetherTitle: (device: string) => `Bring this device and ${device} together?`,
  together: "Bring together",

  backups: "Backups",
  backupsHint: "Everything in one sealed file. Only the 24 words of your recovery key open it.",
  backUp: "Back up…",
  restore: "Restore a backup…",
  newKey: "New recovery key…",
  backedUp: (file: string, k: number) => `${file}: ${n(k, { one: "# item", other: "# items" })} backed up`,
  keySet: "Your recovery key is set. Nothing is backed up yet",
  keyRenewed: "Backups are sealed to the new words from now on",
  keyDropped: "Those words are not used. If you wrote them down, throw them away",

  keyTitle: "Your recovery key",
  keyOnce: "Shown this once, kept nowhere.",
  keyHint:
    "Whoever has these words can open your backups; without them nobody can. Write them down in this order, and keep them where nobody else looks.",
  keyEarlier: "For backups from now on. Earlier backups still open with their own words: keep those, too.",
  keyWords: "The 24 words",
  keyCode: "QR code of the same words",
  keyPicture: "The same words, to photograph",
  keyWritten: "I have written them down",

  restoreTitle: "Restore a backup",
  restoreWords: "The 24 words of its recovery key",
  restoreLook: "Look first",
  restoreHint: "Look first: it says what would come back, and changes nothing.",
  restoreGo: "Restore",
  restoreWritten: (day: string, time: string) => `It was written on ${day} at ${time}.`,
  restoreRefused: (k: number, done: boolean) =>
    `${n(k, { one: "# item", other: "# items" })} ${done ? "could not" : "cannot"} be restored`,
  restoreOver: (k: number) =>
    n(k, {
      one: "Give that one the backup’s values (what is here stays in History)",
      other: "Give those # the backup’s values (what is here stays in History)",
    }),

  /** Parts of one sentence: what restoring did, or would do. */
  came: (k: number, done: boolean) =>
    `${k ? n(k, { one: "# item", other: "# items" }) : "Nothing"} ${done ? "came back" : "would come back"}`,
  asBackup: (k: number) => n(k, { one: "# is as in the backup", other: "# are as in the backup" }),
  differHere: (k: number) => n(k, { one: "# has other values here", other: "# have other values here" }),
  stay: (k: number) => n(k, { one: "stays as it is", other: "stay as they are" }),
  wouldGet: (k: number) => n(k, { other: "would get the backup’s" }),
  got: (k: number) => n(k, { other: "# got the backup’s values" }),
  inHistory: "What was here stays in History.",
  and: "and",
};

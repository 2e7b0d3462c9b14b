import type { BackupIn, BundleIn, BundleOut } from "$bindings";
import { count } from "./fields";
import { bytes, counted } from "./history";

/** What is in a file that was written for a device. */
export function writtenWords({ entities, bytes: size }: BundleOut): string {
  const what = entities ? count(entities, "change") : "nothing new, only how far this device is";
  // A number and its unit stay on one line.
  return `${what} (${bytes(size).replace(" ", "\u00a0")})`;
}

/** What a file has brought. */
export function readWords({ fresh, changed, deleted }: Extract<BundleIn, { type: "read" }>): string {
  return counted({ new: fresh, changed, deleted, sent: 0 });
}

/** What reading it proves, or what is to be done next. */
export function proofWords({ device, equal, gapless }: Extract<BundleIn, { type: "read" }>): string {
  if (equal) return `This device now holds exactly what ${device} held when it wrote the file, proved by digest.`;
  if (gapless) return "Write a file back, so that it gets what is new here.";
  return "Something before this file is missing here. Read the earlier ones, or write a file back and read what it answers.";
}

const one = (number: number) => number === 1;

/** What restoring did, or (`done` is false) would do. */
export function restoreWords({ back, same, differ }: BackupIn, overwrite: boolean, done: boolean): string {
  const came = `${back ? count(back, "item") : "Nothing"} ${done ? "came back" : "would come back"}`;
  const equal = `${same.toLocaleString()} ${one(same) ? "is" : "are"} as in the backup`;
  if (differ === 0) return `${came}, ${equal}.`;
  const other = `${differ.toLocaleString()} ${one(differ) ? "has" : "have"} other values here`;
  const stay = one(differ) ? "stays as it is" : "stay as they are";
  const kept = overwrite ? "would get the backup’s" : stay;
  if (!done) return `${came}, ${equal}, ${other} and ${kept}.`;
  return overwrite
    ? `${came}, ${equal}, ${differ.toLocaleString()} got the backup’s values. What was here stays in History.`
    : `${came}, ${equal}, ${other} and ${stay}.`;
}

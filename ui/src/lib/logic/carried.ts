import type { BackupIn, BundleIn, BundleOut } from "$bindings";
import { t } from "../words/index.svelte";
import { bytes, counted } from "./history";

/** What is in a file that was written for a device. */
export function writtenWords(device: string, { entities, bytes: size }: BundleOut): string {
  const { written, changes, onlyState } = t().carried;
  // A number and its unit stay on one line.
  return written(device, entities ? changes(entities) : onlyState, bytes(size).replace(" ", "\u00a0"));
}

/** What a file has brought. */
export function readWords({ fresh, changed, deleted }: Extract<BundleIn, { type: "read" }>): string {
  return counted({ new: fresh, changed, deleted, sent: 0 });
}

/** What reading it proves, or what is to be done next. */
export function proofWords({ device, equal, gapless }: Extract<BundleIn, { type: "read" }>): string {
  const words = t().carried;
  if (equal) return words.equal(device);
  return gapless ? words.gapless : words.gap;
}

/** What restoring did, or (`done` is false) would do. */
export function restoreWords({ back, same, differ }: BackupIn, overwrite: boolean, done: boolean): string {
  const words = t().carried;
  const known = `${words.came(back, done)}, ${words.asBackup(same)}`;
  if (differ === 0) return `${known}.`;
  if (overwrite && done) return `${known}, ${words.got(differ)}. ${words.inHistory}`;
  const kept = overwrite ? words.wouldGet(differ) : words.stay(differ);
  return `${known}, ${words.differHere(differ)} ${words.and} ${kept}.`;
}

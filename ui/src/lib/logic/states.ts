import type { PeerState, SyncState } from "$bindings";
import type { LucideIcon } from "@lucide/svelte";
import CircleAlert from "@lucide/svelte/icons/circle-alert";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import CircleQuestionMark from "@lucide/svelte/icons/circle-question-mark";
import Clock from "@lucide/svelte/icons/clock";
import RefreshCw from "@lucide/svelte/icons/refresh-cw";
import { t } from "../words/index.svelte";

export type Tone = "good" | "busy" | "warn" | "bad" | "calm";
export type Look = { icon: LucideIcon; tone: Tone };

/** Each state has a shape and a colour of its own: colour alone tells nothing. */
export const LOOKS: Record<SyncState, Look> = {
  alone: { icon: CircleDashed, tone: "calm" },
  up_to_date: { icon: CircleCheck, tone: "good" },
  syncing: { icon: RefreshCw, tone: "busy" },
  waiting: { icon: Clock, tone: "calm" },
  needs_review: { icon: CircleQuestionMark, tone: "warn" },
  paused: { icon: CirclePause, tone: "calm" },
  problem: { icon: CircleAlert, tone: "bad" },
};

/** A device's state in a word or two. */
export function peerWord(state: PeerState): string {
  const words = t().states;
  switch (state.type) {
    case "up_to_date":
      return words.upToDate;
    case "syncing":
      return state.total ? words.syncingPart(Math.floor((100 * state.done) / state.total)) : words.syncing;
    case "waiting":
      return words.waiting;
    case "paused":
      return words.paused;
    case "needs_review":
      return t().common.toLookAt(state.count);
    case "problem":
      return words.problem;
  }
}

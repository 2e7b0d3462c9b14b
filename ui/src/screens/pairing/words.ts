import { said, t } from "../../lib/words/index.svelte";

type Way = "again" | "show" | "enter" | "close";
export type Failure = { title: string; text: string; detail?: string; ways: Way[] };

/** How to go on after each failure. */
const WAYS: Record<string, Way[]> = {
  differ: ["show", "enter"],
  "no-answer": ["again", "enter"],
  refused: ["enter", "show"],
  interrupted: ["again", "show"],
  rejected: ["show", "enter"],
  incompatible: ["close"],
  storage: ["again", "close"],
  "too-many-devices": ["close"],
  channel: ["show", "enter"],
};
/** Where the app behind knows more than the words here. */
const DETAILED = ["storage"];

/** Why a pairing came to nothing, and how to go on. */
export function failure(code: string, message: string): Failure {
  const { failures, failed, failedHint } = t().pairing;
  const told = Object.entries(failures).find(([name]) => name === code)?.[1];
  const ways = WAYS[code] ?? ["again", "show"];
  if (!told) return { title: failed, text: said(message) || failedHint, ways };
  return { ...told, ways, ...(DETAILED.includes(code) && message && { detail: said(message) }) };
}

/** What is wrong with a code that was typed or pasted. */
export function entryError(code: string, message: string): string {
  return Object.entries(t().pairing.entries).find(([name]) => name === code)?.[1] ?? message;
}

export function wayName(way: Way): string {
  const { common, pairing } = t();
  return { again: common.tryAgain, show: pairing.newCode, enter: pairing.enterTab, close: common.close }[way];
}

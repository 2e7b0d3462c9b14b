import type { Trouble } from "./scan.svelte";

type Way = "again" | "show" | "enter" | "close";
export type Failure = { title: string; text: string; detail?: string; ways: Way[] };

const TOO_MANY = "This device is paired with as many devices as it can be. Forget one under Devices, then pair again.";
/** Where the app behind knows more than the words here. */
const DETAILED = ["storage"];

/** Why a pairing came to nothing, and how to go on. */
const FAILURES: Record<string, Failure> = {
  differ: {
    title: "The digits differ, so nothing was shared",
    text: "Somebody may be in between, or the code was for another device. Bring both devices into a network you trust and begin with a new code.",
    ways: ["show", "enter"],
  },
  "no-answer": {
    title: "The other device did not answer",
    text: "Check that its code is still shown and that both devices are in the same network. If they still do not find each other, enter the address it shows.",
    ways: ["again", "enter"],
  },
  refused: {
    title: "The other device did not take this code",
    text: "The code is wrong, already used, or no longer open. Show a new one over there.",
    ways: ["enter", "show"],
  },
  interrupted: {
    title: "The connection was lost",
    text: "Nothing was shared yet. Keep both devices awake and in the same network, and try again.",
    ways: ["again", "show"],
  },
  rejected: {
    title: "The other device said no",
    text: "Somebody chose “They differ” there, or closed the window. If that was a slip, begin again with a new code.",
    ways: ["show", "enter"],
  },
  incompatible: {
    title: "The two apps do not understand each other",
    text: "One of them is too old. Update WHPH Sync on both devices; nothing was changed on either.",
    ways: ["close"],
  },
  storage: {
    title: "The pairing could not be saved",
    text: "This device could not write to its planner. Make sure that there is free space, and try again.",
    ways: ["again", "close"],
  },
  "too-many-devices": { title: "There is no room for another device", text: TOO_MANY, ways: ["close"] },
  channel: {
    title: "The connection was not safe",
    text: "What arrived was not what the other device should have sent, so the connection was ended. Try again in a network you trust.",
    ways: ["show", "enter"],
  },
};

export function failure(code: string, message: string): Failure {
  const told = FAILURES[code];
  if (!told) return { title: "Pairing did not work", text: message || "Please try again.", ways: ["again", "show"] };
  return DETAILED.includes(code) && message ? { ...told, detail: message } : told;
}

/** What is wrong with a code that was typed or pasted. */
const ENTRIES: Record<string, string> = {
  "not-an-invite":
    "This is not a pairing code. Copy the whole link, or type the code as it is shown on the other device.",
  "own-invite": "This is the code of this very device. Use the one that the other device shows.",
  "too-many-devices": TOO_MANY,
  "bad-address": "This is not an address. It looks like 192.168.1.20:47810.",
};

/** Why the phone's camera found no code to pair with. */
export const TROUBLES: Record<Trouble, string> = {
  refused:
    "The camera was not allowed, so no code can be scanned. Allow it when you are asked, or paste the link instead.",
  denied:
    "The camera is not allowed for this app, and Android does not ask again. Allow it in the settings, or paste the link instead.",
  late: "No code was seen within a minute. Hold the phone steady before the whole code, with enough light, or paste the link instead.",
  foreign:
    "That is a code, but not one for pairing. On the other device, choose “Pair a device” and scan the code that it shows.",
};

export function entryError(code: string, message: string): string {
  return ENTRIES[code] ?? message;
}

export const WAYS: Record<Way, string> = {
  again: "Try again",
  show: "Show a new code",
  enter: "Enter a code",
  close: "Close",
};

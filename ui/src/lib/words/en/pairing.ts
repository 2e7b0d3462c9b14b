import { plurals } from "../plural";

const n = plurals("en");

const tooMany = "This device is paired with as many devices as it can be. Forget one under Devices, then pair again.";

export const pairing = {
  ways: "How to pair",
  steps: "Steps",
  step: ["Code", "Compare", "Done"],
  showTab: "Show a code",
  enterTab: "Enter a code",
  warning: "Only use a code you made yourself, on a device you own.",
  underWay: "A pairing is under way, so the link was not used. Open it again when this one is done",
  notForPairing:
    "The link that was opened is not one for pairing, so nothing was done. Copy the whole link, and open it again.",
  calling: "Looking for the other device…",

  askTitle: "Pair with the device that showed this link?",
  askHint:
    "Go on only if you made it yourself, on a device you own. A paired device sees and changes everything that you share.",
  pair: "Pair",

  code: "QR code for pairing",
  codeClosed: "This code is no longer open.",
  newCode: "Show a new code",
  timeLeft: "Time left",
  scanHint: "Scan it with the other device: “Pair a device”, then “Enter a code”.",
  unreachable: "This device has no network right now, so others cannot reach it.",
  refusedCaller: (why: string) => `Somebody called and could not be let in: ${why} This code still works.`,
  wrongCode: (k: number) =>
    n(k, {
      one: "Somebody typed a wrong code. If that was not you, close this window.",
      other: "Somebody typed a wrong code (# times). If that was not you, close this window.",
    }),
  orType: "Or type",
  codeToType: "Code to type",
  at: "at",
  copyLink: "Copy link",
  linkCopied: "Link copied",

  useCamera: "Use the camera",
  usePicture: "Use a picture",
  noCode: "There is no readable code in this picture.",
  noPicture: "This picture cannot be read here.",
  notAPicture: "This file is not a picture that can be read here.",
  entry: "Link or code from the other device",
  entryHint: "Paste the link, or type the code",
  address: "Address of the other device, if it is not found by itself",
  cameraRefused: "The camera was not allowed. Paste the link instead, or type the code.",
  cameraMissing: "There is no camera that can be used here. Paste the link instead, or type the code.",
  cameraView: "What the camera sees",
  cameraStop: "Stop the camera",
  scan: "Scan the code",
  scanFrame: "Hold the phone so that the code on the other device fills the frame.",
  /** Why the phone's camera found no code to pair with. */
  troubles: {
    refused:
      "The camera was not allowed, so no code can be scanned. Allow it when you are asked, or paste the link instead.",
    denied:
      "The camera is not allowed for this app, and Android does not ask again. Allow it in the settings, or paste the link instead.",
    late: "No code was seen within a minute. Hold the phone steady before the whole code, with enough light, or paste the link instead.",
    foreign:
      "That is a code, but not one for pairing. On the other device, choose “Pair a device” and scan the code that it shows.",
  },
  /** What is wrong with a code that was typed or pasted. */
  entries: {
    "not-an-invite":
      "This is not a pairing code. Copy the whole link, or type the code as it is shown on the other device.",
    "own-invite": "This is the code of this very device. Use the one that the other device shows.",
    "too-many-devices": tooMany,
    "bad-address": "This is not an address. It looks like 192.168.1.20:47810.",
  },

  sameDigits: "Does it show the same six digits?",
  digits: (digits: string) => `Digits: ${digits}`,
  waitingFor: (device: string) => `Waiting for ${device} to confirm…`,
  differ: "They differ",
  match: "They match",
  confirmBoth: "Confirm on both devices. Until then nothing is shared.",

  paired: (device: string) => `Paired with ${device}`,
  firstSync: "First sync",
  gettingReady: "Getting ready…",
  background: "Continue in the background",

  /** Why a pairing came to nothing. */
  failures: {
    differ: {
      title: "The digits differ, so nothing was shared",
      text: "Somebody may be in between, or the code was for another device. Bring both devices into a network you trust and begin with a new code.",
    },
    "no-answer": {
      title: "The other device did not answer",
      text: "Check that its code is still shown and that both devices are in the same network. If they still do not find each other, enter the address it shows.",
    },
    refused: {
      title: "The other device did not take this code",
      text: "The code is wrong, already used, or no longer open. Show a new one over there.",
    },
    interrupted: {
      title: "The connection was lost",
      text: "Nothing was shared yet. Keep both devices awake and in the same network, and try again.",
    },
    rejected: {
      title: "The other device said no",
      text: "Somebody chose “They differ” there, or closed the window. If that was a slip, begin again with a new code.",
    },
    incompatible: {
      title: "The two apps do not understand each other",
      text: "One of them is too old. Update WHPH Sync on both devices; nothing was changed on either.",
    },
    storage: {
      title: "The pairing could not be saved",
      text: "This device could not write to its planner. Make sure that there is free space, and try again.",
    },
    "too-many-devices": { title: "There is no room for another device", text: tooMany },
    channel: {
      title: "The connection was not safe",
      text: "What arrived was not what the other device should have sent, so the connection was ended. Try again in a network you trust.",
    },
  },
  failed: "Pairing did not work",
  failedHint: "Please try again.",
};

import type { Invite } from "$bindings";
import { isPairingLink } from "../../logic/links";
import { fail } from "./world";
import type { World } from "./world";

export const OWN_LINK = "whph:pair?k=7F3A91C20D4E58B6&a=192.168.1.20:47810";
const OPEN_MS = 120_000;
const CODE = /^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$/;
const ADDRESS = /^[^\s:]+:\d{1,5}$/;

type Meeting = { link: number; name: string; displaying: boolean; here: boolean; there: boolean };

/** A pairing that can be played: what the other device and its person do are methods. */
export class FakePairing {
  #world: World;
  #links = 1;
  #renewals = 0;
  meeting: Meeting | null = null;
  open = false;
  /** The other device plays its part by itself, after so many milliseconds. */
  auto: number | null = null;
  openMs = OPEN_MS;

  constructor(world: World) {
    this.#world = world;
  }

  openInvite(): Invite {
    this.open = true;
    this.#renewals += 1;
    this.#soon(4, () => this.open && this.scan());
    return {
      link: OWN_LINK,
      code: `K7QP-${String(2940 + this.#renewals)}-MWX3`,
      qr_svg: drawing(this.#renewals),
      open_ms: this.openMs,
      reachable: true,
      addresses: ["192.168.1.20:47810", "10.0.0.4:47810"],
    };
  }

  closeInvite(): null {
    this.open = false;
    return null;
  }

  join(text: string, address: string | null): number {
    const typed = text.trim();
    if (typed === OWN_LINK) fail("own-invite", "This is the code of this device.");
    if (CODE.test(typed)) {
      if (address && !ADDRESS.test(address)) fail("bad-address", "This is no address.");
    } else if (!isPairingLink(typed)) fail("not-an-invite", "This is no code of this app.");
    const link = this.#links++;
    this.meeting = { link, name: "Pixel 8", displaying: false, here: false, there: false };
    this.#soon(1, () => this.#compare());
    return link;
  }

  decide(link: number, accept: boolean): null {
    const { meeting } = this;
    if (!meeting || meeting.link !== link) return null;
    if (!accept) {
      this.meeting = null;
      return null;
    }
    meeting.here = true;
    this.#soon(2, () => this.confirm());
    this.#settle();
    return null;
  }

  /** The other device scans the code that is shown here. */
  scan(name = "Pixel 8"): void {
    this.meeting = { link: this.#links++, name, displaying: true, here: false, there: false };
    this.open = false;
    this.#world.tell("pairing", { type: "invite_closed", used: true });
    this.#compare();
  }

  /** Somebody calls whose version is another, or who says so. */
  stranger(): void {
    const message =
      "The other device speaks version 9 of the sync protocol and this one version 1: update WHPH on the device with the lower number.";
    this.#world.tell("pairing", { type: "failed", link: this.#links++, code: "channel", message });
  }

  /** The device that was asked for answers. */
  answer(): void {
    this.#compare();
  }

  /** The person at the other device says that the digits match. */
  confirm(): void {
    if (this.meeting) this.meeting.there = true;
    this.#settle();
  }

  fail(code: string, message = `It failed: ${code}.`): void {
    const link = this.meeting?.link ?? 0;
    this.meeting = null;
    this.#world.tell("pairing", { type: "failed", link, code, message });
  }

  wrongCode(): void {
    this.#world.tell("pairing", { type: "wrong_code" });
  }

  expire(): void {
    this.open = false;
    this.#world.tell("pairing", { type: "invite_closed", used: false });
  }

  #compare(): void {
    if (!this.meeting) return;
    const { link, name, displaying } = this.meeting;
    this.#world.tell("pairing", { type: "compare", link, name, digits: "482 915", displaying });
  }

  #settle(): void {
    const { meeting } = this;
    if (!meeting?.here || !meeting.there) return;
    this.meeting = null;
    const id = this.#world.id();
    this.#world.peers.push({
      id,
      name: meeting.name,
      own_name: meeting.name,
      fingerprint: "C41B 02DA 9E77 3F10",
      state: { type: "syncing", done: 0, total: 240 },
      connected: true,
      last_seen: Date.now(),
      last_sync: null,
      clock_ahead: null,
      addresses: ["192.168.1.31:47810"],
      added: Date.now(),
      first_merge: null,
    });
    this.#world.tell("pairing", { type: "paired", link: meeting.link, device: id, name: meeting.name });
    this.progress(id, 0);
    for (let step = 1; step <= 6; step++) this.#soon(step, () => this.progress(id, step * 40));
  }

  /** The first sync gets on. */
  progress(id: string, done: number): void {
    const peer = this.#world.peers.find((one) => one.id === id);
    if (!peer) return;
    peer.state = done < 240 ? { type: "syncing", done, total: 240 } : { type: "up_to_date" };
    peer.last_sync = done < 240 ? null : Date.now();
    this.#world.tell("devices", null);
    this.#world.tell("status", this.#world.status());
  }

  #soon(steps: number, play: () => void): void {
    if (this.auto !== null) setTimeout(play, this.auto * steps);
  }
}

/** Something that looks like a QR code. */
/** What looks like a QR code. */
export function drawing(seed: number, size = 33): string {
  let state = seed * 7919 + 17;
  const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  const finder = (x: number, y: number) =>
    [
      [0, 0],
      [size - 7, 0],
      [0, size - 7],
    ].some(([fx = 0, fy = 0]) => {
      const ring = Math.max(Math.abs(x - fx - 3), Math.abs(y - fy - 3));
      return ring === 3 || ring <= 1;
    });
  const near = (x: number, y: number) => (x < 8 && y < 8) || (x >= size - 8 && y < 8) || (x < 8 && y >= size - 8);
  let squares = "";
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const dark = random() < 0.48;
      if (near(x, y) ? finder(x, y) : dark) squares += `M${x + 4} ${y + 4}h1v1h-1z`;
    }
  const all = size + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${all} ${all}"><rect width="${all}" height="${all}" fill="#fff"/><path d="${squares}" fill="#000"/></svg>`;
}

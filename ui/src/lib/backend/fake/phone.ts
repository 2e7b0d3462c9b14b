import type { Permission, Permissions, Phone, Purpose, WifiDirect } from "$bindings";
import type { CameraPermission, Scanner } from "../backend";
import { fail } from "./world";
import type { World } from "./world";

const NAMES: Record<Purpose, keyof Permissions> = {
  lan: "lan",
  "wifi-direct": "wifiDirect",
  camera: "camera",
  notifications: "notifications",
};

/** What is different about a phone; what its person answers and what is nearby are set beforehand. */
export class FakePhone {
  permissions: Permissions = {
    lan: { state: "granted", message: null },
    wifiDirect: { state: "granted", message: null },
    camera: { state: "granted", message: null },
    notifications: { state: "ask", message: null },
  };
  wifiDirect: WifiDirect = { state: "idle", message: null, peers: [], peer: null };
  /** What the person says when they are asked. */
  answer: Permission["state"] = "granted";
  /** How often the system's settings were opened. */
  settings = 0;
  /** Phones nearby are found and answer by themselves, after so many milliseconds. */
  auto: number | null = null;
  #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  now(): Phone {
    return { permissions: { ...this.permissions }, wifiDirect: { ...this.wifiDirect } };
  }

  allow(purpose: Purpose, state: Permission["state"], message: string | null = null): Permission {
    const permission = { state, message };
    this.permissions[NAMES[purpose]] = permission;
    this.#world.tell("phone", this.now());
    return permission;
  }

  ask(purpose: Purpose): Permission {
    return this.allow(purpose, this.answer, this.permissions[NAMES[purpose]].message);
  }

  /** Things nearby stand like that now. */
  nearby(change: Partial<WifiDirect>): WifiDirect {
    this.wifiDirect = { message: null, peers: [], peer: null, state: "idle", ...change };
    this.#world.tell("phone", this.now());
    return { ...this.wifiDirect };
  }

  look(): WifiDirect {
    const peers = [{ address: "02:00:00:00:00:01", name: "Amira’s Galaxy S24" }];
    this.#soon("discovering", () => this.nearby({ state: "found", peers }));
    return this.nearby({ state: "discovering" });
  }

  invite(address: string): WifiDirect {
    const { peers } = this.wifiDirect;
    const peer =
      peers.find((one) => one.address === address) ??
      fail(
        "not-found",
        "No device was found within a minute. Open this page on the other device as well, hold them close together, then try again.",
      );
    this.#soon("inviting", () => this.nearby({ state: "connected", peers, peer }));
    return this.nearby({ state: "inviting", peers, peer });
  }

  #soon(while_: WifiDirect["state"], play: () => void): void {
    if (this.auto !== null) setTimeout(() => this.wifiDirect.state === while_ && play(), this.auto);
  }
}

/** A camera that sees what it is told to see. */
export class FakeScanner implements Scanner {
  allowed: CameraPermission = "granted";
  /** What the person says when they are asked. */
  answer: CameraPermission = "granted";
  settings = 0;
  scanning = false;
  /** Why it cannot work at all. */
  broken: Error | null = null;
  #see: (text: string) => void = () => {};

  permission = async () => this.allowed;
  ask = async () => (this.allowed = this.answer);
  openSettings = async () => void (this.settings += 1);

  async scan(signal: AbortSignal): Promise<string> {
    if (this.broken) throw this.broken;
    this.scanning = true;
    try {
      return await new Promise<string>((resolve, reject) => {
        this.#see = resolve;
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      });
    } finally {
      this.scanning = false;
    }
  }

  /** A code comes before the camera. */
  see(text: string): void {
    this.#see(text);
  }
}

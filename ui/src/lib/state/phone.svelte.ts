import type { Permission, Phone as Told, Purpose, WifiDirect } from "$bindings";
import type { Backend } from "../backend/backend";

/** What is different where the app runs on a phone. */
export class Phone {
  #backend: Backend;
  /** null: this is no phone. */
  now = $state.raw<Told | null>(null);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  async load(): Promise<void> {
    this.now = await this.#backend.phone();
  }

  permission(purpose: Purpose): Permission | null {
    if (!this.now) return null;
    const { lan, wifiDirect, camera, notifications } = this.now.permissions;
    return { lan, "wifi-direct": wifiDirect, camera, notifications }[purpose];
  }

  /** Whether it may, after the person was asked if need be. */
  async ask(purpose: Purpose): Promise<boolean> {
    const { state } = await this.#backend.phoneAsk(purpose);
    await this.load();
    return state === "granted" || state === "not-needed";
  }

  nearby(told: WifiDirect): void {
    if (this.now) this.now = { ...this.now, wifiDirect: told };
  }
}

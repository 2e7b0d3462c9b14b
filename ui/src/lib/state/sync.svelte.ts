import type { Decided, Devices, ReviewItem, Status } from "$bindings";
import type { Backend } from "../backend/backend";

/** What the screens show of the devices and of what waits for a decision. */
export class Sync {
  #backend: Backend;
  status = $state.raw<Status | null>(null);
  devices = $state.raw<Devices | null>(null);
  reviews = $state.raw<ReviewItem[] | null>(null);
  decided = $state.raw<Decided[]>([]);

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** What the devices are called. */
  get names(): string[] {
    return this.devices ? [this.devices.this.name, ...this.devices.peers.map(({ name }) => name)] : [];
  }

  async load(): Promise<void> {
    await Promise.all([this.loadStatus(), this.loadDevices(), this.loadReviews()]);
  }

  async loadStatus(): Promise<void> {
    this.status = await this.#backend.status();
  }

  async loadDevices(): Promise<void> {
    this.devices = await this.#backend.devices();
  }

  async loadReviews(): Promise<void> {
    [this.reviews, this.decided] = await Promise.all([this.#backend.reviews(), this.#backend.decided(20)]);
  }

  async setPaused(on: boolean): Promise<void> {
    this.status = await this.#backend.setPaused(on);
  }
}

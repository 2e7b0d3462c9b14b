import type { PermissionState } from "@tauri-apps/plugin-barcode-scanner";
import type { CameraPermission, Scanner } from "./backend";

/** Only a phone needs it: it comes as a file of its own, once somebody scans. */
const plugin = () => import("@tauri-apps/plugin-barcode-scanner");

const meaning = (state: PermissionState): CameraPermission =>
  state === "granted" || state === "denied" ? state : "ask";

/** The phone's own reader of codes. */
export const scanner: Scanner = {
  permission: async () => meaning(await (await plugin()).checkPermissions()),
  ask: async () => meaning(await (await plugin()).requestPermissions()),
  async scan(signal) {
    const { cancel, Format, scan } = await plugin();
    signal.throwIfAborted();
    // Without a camera the scan never ends, and a cancelled one may not either: the signal is what counts.
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    try {
      const { content } = await Promise.race([scan({ formats: [Format.QRCode], windowed: true }), aborted]);
      return content;
    } finally {
      if (signal.aborted) await cancel().catch(() => undefined);
    }
  },
  openSettings: async () => (await plugin()).openAppSettings(),
};

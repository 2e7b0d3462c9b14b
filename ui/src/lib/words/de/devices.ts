import type { devices as words } from "../en/devices";

export const devices: typeof words = {};

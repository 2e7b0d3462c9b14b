import { t } from "../../lib/words/index.svelte";

/** The longer side of what is searched for a code: enough for a code that fills a fifth of the picture. */
const SIDE = 960;

export type Luma = { width: number; height: number; luma: string };

/** The brightness of each pixel of a picture, one byte each, as base64. */
export function luma(source: CanvasImageSource, width: number, height: number, canvas: HTMLCanvasElement): Luma {
  const scale = Math.min(1, SIDE / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error(t().pairing.noPicture);
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { width: canvas.width, height: canvas.height, luma: base64(gray(data)) };
}

export async function imageLuma(file: Blob): Promise<Luma> {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return luma(image, image.naturalWidth, image.naturalHeight, document.createElement("canvas"));
  } catch {
    throw new Error(t().pairing.notAPicture);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** RGBA to brightness, by the weights of the eye. */
export function gray(rgba: ArrayLike<number>): Uint8Array {
  const bytes = new Uint8Array(rgba.length / 4);
  for (let i = 0; i < bytes.length; i++) {
    const [red = 0, green = 0, blue = 0] = [rgba[4 * i], rgba[4 * i + 1], rgba[4 * i + 2]];
    bytes[i] = (red * 77 + green * 150 + blue * 29) >> 8;
  }
  return bytes;
}

export function base64(bytes: Uint8Array): string {
  const STEP = 0x8000;
  let binary = "";
  for (let i = 0; i < bytes.length; i += STEP) binary += String.fromCharCode(...bytes.subarray(i, i + STEP));
  return btoa(binary);
}

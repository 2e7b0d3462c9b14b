/** Whether a text that was scanned or opened is a link for pairing with this app. */
export function isPairingLink(text: string): boolean {
  return /^whph:(\/\/)?pair\?/i.test(text.trim());
}

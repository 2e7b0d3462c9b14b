import { locale } from "./index.svelte";

/** A formatter for the language that is spoken. Making one takes long, so each language has its own, once. */
export function spokenBy<T>(make: (locale: string) => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const tag = locale();
    const known = made.get(tag);
    if (known !== undefined) return known;
    const fresh = make(tag);
    made.set(tag, fresh);
    return fresh;
  };
}

/** With one digit after the point: "1.5". */
export const tenths = spokenBy(
  (tag) => new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
);

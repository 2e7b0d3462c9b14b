import { en } from "./en";

/** Every word that a screen says. A catalogue that lacks one, or has one too many, does not compile. */
export type Words = typeof en;

/** The languages, as they call themselves. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

/** English comes with the page; the others are fetched from the app when they are spoken. */
const catalogues: Record<Language, () => Promise<Words>> = {
  en: () => Promise.resolve(en),
  de: async () => (await import("./de")).de,
};

let spoken = $state.raw<{ language: Language; locale: string; words: Words }>({
  language: "en",
  locale: flavour("en"),
  words: en,
});

/** The words of the language that is spoken; markup that asks follows when another one is. */
export const t = (): Words => spoken.words;

/** The language that is spoken: for `Intl`, and for grammar that goes by language. */
export const language = (): Language => spoken.language;

/** The system's own flavour of that language, such as "en-GB": for dates. */
export const locale = (): string => spoken.locale;

/** Speaks a language; `null`: the first of the system's that there is. */
export async function speak(wanted: Language | null): Promise<void> {
  const language = wanted ?? preferred(navigator.languages);
  spoken = { language, locale: flavour(language), words: await catalogues[language]() };
  document.documentElement.lang = language;
}

/** The first of these that there is a catalogue for: "de-AT" is served by "de". */
export function preferred(tags: readonly string[]): Language {
  for (const tag of tags) {
    const base = baseOf(tag);
    if (isLanguage(base)) return base;
  }
  return "en";
}

function flavour(language: Language): string {
  return navigator.languages.find((tag) => baseOf(tag) === language) ?? language;
}

function baseOf(tag: string): string {
  return tag.split("-")[0]?.toLowerCase() ?? "";
}

export function isLanguage(tag: string): tag is Language {
  return tag in LANGUAGES;
}

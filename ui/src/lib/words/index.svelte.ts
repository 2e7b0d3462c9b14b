import { en } from "./en";
import { sayBy, type Say } from "./said";

/** Every word that a screen says. A catalogue that lacks one, or has one too many, does not compile. */
export type Words = typeof en;

/** The languages, as they call themselves. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

/** What a screen says, and what the app behind says: in English, as it comes. */
type Catalogue = { words: Words; say: Say };
const english: Catalogue = { words: en, say: (text) => text };

/** English comes with the page; the others are fetched from the app when they are spoken. */
const catalogues: Record<Language, () => Promise<Catalogue>> = {
  en: () => Promise.resolve(english),
  de: async () => {
    const { de, pairs } = await import("./de");
    return { words: de, say: sayBy(pairs) };
  },
};

let spoken = $state.raw<{ language: Language; locale: string } & Catalogue>({
  language: "en",
  locale: flavour("en"),
  ...english,
});

/** The words of the language that is spoken; markup that asks follows when another one is. */
export const t = (): Words => spoken.words;

let typed: () => readonly string[] = () => [];

/** Whatever people typed that the app behind puts into what it says: it is asked for each time. */
export const leaveAlone = (names: () => readonly string[]): void => void (typed = names);

/** What the app behind says, in the language that is spoken. Not for what people typed: it may look like words of the app. */
export const said = (text: string): string => spoken.say(text, typed());

/** The language that is spoken: for `Intl`, and for grammar that goes by language. */
export const language = (): Language => spoken.language;

/** The system's own flavour of that language, such as "en-GB": for dates. */
export const locale = (): string => spoken.locale;

/** Speaks a language; `null`: the first of the system's that there is. */
export async function speak(wanted: Language | null): Promise<void> {
  const language = wanted ?? preferred(navigator.languages);
  spoken = { language, locale: flavour(language), ...(await catalogues[language]()) };
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

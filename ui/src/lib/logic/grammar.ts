import type { Language } from "../words/index.svelte";

/**
 * How a language says when, as patterns of words. Where one stands for many, the place in the list says which: days of the
 * week from Monday, months from January, units from minutes to years.
 */
export type Grammar = {
  today: string;
  tomorrow: string;
  overmorrow: string;
  tonight: string;
  /** Parts of a day that may follow it, and when they begin. */
  dayparts: [words: string, time: string][];
  noon: string;
  /** Full names, and short ones that mean nothing else. */
  weekdays: string[];
  /** Short names that are also words: they need one before them that says so, or a time behind. */
  shortWeekdays: string[];
  months: string[];
  /** Months that are also words. */
  doubtfulMonths: string;
  /** What stands before a day and goes with it. */
  on: string;
  next: string;
  coming: string;
  week: string;
  month: string;
  year: string;
  weekend: string;
  within: string;
  /** One to twelve, as words. */
  numbers: string[];
  /** One o'clock: the first of the numbers is an article as well. */
  one: string;
  halfHour: string;
  units: string[];
  /** What follows a number in a date: "3rd", "3.". */
  ordinal: string;
  of: string;
  at: string;
  oclock: string;
  /** A short word behind hours that says a time, where it does. */
  hour: string;
  half: string;
  quarterPast: string;
  quarterTo: string;
  by: string;
  every: string;
  other: string;
  /** Third to sixth, of units only: "every third monday" is another thing. */
  ordinals: string[];
  everyUnits: string[];
  workdays: string;
  /** Words that say all of it: every hour, day, week, month, year. */
  adverbs: [hourly: string, daily: string, weekly: string, monthly: string, yearly: string];
  /** Days of the week that come back, in one word. */
  weekdayAdverbs: string[];
  /** The same for all workdays, and for both days of a weekend. */
  partsOfWeek: [workdays: string, weekends: string];
  and: string;
  until: string;
  times: string;
  /** A day behind one of these is what the task is about, and not when it is done. */
  blockers: string;
};

const en: Grammar = {
  today: "today",
  tomorrow: "tomorrow|tmrw",
  overmorrow: "(?:the )?day after tomorrow",
  tonight: "tonight|this evening",
  dayparts: [
    ["morning", "09:00"],
    ["afternoon", "14:00"],
    ["evening|night", "19:00"],
  ],
  noon: "noon|midday",
  weekdays: ["monday|mon", "tuesday|tues?", "wednesday", "thursday|thu(?:rs?)?", "friday|fri", "saturday", "sunday"],
  shortWeekdays: ["", "", "wed", "", "", "sat", "sun"],
  months: [
    "jan(?:uary)?",
    "feb(?:ruary)?",
    "mar(?:ch)?",
    "apr(?:il)?",
    "may",
    "june?",
    "july?",
    "aug(?:ust)?",
    "sept?(?:ember)?",
    "oct(?:ober)?",
    "nov(?:ember)?",
    "dec(?:ember)?",
  ],
  doubtfulMonths: "mar(?:ch)?|may",
  on: "on",
  next: "next",
  coming: "this|coming",
  week: "week",
  month: "month",
  year: "year",
  weekend: "weekend",
  within: "in",
  numbers: ["an?|one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
  one: "one",
  halfHour: "half an hour",
  units: ["min(?:ute)?s?", "h|hours?", "days?", "weeks?", "months?", "years?"],
  ordinal: "st|nd|rd|th",
  of: "of",
  at: "at|@",
  oclock: "o['’]clock",
  hour: "",
  half: "half past",
  quarterPast: "(?:a )?quarter past",
  quarterTo: "(?:a )?quarter to",
  by: "by|due(?: by| on)?:?|deadline:?",
  every: "every|each",
  other: "other|second|2nd",
  ordinals: ["third|3rd", "fourth|4th", "fifth|5th", "sixth|6th"],
  everyUnits: ["minutes?", "hours?", "days?", "weeks?", "months?", "years?"],
  workdays: "weekday|workday",
  adverbs: ["hourly", "daily", "weekly", "monthly", "yearly|annually"],
  weekdayAdverbs: [],
  partsOfWeek: ["(?:on )?(?:weekdays|workdays)", "(?:on |at )?weekends"],
  and: "and",
  until: "until|till",
  times: "times",
  blockers:
    "for|from|since|until|till|about|of|before|after|than|the|last|good|version|v|part|page|chapter|step|room|no|number",
};

const de: Grammar = {
  today: "heute",
  tomorrow: "morgen",
  overmorrow: "übermorgen",
  tonight: "heute abend",
  dayparts: [
    ["früh|vormittag", "09:00"],
    ["mittag", "12:00"],
    ["nachmittag", "14:00"],
    ["abend", "19:00"],
  ],
  noon: "mittags",
  weekdays: ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag|sonnabend", "sonntag"],
  shortWeekdays: ["mo", "di", "mi", "do", "fr", "sa", "so"],
  months: [
    "jan(?:uar|\\.)?|jänner",
    "feb(?:ruar|\\.)?",
    "märz|mär\\.?",
    "apr(?:il|\\.)?",
    "mai",
    "juni?",
    "juli?",
    "aug(?:ust|\\.)?",
    "sept?(?:ember|\\.)?",
    "okt(?:ober|\\.)?",
    "nov(?:ember|\\.)?",
    "dez(?:ember|\\.)?",
  ],
  doubtfulMonths: "mai",
  on: "am",
  next: "nächste[rsnm]?",
  coming: "diese[rsnm]?|kommende[rsnm]?",
  week: "woche",
  month: "monat",
  year: "jahr",
  weekend: "wochenende",
  within: "in",
  numbers: ["eine[rm]?|ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"],
  one: "eins",
  halfHour: "einer halben stunde",
  units: ["min(?:uten?)?", "h|std\\.?|stunden?", "tag(?:en?)?", "wochen?", "monat(?:en?)?", "jahr(?:en?)?"],
  ordinal: "\\.",
  of: "",
  at: "um",
  oclock: "uhr",
  hour: "h",
  half: "halb",
  quarterPast: "viertel nach",
  quarterTo: "viertel vor",
  by: "bis(?: zum| spätestens(?: zum)?)?(?: am)?|(?:fällig|spätestens)(?: am| bis)?:?|frist:?",
  every: "jede[nrs]?|alle",
  other: "zweite[nrs]?|2\\.",
  ordinals: ["dritte[nrs]?|3\\.", "vierte[nrs]?|4\\.", "fünfte[nrs]?|5\\.", "sechste[nrs]?|6\\."],
  everyUnits: ["minuten?", "stunden?", "tage?", "wochen?", "monate?", "jahre?"],
  workdays: "werktag|arbeitstag",
  adverbs: ["stündlich", "täglich", "wöchentlich", "monatlich", "jährlich"],
  weekdayAdverbs: ["montags", "dienstags", "mittwochs", "donnerstags", "freitags", "samstags|sonnabends", "sonntags"],
  partsOfWeek: ["werktags|wochentags", "wochenends"],
  and: "und",
  until: "bis(?: zum)?",
  times: "mal",
  blockers:
    "für|von|vom|seit|über|vor|nach|der|die|das|des|dem|letzte[nrs]?|ab|als|guten|version|teil|seite|kapitel|raum|nr\\.?",
};

const GRAMMARS: Record<Language, Grammar> = { en, de };

/** What is understood where a language is spoken: that language, and English. */
export function grammarsOf(language: Language): Grammar[] {
  return language === "en" ? [en] : [GRAMMARS[language], en];
}

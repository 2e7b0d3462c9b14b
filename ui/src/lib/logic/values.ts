import { said } from "../words/index.svelte";
import { isDated } from "./fields";
import { date, isDay, startOf } from "./time";

/** Fields whose values are words of the app, and none that people typed. */
const OURS =
  /^(status|priority|type|recurrence|created|planned|deadline|archived|reminder|goal|estimated_minutes)$|_(reminder|days|day|at)$/;

/** Whether the values of a field are words of the app: what is different between two of them is no matter of letters. */
export const isOurs = (field: string): boolean => OURS.test(field);

/** A value as the app behind says it, in the language that is spoken; what people typed stays as it is. */
export function valueText(field: string, text: string): string {
  if (field.endsWith("_days")) return text.split(", ").map(said).join(", ");
  // A moment comes in words, a day as it is stored.
  if (isDay(text) && isDated(field, text)) return date(startOf(text), Date.now());
  // In brackets: that there is none, or that what it means is not here.
  return isOurs(field) || /^\(.*\)$/.test(text) ? said(text) : text;
}

/** Where a line of an import is: a number, or the name of a file. */
export const placeText = (place: string): string => (/^line \d+$/.test(place) ? said(place) : place);

/** What a device is called: by a name, or, where it has none here, by the app behind. */
export const deviceText = (name: string): string =>
  /^Device [0-9a-z]{8}$|^An unknown device$/.test(name) ? said(name) : name;

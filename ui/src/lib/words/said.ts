/** A text of the app behind, and what it is in another language: `{}` takes any text, `{0}` puts the first of them in. */
export type Pair = [from: string, to: string];

type Pattern = { parts: string[]; to: string };

/**
 * Puts what the app behind says into a language; what no pair knows stays as it came. The names are what people typed: they
 * are left as they are, whatever they look like.
 */
export type Say = (text: string, names?: readonly string[]) => string;

/**
 * Says texts by pairs. The pair with the most text of its own wins, and what is between is put in: translated too, if it is
 * a text of the app itself. Several sentences are said one by one, if all of them can be: what is between would else take
 * in those that follow.
 */
export function sayBy(pairs: readonly (readonly string[])[]): Say {
  const patterns = pairs.map(([from = "", to = ""]): Pattern => ({ parts: from.split("{}"), to }));
  const exact = new Map(patterns.filter(({ parts }) => parts.length === 1).map(({ parts, to }) => [parts[0], to]));
  const open = patterns.filter(({ parts }) => parts.length > 1).sort((a, b) => own(b) - own(a));

  /** `names`: what is not looked up where it stands in a hole; null: it is in one itself, where no other hole is looked into. */
  function whole(text: string, names: readonly string[] | null): string | null {
    const same = exact.get(text);
    if (same !== undefined) return same;
    for (const { parts, to } of open) {
      const holes = between(parts, text);
      if (holes) return to.replace(/\{(\d)\}/g, (_, at) => inside(holes[Number(at)] ?? "", names));
    }
    return null;
  }

  const inside = (text: string, names: readonly string[] | null) =>
    (names === null || names.includes(text) ? null : whole(text, null)) ?? text;

  function sentences(text: string, names: readonly string[]): string | null {
    for (const { index } of exact.has(text) ? [] : text.matchAll(/[.!?] /g)) {
      const first = whole(text.slice(0, index + 1), names);
      const rest = first === null ? null : sentences(text.slice(index + 2), names);
      if (rest !== null) return `${first} ${rest}`;
    }
    return whole(text, names);
  }

  return (text, names = []) => {
    const { masked, back } = mask(text, names);
    const said = masked === text ? null : sentences(masked, []);
    // A name may be a word of the text itself: then the text is read as it came.
    return said === null ? (sentences(text, names) ?? text) : back(said);
  };
}

/** Signs that nobody types, and no pair has. */
const [OPEN, CLOSE] = ["\uE000", "\uE001"];

/** Names become signs, so that none is cut where it has an "and" or a full stop in it; of two that overlap, the longer one. */
function mask(text: string, names: readonly string[]) {
  const found = names.filter((name) => name && text.includes(name)).sort((a, b) => b.length - a.length);
  if (found.length === 0) return { masked: text, back: (said: string) => said };
  const any = found.map((name) => name.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  const whole = new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, "gu");
  return {
    masked: text.replace(whole, (name) => `${OPEN}${found.indexOf(name)}${CLOSE}`),
    back: (said: string) => said.replace(new RegExp(`${OPEN}(\\d+)${CLOSE}`, "g"), (_, at) => found[Number(at)] ?? ""),
  };
}

const own = ({ parts }: Pattern) => parts.reduce((length, part) => length + part.length, 0);

/** What stands between the parts, the first of it as short as it goes; null: the text is not made of them. */
function between([first = "", ...parts]: string[], text: string): string[] | null {
  if (!text.startsWith(first)) return null;
  let rest = text.slice(first.length);
  const last = parts.pop() ?? "";
  const holes: string[] = [];
  for (const part of parts) {
    const at = rest.indexOf(part, 1);
    if (at < 0) return null;
    holes.push(rest.slice(0, at));
    rest = rest.slice(at + part.length);
  }
  if (rest.length <= last.length || !rest.endsWith(last)) return null;
  return [...holes, rest.slice(0, rest.length - last.length)];
}

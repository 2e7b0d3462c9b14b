/** A text of the app behind, and what it is in another language: `{}` takes any text, `{0}` puts the first of them in. */
export type Pair = [from: string, to: string];

type Pattern = { parts: string[]; to: string };

/** Puts what the app behind says into a language; what no pair knows stays as it came. */
export type Say = (text: string) => string;

/**
 * Says texts by pairs. The pair with the most text of its own wins, and what is between is put in: translated too, if it is
 * a text of the app itself. Several sentences are said one by one, if all of them can be: what is between would else take
 * in those that follow.
 */
export function sayBy(pairs: readonly (readonly string[])[]): Say {
  const patterns = pairs.map(([from = "", to = ""]): Pattern => ({ parts: from.split("{}"), to }));
  const exact = new Map(patterns.filter(({ parts }) => parts.length === 1).map(({ parts, to }) => [parts[0], to]));
  const open = patterns.filter(({ parts }) => parts.length > 1).sort((a, b) => own(b) - own(a));

  function whole(text: string, within = false): string | null {
    const same = exact.get(text);
    if (same !== undefined) return same;
    for (const { parts, to } of open) {
      const holes = between(parts, text);
      if (holes) return to.replace(/\{(\d)\}/g, (_, at) => inside(holes[Number(at)] ?? "", within));
    }
    return null;
  }

  const inside = (text: string, within: boolean) => (within ? null : whole(text, true)) ?? text;

  function sentences(text: string): string | null {
    for (const { index } of exact.has(text) ? [] : text.matchAll(/[.!?] /g)) {
      const first = whole(text.slice(0, index + 1));
      const rest = first === null ? null : sentences(text.slice(index + 2));
      if (rest !== null) return `${first} ${rest}`;
    }
    return whole(text);
  }

  return (text) => sentences(text) ?? text;
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

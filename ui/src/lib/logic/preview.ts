import MarkdownIt from "markdown-it";
import type { StateCore, StateInline, Token } from "markdown-it";
import { tick } from "./markdown";
import { excerpt, LINK } from "./notes";

/** What the preview has to know of the world around the note. */
export type Around = {
  /** The note of a title. */
  find: (title: string) => string | undefined;
  words: { create: (title: string) => string; copy: (address: string) => string; picture: string; done: string };
};

/**
 * Markdown as a page shows it. Everything is escaped by markdown-it, and nothing in it reaches out: no markup of its own,
 * no picture, no link that leads out of the app, no style. Fetched only when there is something to preview.
 */
const md = new MarkdownIt({ html: false, linkify: false, breaks: true, maxNesting: 40 });
md.validateLink = (address) => /^(https?:|mailto:|tel:)/i.test(address.trim());

md.inline.ruler.before("link", "note", noteLink);
md.core.ruler.push("boxes", boxes);
md.core.ruler.push("tame", tame);

const { escapeHtml: escape } = md.utils;
const around = (env: unknown) => env as Around;

/** At this place and nowhere else, so that no text makes it look for long. */
const HERE = new RegExp(LINK, "y");

function noteLink(state: StateInline, silent: boolean): boolean {
  if (!state.src.startsWith("[[", state.pos) || state.linkLevel > 0) return false;
  HERE.lastIndex = state.pos;
  const found = HERE.exec(state.src);
  if (!found || state.pos + found[0].length > state.posMax) return false;
  if (!silent) {
    const token = state.push("note", "", 0);
    token.meta = { title: found[1]?.trim() };
    token.content = (found[2] ?? found[1] ?? "").trim();
  }
  state.pos += found[0].length;
  return true;
}

md.renderer.rules.note = (tokens, i, _, env) => {
  const { meta, content } = tokens[i] as Token;
  const title = String((meta as { title: string }).title);
  const id = around(env).find(title);
  if (id === undefined) {
    const hint = escape(around(env).words.create(title));
    return `<button type="button" class="missing" data-create="${escape(title)}" title="${hint}">${escape(content)}<span class="hidden-text">, ${hint}</span></button>`;
  }
  return `<a href="#/notes/${encodeURIComponent(id)}" data-note="${escape(id)}">${escape(content)}</a>`;
};

/** An item that begins with a box has one that can be ticked, where its line can be told. */
function boxes(state: StateCore): void {
  const begins = (token: Token | undefined) => token?.type === "paragraph_open" || token?.type === "list_item_open";
  state.tokens.forEach((token, i) => {
    const first = token.children?.[0];
    const box = /^\[([ xX])\]\s/.exec(first?.content ?? "");
    const line = token.map?.[0];
    if (!first || !box || line === undefined || first.type !== "text") return;
    if (!begins(state.tokens[i - 1]) || state.tokens[i - 2]?.type !== "list_item_open") return;
    if (!tick(state.src, line)) return;
    first.content = first.content.slice(box[0].length);
    const made = new state.Token("box", "", 0);
    const label = excerpt(token.content.slice(box[0].length).split("\n")[0] ?? "");
    made.meta = { line, label, checked: box[1] !== " " };
    token.children?.unshift(made);
    state.tokens[i - 2]?.attrJoin("class", "task");
  });
}

md.renderer.rules.box = (tokens, i, _, env) => {
  const { line, label, checked } = tokens[i]?.meta as { line: number; label: string; checked: boolean };
  const name = `${around(env).words.done}: ${label}`;
  return `<input type="checkbox" data-line="${line}" aria-label="${escape(name)}"${checked ? " checked" : ""}> `;
};

/** Headings stand below that of the page, and the column of a table says by a class where its words stand. */
function tame(state: StateCore): void {
  for (const token of state.tokens) {
    if (token.type.startsWith("heading_")) token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 1)}`;
    const style = token.attrGet("style");
    if (style === null) continue;
    token.attrs = null;
    token.attrSet("class", String(style).replace("text-align:", "to-"));
  }
}

// A link shows where it would lead; what it does is to copy that.
md.renderer.rules.link_open = (tokens, i, _, env) => {
  const address = String(tokens[i]?.attrGet("href"));
  const hint = escape(around(env).words.copy(address));
  return `<button type="button" class="outside" data-copy="${escape(address)}" title="${hint}">`;
};
md.renderer.rules.link_close = () => "</button>";

md.renderer.rules.image = (tokens, i, _, env) => {
  const address = escape(String(tokens[i]?.attrGet("src")));
  const words = `${around(env).words.picture} ${tokens[i]?.content}`.trim();
  return `<span class="picture">${escape(words)} <span>${address}</span></span>`;
};

export function preview(markdown: string, env: Around): string {
  return md.render(markdown, env);
}

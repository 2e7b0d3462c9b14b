import type { LucideIcon } from "@lucide/svelte";
import Bold from "@lucide/svelte/icons/bold";
import Code from "@lucide/svelte/icons/code";
import FileSymlink from "@lucide/svelte/icons/file-symlink";
import Heading from "@lucide/svelte/icons/heading";
import Italic from "@lucide/svelte/icons/italic";
import Link from "@lucide/svelte/icons/link";
import List from "@lucide/svelte/icons/list";
import ListTodo from "@lucide/svelte/icons/list-todo";
import TextQuote from "@lucide/svelte/icons/text-quote";
import { code, link, noteLink, prefix, wrap } from "../../lib/logic/markdown";
import type { Edit, Field } from "../../lib/logic/markdown";
import { t } from "../../lib/words/index.svelte";

export type Command = {
  id: string;
  icon: LucideIcon;
  word: () => string;
  /** Held with Ctrl; `shift` as well where it says so. By its place, since layouts differ in what Shift makes of it. */
  key: string;
  shift?: boolean;
  run: (field: Field) => Edit;
};

/** What the toolbar and the keys do to a text; where there is little room, the last ones are behind a button. */
export const COMMANDS: Command[] = [
  { id: "bold", icon: Bold, word: () => t().notes.bold, key: "B", run: (one) => wrap(one, "**") },
  { id: "italic", icon: Italic, word: () => t().notes.italic, key: "I", run: (one) => wrap(one, "*") },
  {
    id: "heading",
    icon: Heading,
    word: () => t().notes.heading,
    key: "H",
    shift: true,
    run: (one) => prefix(one, "heading"),
  },
  { id: "list", icon: List, word: () => t().notes.bullets, key: "8", shift: true, run: (one) => prefix(one, "list") },
  {
    id: "tasks",
    icon: ListTodo,
    word: () => t().notes.tasks,
    key: "9",
    shift: true,
    run: (one) => prefix(one, "tasks"),
  },
  { id: "note", icon: FileSymlink, word: () => t().notes.noteLink, key: "K", shift: true, run: noteLink },
  { id: "link", icon: Link, word: () => t().notes.link, key: "K", run: link },
  {
    id: "quote",
    icon: TextQuote,
    word: () => t().notes.quote,
    key: "7",
    shift: true,
    run: (one) => prefix(one, "quote"),
  },
  { id: "code", icon: Code, word: () => t().notes.code, key: "E", run: code },
];

/** So many have room on any phone. */
export const FEW = 6;

/** The keys of a command, for a hint. */
export const keysOf = ({ key, shift }: Command) => ["Ctrl", ...(shift ? ["Shift"] : []), key];

/** The command that a key means. */
export function commandOf(event: KeyboardEvent): Command | undefined {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return undefined;
  const pressed = event.code.replace(/^(Key|Digit)/, "");
  return COMMANDS.find(({ key, shift = false }) => key === pressed && shift === event.shiftKey);
}

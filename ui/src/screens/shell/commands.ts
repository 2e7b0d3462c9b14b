import type { LucideIcon } from "@lucide/svelte";
import CirclePause from "@lucide/svelte/icons/circle-pause";
import CirclePlay from "@lucide/svelte/icons/circle-play";
import FileDown from "@lucide/svelte/icons/file-down";
import FileUp from "@lucide/svelte/icons/file-up";
import Keyboard from "@lucide/svelte/icons/keyboard";
import Languages from "@lucide/svelte/icons/languages";
import Link from "@lucide/svelte/icons/link";
import Plus from "@lucide/svelte/icons/plus";
import Redo from "@lucide/svelte/icons/redo-2";
import RefreshCw from "@lucide/svelte/icons/refresh-cw";
import SunMoon from "@lucide/svelte/icons/sun-moon";
import Undo from "@lucide/svelte/icons/undo-2";
import { tick } from "svelte";
import type { App } from "../../lib/state/app.svelte";
import type { Screen } from "../../lib/state/router.svelte";
import { THEMES } from "../../lib/state/theme.svelte";
import { LANGUAGES, t } from "../../lib/words/index.svelte";
import type { Language } from "../../lib/words/index.svelte";
import { PLACES } from "./places";
import { reach } from "./shortcuts";

/** Something to do by its name. */
export type Command = { id: string; name: string; icon: LucideIcon; keys?: string[]; run: () => unknown };

/** The screens. */
export function places({ router }: App): Command[] {
  return PLACES.map(({ screen, icon, key }) => ({
    id: `go ${screen}`,
    name: t().shell.places[screen],
    icon,
    keys: ["g", key],
    run: () => router.go(screen),
  }));
}

/** What can be done wherever one is, as things stand. */
export function actions(app: App, help: () => void): Command[] {
  const { shell, common } = t();
  const { steps } = app.planner;
  const status = app.sync.status;
  const paused = status?.state === "paused";

  const add = (screen: Screen, name: string): Command => ({
    id: `new ${screen}`,
    name,
    icon: Plus,
    run: async () => {
      app.router.go(screen);
      await tick();
      reach("[data-new]");
    },
  });
  const sync = { id: "sync", name: common.syncNow, icon: RefreshCw, run: () => app.syncNow() };
  const pause = {
    id: "pause",
    name: paused ? shell.resume : shell.pause,
    icon: paused ? CirclePlay : CirclePause,
    run: () => app.attempt(() => app.sync.setPaused(!paused)),
  };
  const undo = { id: "undo", name: common.undo, icon: Undo, keys: ["Ctrl", "Z"], run: () => app.undo() };
  const redo = { id: "redo", name: common.redo, icon: Redo, keys: ["Ctrl", "Shift", "Z"], run: () => app.redo() };

  return [
    add("tasks", shell.newTask),
    add("habits", shell.newHabit),
    add("notes", shell.newNote),
    ...(steps.done.length ? [undo] : []),
    ...(steps.undone.length ? [redo] : []),
    ...(status?.peers ? [...(paused ? [] : [sync]), pause] : []),
    { id: "pair", name: common.pairDevice, icon: Link, run: () => (app.pairing = true) },
    ...settings(app),
    ...files(app),
    { id: "help", name: shell.shortcuts, icon: Keyboard, keys: ["?"], run: help },
  ];
}

/** Looks and languages that are not chosen now. */
function settings({ theme, speech, attempt }: App): Command[] {
  const { themes, languageOfSystem, useTheme, useLanguage } = t().shell;
  const languages: [Language | null, string][] = [
    [null, languageOfSystem],
    ...Object.entries(LANGUAGES).map(([tag, name]): [Language, string] => [tag as Language, name]),
  ];
  return [
    ...THEMES.filter((name) => name !== theme.name).map((name) => ({
      id: `theme ${name}`,
      name: useTheme(themes[name]),
      icon: SunMoon,
      run: () => theme.choose(name),
    })),
    ...languages
      .filter(([tag]) => tag !== speech.chosen)
      .map(([tag, name]) => ({
        id: `language ${tag}`,
        name: useLanguage(name),
        icon: Languages,
        run: () => attempt(() => speech.choose(tag)),
      })),
  ];
}

/** What comes in is summed up where it can be brought in without the palette, too. */
function files(app: App): Command[] {
  const { devices } = t();
  const { backend, router, files } = app;
  const bring = (id: string, name: string, from: Parameters<typeof files.bring>[0]) => ({
    id,
    name,
    icon: FileUp,
    run: async () => {
      if (await files.bring(from)) router.go("devices");
    },
  });
  return [
    { id: "export", name: devices.exportLines, icon: FileDown, run: () => files.exportLines() },
    { id: "export markdown", name: devices.exportMarkdown, icon: FileDown, run: () => files.exportMarkdown() },
    bring("import", devices.importLines, backend.importLines),
    bring("import markdown", devices.importMarkdown, backend.importMarkdown),
    bring("import todo.txt", devices.importTodoTxt, backend.importTodoTxt),
    bring("import whph", devices.importWhph, backend.importWhph),
  ];
}

import { plurals } from "../plural";

const n = plurals("en");

export const shell = {
  skip: "Skip to content",
  sidebar: "Sidebar",
  main: "Main",
  places: {
    tasks: "Tasks",
    habits: "Habits",
    notes: "Notes",
    review: "Review",
    devices: "Devices",
    history: "History",
  },
  notSent: (k: number) => n(k, { one: "# change not sent yet", other: "# changes not sent yet" }),

  status: "Sync status",
  statusIs: (line: string) => `Sync status: ${line}`,
  progress: "Sync progress",
  connected: (connected: number, peers: number) =>
    `${n(connected, { other: "#" })} of ${n(peers, { one: "# device", other: "# devices" })} connected`,
  pause: "Pause",
  resume: "Resume",
  synced: (k: number) => n(k, { one: "Synced with # device", other: "Synced with # devices" }),
  letGo: "Let go to sync",
  pull: "Pull to sync",
  syncing: "Syncing…",

  sweep: "Many items deleted",
  swept: (device: string, deleted: number, living: number) =>
    `${device} deleted ${n(deleted, { other: "#" })} of ${n(living, { one: "# item", other: "# items" })}`,
  sweptHint: "What you put back returns on all your devices.",
  sweptMore: (k: number) => n(k, { other: "And # more to answer after this." }),
  putAllBack: "Put all back",
  keepDeleted: "Keep deleted",
  itemsBack: (k: number) => n(k, { one: "# item is back", other: "# items are back" }),

  appearance: "Appearance",
  themes: { system: "System", light: "Light", dark: "Dark" },
  language: "Language",
  languageOfSystem: "System",

  find: "Search",
  palette: "Search and commands",
  paletteHint: "Search or command",
  recent: "Changed lately",
  found: "Found",
  goTo: "Go to",
  actions: "Do",
  results: (k: number) => n(k, { one: "# result", other: "# results" }),
  nothing: (query: string) => `Nothing has “${query}” in it`,
  behind: (k: number) =>
    n(k, {
      one: "Still reading # item: it may be missing here",
      other: "Still reading # items: some may be missing here",
    }),
  more: (k: number) => n(k, { other: "More than #: type more to narrow it down" }),
  searchFailed: (reason: string) => `The search did not work: ${reason}`,

  newTask: "New task",
  newHabit: "New habit",
  newNote: "New note",
  useTheme: (name: string) => `Appearance: ${name}`,
  useLanguage: (name: string) => `Language: ${name}`,

  undone: (title: string) => `Undone: ${title}`,
  redone: (title: string) => `Redone: ${title}`,
  severalItems: (k: number) => n(k, { one: "# item", other: "# items" }),
  leftAlone: "What was changed since stays as it is.",
  allLeftAlone: "It was changed since, so nothing was undone.",

  shortcuts: "Keyboard shortcuts",
  or: "or",
  then: "then",
  everywhere: "Everywhere",
  keys: {
    palette: "Search and commands",
    add: "Add something new",
    find: "Search on this screen",
    undo: "Undo your last change",
    redo: "Redo it",
    close: "Close, or leave a field",
    help: "This list",
  },
  keyNames: {
    Ctrl: "Ctrl",
    Shift: "Shift",
    Alt: "Alt",
    Esc: "Esc",
    Enter: "Enter",
    Backspace: "Backspace",
    Del: "Del",
    Space: "Space",
  },
};

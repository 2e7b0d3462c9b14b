import type { LucideIcon } from "@lucide/svelte";
import CircleCheckBig from "@lucide/svelte/icons/circle-check-big";
import GitCompareArrows from "@lucide/svelte/icons/git-compare-arrows";
import History from "@lucide/svelte/icons/history";
import MonitorSmartphone from "@lucide/svelte/icons/monitor-smartphone";
import NotebookText from "@lucide/svelte/icons/notebook-text";
import Repeat from "@lucide/svelte/icons/repeat-2";
import type { Screen } from "../../lib/state/router.svelte";

/** The screens in the order of the navigation, and the key that leads there after "g". */
export const PLACES: { screen: Screen; icon: LucideIcon; key: string }[] = [
  { screen: "tasks", icon: CircleCheckBig, key: "t" },
  { screen: "habits", icon: Repeat, key: "h" },
  { screen: "notes", icon: NotebookText, key: "n" },
  { screen: "review", icon: GitCompareArrows, key: "r" },
  { screen: "devices", icon: MonitorSmartphone, key: "d" },
  { screen: "history", icon: History, key: "y" },
];

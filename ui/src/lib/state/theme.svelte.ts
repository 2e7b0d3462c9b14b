export const THEMES = ["system", "light", "dark"] as const;
export type ThemeName = (typeof THEMES)[number];

const KEY = "theme";

/** Light, dark, or as the system has it; remembered on this device. */
export class Theme {
  name = $state<ThemeName>("system");
  #dark = matchMedia("(prefers-color-scheme: dark)");

  constructor() {
    const kept = localStorage.getItem(KEY);
    this.#dark.addEventListener("change", () => this.#show());
    this.choose(THEMES.find((name) => name === kept) ?? "system");
  }

  choose(name: ThemeName): void {
    this.name = name;
    if (name === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, name);
    this.#show();
  }

  #show(): void {
    const system = this.#dark.matches ? "dark" : "light";
    document.documentElement.dataset.theme = this.name === "system" ? system : this.name;
  }
}

/** The keyboard: what works on every page, and what the page in front adds. */
import { openPlace, type Store, THEMES } from "./store.ts";

export const PAGES = ["now", "requests", "usage", "configuration"] as const;

export function listenToKeys(store: Store): void {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    const act = { ...commonKeys(store), ...store.pageKeys.value }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

/** Keys belong to the field that has the focus; Escape leaves it. */
function isTyping({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const isField = target.matches("input, select, textarea");
  if (isField && key === "Escape") target.blur();
  return isField || (target.matches("button, a, summary") && key === "Enter");
}

function commonKeys(store: Store): Record<string, () => void> {
  const toPage = PAGES.map((page, index) => [String(index + 1), () => openPlace(page)] as const);
  return {
    ...Object.fromEntries(toPage),
    "?": () => store.showsShortcuts.value = !store.showsShortcuts.value,
    "t": () => nextTheme(store),
    "l": () => nextLanguage(store),
    "Escape": () => store.showsShortcuts.value = false,
  };
}

export function nextTheme({ theme }: Store): void {
  theme.value = THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? "auto";
}

export function nextLanguage({ language }: Store): void {
  language.value = language.value === "en" ? "zh" : "en";
}

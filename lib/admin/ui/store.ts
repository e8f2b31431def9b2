/** Everything the pages show and share; made once, in main.tsx. */
import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { RequestFilter } from "../../record/history_queries.ts";
import type { LiveRow } from "../live_row.ts";
import { CallError, post } from "./api.ts";
import type { Say } from "./format.ts";
import type { LiveNow } from "./live.ts";
import { type Language, LANGUAGES, textIn } from "./words.ts";

export type Theme = "auto" | "light" | "dark";
export const THEMES: readonly Theme[] = ["auto", "light", "dark"];

export interface Toast {
  readonly text: string;
  readonly isBad: boolean;
}

export interface Store {
  /** The page and what follows it: `["requests", "679a3f2a"]`. */
  readonly place: Signal<readonly string[]>;
  readonly language: Signal<Language>;
  readonly theme: Signal<Theme>;
  readonly now: Signal<LiveNow | undefined>;
  readonly offers: Signal<readonly string[]>;
  /** When `now` came, on the page's own clock. */
  readonly nowAtMs: Signal<number>;
  /** Ticks every second, so that spans go on. */
  readonly clockMs: Signal<number>;
  readonly connection: Signal<"live" | "waiting">;
  readonly needsToken: Signal<boolean>;
  /** The rows that the last event brought. */
  readonly changed: Signal<readonly LiveRow[]>;
  /** How often the events have begun anew: what happened in between is in none of them. */
  readonly resumed: Signal<number>;
  /** What the list of requests is filtered by; kept while another page is open. */
  readonly filter: Signal<RequestFilter>;
  readonly toast: Signal<Toast | undefined>;
  readonly showsShortcuts: Signal<boolean>;
  /** The keys of the page in front, besides those of every page. */
  readonly pageKeys: Signal<Readonly<Record<string, () => void>>>;
  readonly say: Say;
  /** The proxy's clock, as far as the page knows it. */
  readonly proxyMs: ReadonlySignal<number>;
}

export function createStore(): Store {
  const language = signal<Language>(firstLanguage());
  const now = signal<LiveNow | undefined>(undefined);
  const nowAtMs = signal(0);
  const clockMs = signal(Date.now());
  return {
    place: signal(placeOf(location.hash)),
    language,
    theme: signal<Theme>(THEMES.find((theme) => theme === stored("theme")) ?? "auto"),
    now,
    offers: signal<readonly string[]>([]),
    nowAtMs,
    clockMs,
    connection: signal<"live" | "waiting">("waiting"),
    needsToken: signal(false),
    changed: signal<readonly LiveRow[]>([]),
    resumed: signal(0),
    filter: signal<RequestFilter>({}),
    toast: signal<Toast | undefined>(undefined),
    showsShortcuts: signal(false),
    pageKeys: signal({}),
    say: (word, values) => textIn(language.value, word, values),
    proxyMs: computed(() => {
      const skewMs = now.value === undefined ? 0 : now.value.nowMs - nowAtMs.value;
      return Math.max(clockMs.value, nowAtMs.value) + skewMs;
    }),
  };
}

export function placeOf(hash: string): readonly string[] {
  const [path = ""] = hash.replace(/^#\/?/, "").split("?");
  return path === "" ? ["now"] : path.split("/").map(decoded);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function firstLanguage(): Language {
  const chosen = LANGUAGES.find((language) => language === stored("language"));
  return chosen ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");
}

function stored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

export const StoreContext = createContext<Store | undefined>(undefined);

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (store === undefined) throw new Error("There is no store around this component.");
  return store;
}

export function openPlace(...parts: readonly string[]): void {
  location.hash = `#/${parts.map(encodeURIComponent).join("/")}`;
}

/** Does what a button says, and says how it went. */
export async function act(
  store: Store,
  { path, body, done }: { readonly path: string; readonly body: unknown; readonly done: string },
): Promise<void> {
  try {
    await post(path, body);
    store.toast.value = { text: done, isBad: false };
  } catch (cause) {
    failed(store, cause);
  }
}

/** Says what went wrong, or asks for the token. */
export function failed(store: Store, cause: unknown): void {
  const status = cause instanceof CallError ? cause.status : 0;
  if (status === 401) return void (store.needsToken.value = true);
  const message = cause instanceof Error ? cause.message : String(cause);
  const why = status === 0 ? store.say("unreachable") : message;
  store.toast.value = { text: store.say("failedCall", { why }), isBad: true };
}

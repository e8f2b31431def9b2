/** Name, pages, whether it is live, and the switches. */
import { addressOf } from "./api.ts";
import { longSpan } from "./format.ts";
import { nextLanguage, nextTheme, PAGES } from "./keys.ts";
import { useStore } from "./store.ts";
import type { Word } from "./words.ts";

export function Header() {
  const { say, place } = useStore();
  const [page = "now"] = place.value;
  return (
    <header class="top">
      <div class="brand">
        <img src={addressOf("/icon.svg")} alt="" width="22" height="22" />
        <strong>llm-proxy</strong>
      </div>
      <nav aria-label={say("pages")}>
        {PAGES.map((name) => (
          <a key={name} href={`#/${name}`} aria-current={name === page ? "page" : undefined}>
            {say(name)}
          </a>
        ))}
      </nav>
      <div class="switches">
        <Connection />
        <Switches />
      </div>
    </header>
  );
}

function Connection() {
  const { say, connection, now, proxyMs } = useStore();
  const isLive = connection.value === "live";
  const about = now.value === undefined ? say("connectionHelp") : say("about", {
    version: now.value.version,
    uptime: longSpan(proxyMs.value - now.value.startedAtMs),
  });
  return (
    <span class={`connection ${isLive ? "ok" : "warn"}`} title={about} role="status">
      <i class="dot" aria-hidden="true" />
      {say(isLive ? "live" : "reconnecting")}
    </span>
  );
}

const THEME_WORDS = { auto: "themeAuto", light: "themeLight", dark: "themeDark" } as const;
const THEME_SIGNS = { auto: "◐", light: "○", dark: "●" } as const;

function Switches() {
  const store = useStore();
  const { say, theme } = store;
  const word: Word = THEME_WORDS[theme.value];
  return (
    <>
      <button
        type="button"
        class="quiet"
        title={say(word)}
        aria-label={say(word)}
        onClick={() => nextTheme(store)}
      >
        {THEME_SIGNS[theme.value]}
      </button>
      <button
        type="button"
        class="quiet"
        title={say("languageHelp")}
        onClick={() => nextLanguage(store)}
      >
        {say("language")}
      </button>
      <button
        type="button"
        class="quiet help"
        title={`${say("shortcuts")} (?)`}
        aria-label={say("shortcuts")}
        onClick={() => store.showsShortcuts.value = true}
      >
        ?
      </button>
    </>
  );
}

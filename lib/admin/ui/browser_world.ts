/** What a browser does for the page's stream of events. */
import { addressOf, get } from "./api.ts";
import type { LiveNow, World } from "./live.ts";

export function browserWorld(complain: World["complain"]): World {
  const listeners: (() => void)[] = [];
  const tell = () => listeners.forEach((listener) => listener());
  let isLeft = false;
  // A page that was left may be kept, and come back as it was: https://web.dev/articles/bfcache
  addEventListener("pagehide", () => {
    isLeft = true;
    tell();
  });
  addEventListener("pageshow", () => {
    isLeft = false;
    tell();
  });
  document.addEventListener("visibilitychange", tell);
  return {
    load: () => get<LiveNow>("/api/now"),
    openEvents: () => new EventSource(addressOf("/api/events")),
    isHidden: () => isLeft || document.visibilityState === "hidden",
    onVisibility: (listener) => void listeners.push(listener),
    complain,
    later(ms, action) {
      const timer = setTimeout(action, ms);
      return () => clearTimeout(timer);
    },
  };
}

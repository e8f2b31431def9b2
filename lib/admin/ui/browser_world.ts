/** What a browser does for the page's stream of events. */
import { addressOf, get } from "./api.ts";
import type { World } from "./live.ts";
import type { LiveNow } from "./store.ts";

export function browserWorld(): World {
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
    later(ms, action) {
      const timer = setTimeout(action, ms);
      return () => clearTimeout(timer);
    },
  };
}

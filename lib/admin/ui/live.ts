/** Keeps the page up with the proxy. */
import { CallError, get } from "./api.ts";
import { type LiveNow, type Store } from "./store.ts";

const AGAIN_MS = 2_000;

/** Until the page is closed. */
export function follow(store: Store): void {
  setInterval(() => store.clockMs.value = Date.now(), 1_000);
  connect(store);
  // A browser lets a hidden page's connection sleep; one that is looked at again should be live.
  store.needsToken.subscribe((needed) => {
    if (!needed && store.connection.value === "waiting") connect(store);
  });
}

async function connect(store: Store): Promise<void> {
  try {
    const now = await get<LiveNow>("/api/now");
    arrived(store, now);
    store.offers.value = now.offers ?? [];
  } catch (cause) {
    if (cause instanceof CallError && cause.status === 401) {
      store.needsToken.value = true;
      return;
    }
    setTimeout(() => connect(store), AGAIN_MS);
    return;
  }
  listen(store);
}

function listen(store: Store): void {
  const source = new EventSource("/api/events");
  source.addEventListener("open", () => store.connection.value = "live");
  source.addEventListener("now", ({ data }) => arrived(store, JSON.parse(data)));
  source.addEventListener("requests", ({ data }) => store.changed.value = JSON.parse(data));
  source.addEventListener("error", () => {
    source.close();
    store.connection.value = "waiting";
    setTimeout(() => connect(store), AGAIN_MS);
  });
}

function arrived(store: Store, now: LiveNow): void {
  store.nowAtMs.value = Date.now();
  store.now.value = now;
}

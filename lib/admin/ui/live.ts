/** Keeps the page up with the proxy: one stream of events, while the page is looked at. */
import { CallError } from "./api.ts";
import { failed, type LiveNow, type Store } from "./store.ts";

const AGAIN_MS = 2_000;

/** A stream of events, as `EventSource` has it. */
export interface Events {
  addEventListener(name: string, listener: (event: { readonly data?: string }) => void): void;
  close(): void;
}

/** What the page's surroundings do for it: a browser, or a test. */
export interface World {
  /** How things stand. */
  readonly load: () => Promise<LiveNow>;
  readonly openEvents: () => Events;
  /** Whether nobody looks: another tab is in front, or the page has been left. */
  readonly isHidden: () => boolean;
  /** Calls back whenever that may have changed. */
  readonly onVisibility: (listener: () => void) => void;
  /** Calls back that much later; what it gives keeps it from doing so. */
  readonly later: (ms: number, action: () => void) => () => void;
}

/** What of a store the stream fills. */
export type FollowedStore = Pick<
  Store,
  | "now"
  | "nowAtMs"
  | "offers"
  | "changed"
  | "connection"
  | "needsToken"
  | "resumed"
  | "say"
  | "toast"
>;

/** Until the page is closed. A browser has few connections for a host, and the proxy few for pages. */
export function follow(store: FollowedStore, world: World): void {
  const follower = new Follower(store, world);
  world.onVisibility(() => follower.update());
  // Calls back at once, too: that is the start.
  store.needsToken.subscribe(() => follower.update());
}

class Follower {
  readonly #store: FollowedStore;
  readonly #world: World;
  /** Ends what is under way: a load, a stream or a wait. Undefined where nothing is. */
  #end: (() => void) | undefined;
  #hasFollowed = false;

  constructor(store: FollowedStore, world: World) {
    this.#store = store;
    this.#world = world;
  }

  /** Begins or ends, where it has to. */
  update(): void {
    const isWanted = !this.#world.isHidden() && !this.#store.needsToken.value;
    if (!isWanted) this.#stop();
    else if (this.#end === undefined) this.#connect();
  }

  #stop(): void {
    this.#end?.();
    this.#end = undefined;
    this.#store.connection.value = "waiting";
  }

  async #connect(): Promise<void> {
    let isOver = false;
    this.#end = () => isOver = true;
    try {
      const now = await this.#world.load();
      if (isOver) return;
      this.#arrived(now);
      this.#store.offers.value = now.offers ?? [];
      this.#listen();
    } catch (cause) {
      if (isOver) return;
      // A proxy in between or the port itself says what is wrong; one that asks for the token ends this.
      if (cause instanceof CallError && cause.status !== 0) failed(this.#store, cause);
      if (!isOver) this.#tryAgain();
    }
  }

  #listen(): void {
    const events = this.#world.openEvents();
    this.#end = () => events.close();
    events.addEventListener("open", () => this.#opened());
    events.addEventListener("now", ({ data = "" }) => this.#arrived(JSON.parse(data)));
    events.addEventListener("requests", ({ data = "" }) => {
      this.#store.changed.value = JSON.parse(data);
    });
    events.addEventListener("error", () => {
      this.#stop();
      this.#tryAgain();
    });
  }

  #opened(): void {
    this.#store.connection.value = "live";
    if (this.#hasFollowed) this.#store.resumed.value++;
    this.#hasFollowed = true;
  }

  #tryAgain(): void {
    this.#end = this.#world.later(AGAIN_MS, () => {
      this.#end = undefined;
      this.update();
    });
  }

  #arrived(now: LiveNow): void {
    this.#store.nowAtMs.value = Date.now();
    this.#store.now.value = now;
  }
}

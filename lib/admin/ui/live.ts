/** Keeps the page up with the proxy: one stream of events, while the page is looked at. */
import type { LiveRow } from "../live_row.ts";
import type { NowView } from "../now_view.ts";
import { CallError } from "./api.ts";

const AGAIN_MS = 2_000;

/** How things stand, and which calls there are. */
export type LiveNow = NowView & { readonly offers?: readonly string[] };

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
  /** Tells whoever looks why there is nothing to see. */
  readonly complain: (cause: unknown) => void;
  /** Calls back that much later; what it gives keeps it from doing so. */
  readonly later: (ms: number, action: () => void) => () => void;
}

/** What is needed of a signal. */
export interface Cell<Value> {
  value: Value;
}

/** What of a store the stream fills. */
export interface FollowedStore {
  readonly now: Cell<LiveNow | undefined>;
  readonly nowAtMs: Cell<number>;
  readonly offers: Cell<readonly string[]>;
  readonly changed: Cell<readonly LiveRow[]>;
  readonly connection: Cell<"live" | "waiting">;
  readonly resumed: Cell<number>;
  readonly needsToken: Cell<boolean> & {
    /** Calls back at once, and whenever it is another. */
    subscribe(listener: (value: boolean) => void): unknown;
  };
}

/** Until the page is closed. A browser has few connections for a host, and the proxy few for pages. */
export function follow(store: FollowedStore, world: World): void {
  const follower = new Follower(store, world);
  world.onVisibility(() => follower.update());
  // That it calls back at once is the start.
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
      const status = cause instanceof CallError ? cause.status : 0;
      // Whoever asks for the token ends this; anybody else who answers says what is wrong.
      if (status === 401) this.#store.needsToken.value = true;
      else if (status !== 0) this.#world.complain(cause);
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

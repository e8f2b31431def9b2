/** Ends requests whose bodies do not come: each would hold its place, and what came of it, for ever. */
import type { Readable } from "node:stream";
import { Roster } from "../wire/roster.ts";

export interface BodyWatchOptions {
  /** How long nothing may come of a body that is waited for. Default a minute. */
  readonly silenceMs?: number;
  /** Between two looks. Default 5000. */
  readonly lookEveryMs?: number;
}

/** A body that somebody waits for. */
export interface AwaitedBody {
  /** Something came of it. */
  readonly came: () => void;
  /** Nobody waits for it any more. */
  readonly over: () => void;
}

interface Awaited {
  readonly body: Readable;
  /** The look before which something last came. */
  since: number;
}

const SILENCE_MS = 60_000;
const LOOK_EVERY_MS = 5_000;

/** One timer for all: most bodies are there at once, and would only start and stop one of their own. */
export class BodyWatch {
  /** The bodies that somebody waits for. */
  readonly #awaited = new Roster<Awaited>();
  /** Looks so far: cheaper to ask than a clock. */
  #looks = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor({ silenceMs = SILENCE_MS, lookEveryMs = LOOK_EVERY_MS }: BodyWatchOptions = {}) {
    const mostLooks = Math.ceil(silenceMs / lookEveryMs);
    this.#timer = setInterval(() => this.#look(mostLooks), lookEveryMs);
  }

  /** Somebody waits for it. */
  awaits(body: Readable): AwaitedBody {
    const awaited = { body, since: this.#looks };
    const place = this.#awaited.add(awaited);
    return {
      came: () => void (awaited.since = this.#looks),
      over: () => this.#awaited.remove(place),
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(mostLooks: number): void {
    this.#looks++;
    for (const { body, since } of this.#awaited.members()) {
      // The first look may come right after the last byte.
      if (this.#looks - since > mostLooks) body.destroy();
    }
  }
}

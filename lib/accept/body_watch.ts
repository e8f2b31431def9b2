/**
 * Ends requests whose bodies do not come, or come a few bytes at a time: each would hold its place, and
 * what came of it, for ever.
 */
import type { Readable } from "node:stream";
import type { BodyPatience } from "./listener.ts";
import { type Place, Roster } from "../wire/roster.ts";

/** A body that somebody waits for, now and again. */
export interface AwaitedBody {
  /** Somebody waits for it. */
  readonly begin: () => void;
  /** So much came of it. */
  readonly came: (bytes: number) => void;
  /** Nobody waits for it any more, or not now. */
  readonly over: () => void;
}

interface Awaited {
  readonly body: Readable;
  /** The look before which something last came. */
  since: number;
  /** Looks while somebody waited, and what came, since it was last found to come fast enough. */
  looks: number;
  bytes: number;
}

const SILENCE_MS = 60_000;
const LEAST_BYTES = 1024;
const LOOK_EVERY_MS = 5_000;

/** One timer for all: most bodies are there at once, and would only start and stop one of their own. */
export class BodyWatch {
  /** The bodies that somebody waits for. */
  readonly #awaited = new Roster<Awaited>();
  /** Looks so far: cheaper to ask than a clock. */
  #looks = 0;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(
    { silenceMs = SILENCE_MS, leastBytes = LEAST_BYTES, lookEveryMs = LOOK_EVERY_MS }:
      BodyPatience = {},
  ) {
    const mostLooks = Math.ceil(silenceMs / lookEveryMs);
    this.#timer = setInterval(() => this.#look({ mostLooks, leastBytes }), lookEveryMs);
  }

  /** A body that nobody waits for yet. */
  awaits(body: Readable): AwaitedBody {
    const awaited = { body, since: this.#looks, looks: 0, bytes: 0 };
    let place: Place<Awaited> | undefined;
    return {
      begin: () => {
        awaited.since = this.#looks;
        place = this.#awaited.add(awaited);
      },
      came: (bytes) => {
        awaited.since = this.#looks;
        awaited.bytes += bytes;
      },
      over: () => {
        if (place !== undefined) this.#awaited.remove(place);
      },
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look({ mostLooks, leastBytes }: { mostLooks: number; leastBytes: number }): void {
    this.#looks++;
    for (const awaited of this.#awaited.members()) {
      // The first look may come right after the last byte.
      const isSilent = this.#looks - awaited.since > mostLooks;
      const isDue = ++awaited.looks > mostLooks;
      if (isSilent || (isDue && awaited.bytes < leastBytes)) awaited.body.destroy();
      if (isDue) Object.assign(awaited, { looks: 0, bytes: 0 });
    }
  }
}

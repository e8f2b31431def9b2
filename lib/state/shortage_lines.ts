/** Says in the log what to do where this machine lets the proxy make no connection. */
import type { Log } from "../record/general_log.ts";
import type { Outcome } from "../wire/outcome.ts";
import type { Clock } from "./clock.ts";

export interface ShortageLinesOptions extends Pick<Clock, "monotonicMs"> {
  readonly log: Pick<Log, "error">;
}

/** One line at most in that time, however many requests are turned away. */
const EVERY_MS = 1_000;

export class ShortageLines {
  readonly #options: ShortageLinesOptions;
  #saidMs = -Infinity;

  constructor(options: ShortageLinesOptions) {
    this.#options = options;
  }

  /** Takes note of how an attempt ended. */
  note(outcome: Outcome): void {
    if (outcome.kind !== "fault" || outcome.code !== "own_shortage") return;
    const nowMs = this.#options.monotonicMs();
    if (nowMs - this.#saidMs < EVERY_MS) return;
    this.#saidMs = nowMs;
    this.#options.log.error(
      `No connection to a backend can be made (${outcome.detail}): this machine has no file ` +
        "descriptor, port or memory left for it, or forbids it. No backend is blamed for it. Raise " +
        "the limit of open files (ulimit -n, LimitNOFILE), or let in fewer connections.",
    );
  }
}

/** How many requests were turned away because there was too much to do; told of now and then. */
import type { ShedReason } from "../policy/overload.ts";
import type { Log } from "../record/general_log.ts";
import type { Clock } from "./clock.ts";

export interface SheddingOptions extends Pick<Clock, "monotonicMs"> {
  readonly log: Pick<Log, "warn">;
}

/** A storm of requests must not become one of lines. */
const TELL_EVERY_MS = 10_000;

const WORDS: Readonly<Record<ShedReason, string>> = {
  max_concurrent: "limits.max_concurrent requests are in flight",
  memory: "requests hold as much memory as they may",
};

export class Shedding {
  readonly #options: SheddingOptions;
  readonly #counts: Record<ShedReason, number> = { max_concurrent: 0, memory: 0 };
  #untold = 0;
  #toldAtMs = -Infinity;

  constructor(options: SheddingOptions) {
    this.#options = options;
  }

  /** Since the start. */
  get counts(): Readonly<Record<ShedReason, number>> {
    return this.#counts;
  }

  /** One was turned away. */
  shed(reason: ShedReason): void {
    this.#counts[reason]++;
    this.#untold++;
    this.#tell(`the last because ${WORDS[reason]}`);
  }

  /** One was let in. */
  letIn(): void {
    if (this.#untold > 0) this.#tell("none since");
  }

  #tell(more: string): void {
    const nowMs = this.#options.monotonicMs();
    if (nowMs - this.#toldAtMs < TELL_EVERY_MS) return;
    this.#toldAtMs = nowMs;
    const requests = this.#untold === 1 ? "1 request" : `${this.#untold} requests`;
    this.#untold = 0;
    this.#options.log.warn(`Turned away ${requests} with 503 overloaded, ${more}.`);
  }
}

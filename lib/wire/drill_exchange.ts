/** One exchange with nobody, told to a handler in the order in which a connection would tell it. */
import type { ExchangeHandler } from "./connections.ts";
import { ExchangeError } from "./exchange_error.ts";
import type { RawHeaders } from "./headers.ts";
import type { Tap } from "./held_body.ts";

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: string;
}

export interface HangOptions {
  readonly headTimeoutMs: number;
  /** The longest it hangs: then the connection is lost. */
  readonly leftMs: number;
  /** Ends it early in the same way. */
  readonly ended: AbortSignal;
}

export class DrillExchange implements Tap {
  readonly #handler: ExchangeHandler;
  #isOver = false;
  #stopHanging = () => {};

  constructor(handler: ExchangeHandler) {
    this.#handler = handler;
  }

  /** Whether anybody still wants an answer. */
  start(): boolean {
    this.#handler.onStart(this, { isReused: false });
    return !this.#isOver;
  }

  /** The whole answer; or its start, and then a lost connection. */
  answer({ status, headers, body }: ScriptedAnswer, { cut = false } = {}): void {
    this.#handler.onHead(status, headers);
    if (this.#isOver) return;
    this.#handler.onData(new TextEncoder().encode(body));
    if (this.#isOver) return;
    if (cut) return this.#fail(new ExchangeError("CONNECTION_LOST", "a drill cuts it off"));
    this.#isOver = true;
    this.#handler.onEnd();
  }

  /** No answer, until somebody has waited for long enough. */
  hang({ headTimeoutMs, leftMs, ended }: HangOptions): void {
    const timedOut = headTimeoutMs <= leftMs;
    const giveUp = () =>
      this.#fail(
        timedOut && !ended.aborted
          ? new ExchangeError("HEAD_TIMEOUT", "a drill lets it hang")
          : new ExchangeError("CONNECTION_LOST", "the drill that let it hang is over"),
      );
    const timer = setTimeout(giveUp, Math.min(headTimeoutMs, leftMs));
    ended.addEventListener("abort", giveUp);
    this.#stopHanging = () => {
      clearTimeout(timer);
      ended.removeEventListener("abort", giveUp);
    };
    if (ended.aborted) giveUp();
  }

  pause(): void {}

  resume(): void {}

  abort(): void {
    this.#isOver = true;
    this.#stopHanging();
  }

  #fail(cause: ExchangeError): void {
    if (this.#isOver) return;
    this.abort();
    this.#handler.onFailure(cause);
  }
}

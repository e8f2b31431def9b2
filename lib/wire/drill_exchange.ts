/** One exchange with nobody, told to a handler in the order in which undici would tell it. */
import { Buffer } from "node:buffer";
import type { Dispatcher } from "undici";

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HangOptions {
  readonly headersTimeoutMs: number;
  /** The longest it hangs: then the connection is lost. */
  readonly leftMs: number;
  /** Ends it early in the same way. */
  readonly ended: AbortSignal;
}

/** An error of the client library's, by its code. */
class DrillError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export class DrillExchange implements Dispatcher.DispatchController {
  rawHeaders: string[] | null = null;
  reason: Error | null = null;
  paused = false;
  readonly #handler: Dispatcher.DispatchHandler;
  #isOver = false;
  #stopHanging = () => {};

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler;
  }

  get aborted(): boolean {
    return this.reason !== null;
  }

  /** Whether anybody still wants an answer. */
  start(): boolean {
    this.#handler.onRequestStart?.(this, undefined);
    return !this.aborted;
  }

  /** The whole answer; or its start, and then a lost connection. */
  answer({ status, headers, body }: ScriptedAnswer, { cut = false } = {}): void {
    this.rawHeaders = Object.entries(headers).flat();
    this.#handler.onResponseStart?.(this, status, headers);
    if (this.aborted) return;
    this.#handler.onResponseData?.(this, Buffer.from(body));
    if (this.aborted) return;
    if (cut) return this.#fail(new DrillError("UND_ERR_SOCKET", "a drill cuts it off"));
    this.#isOver = true;
    this.#handler.onResponseEnd?.(this, {});
  }

  /** No answer, until somebody has waited for long enough. */
  hang({ headersTimeoutMs, leftMs, ended }: HangOptions): void {
    const timedOut = headersTimeoutMs <= leftMs;
    const giveUp = () =>
      this.#fail(
        timedOut && !ended.aborted
          ? new DrillError("UND_ERR_HEADERS_TIMEOUT", "a drill lets it hang")
          : new DrillError("UND_ERR_SOCKET", "the drill that let it hang is over"),
      );
    const timer = setTimeout(giveUp, Math.min(headersTimeoutMs, leftMs));
    ended.addEventListener("abort", giveUp);
    this.#stopHanging = () => {
      clearTimeout(timer);
      ended.removeEventListener("abort", giveUp);
    };
    if (ended.aborted) giveUp();
  }

  abort(reason: Error): void {
    if (this.aborted || this.#isOver) return;
    this.reason = reason;
    this.#fail(reason);
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  #fail(cause: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stopHanging();
    this.#handler.onResponseError?.(this, cause);
  }
}

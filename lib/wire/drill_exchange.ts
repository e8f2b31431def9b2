/** One exchange with nobody, told to a handler in the order in which a connection would tell it. */
import type { ExchangeHandler } from "./connections.ts";
import type { DrillScript, ScriptedAnswer } from "./drill_answers.ts";
import { ExchangeError } from "./exchange_error.ts";
import type { Tap } from "./held_body.ts";

/** The longest that it keeps anybody waiting, and what ends it early in the same way. */
export type DrillSpan = Pick<DrillScript, "leftMs" | "ended">;

/** Between two signs of life. */
const SIGN_MS = 1000;

export class DrillExchange implements Tap {
  readonly #handler: ExchangeHandler;
  readonly #span: DrillSpan;
  #isOver = false;
  #stopWaiting = () => {};

  constructor(handler: ExchangeHandler, span: DrillSpan) {
    this.#handler = handler;
    this.#span = span;
  }

  /** @param answer undefined for none, until somebody has waited for long enough */
  play(
    answer: ScriptedAnswer | undefined,
    { headTimeoutMs }: { readonly headTimeoutMs: number },
  ): void {
    this.#handler.onStart(this, { isReused: false });
    if (this.#isOver) return;
    if (answer === undefined) this.#hang(headTimeoutMs);
    else this.#answer(answer);
  }

  pause(): void {}

  resume(): void {}

  abort(): void {
    this.#isOver = true;
    this.#stopWaiting();
  }

  #answer({ status, headers, body, then, again }: ScriptedAnswer): void {
    this.#handler.onHead(status, headers);
    this.#send(body);
    if (this.#isOver) return;
    switch (then) {
      case "end":
        this.#isOver = true;
        return this.#handler.onEnd();
      case "cut":
        return this.#fail(new ExchangeError("CONNECTION_LOST", "a drill cuts it off"));
      case "silence": {
        const signs = again === "" ? undefined : setInterval(() => this.#send(again), SIGN_MS);
        return this.#wait(Infinity, () => clearInterval(signs));
      }
    }
  }

  #send(text: string): void {
    if (!this.#isOver) this.#handler.onData(new TextEncoder().encode(text));
  }

  #hang(headTimeoutMs: number): void {
    this.#wait(headTimeoutMs, () => {});
  }

  /** Until the head is late, the drill is over, or nobody waits any more. */
  #wait(headTimeoutMs: number, stop: () => void): void {
    const { leftMs, ended } = this.#span;
    const isHeadLate = headTimeoutMs <= leftMs;
    const giveUp = () =>
      this.#fail(
        isHeadLate && !ended.aborted
          ? new ExchangeError("HEAD_TIMEOUT", "a drill lets it hang")
          : new ExchangeError("CONNECTION_LOST", "the drill that let it hang is over"),
      );
    const timer = setTimeout(giveUp, Math.min(headTimeoutMs, leftMs));
    ended.addEventListener("abort", giveUp);
    this.#stopWaiting = () => {
      clearTimeout(timer);
      ended.removeEventListener("abort", giveUp);
      stop();
    };
    if (ended.aborted) giveUp();
  }

  #fail(cause: ExchangeError): void {
    if (this.#isOver) return;
    this.abort();
    this.#handler.onFailure(cause);
  }
}

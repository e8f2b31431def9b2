/** One request on a connection, and who is told of its response. */
import type { ExchangeHandler } from "../wire/connections.ts";
import { ExchangeError } from "../wire/exchange_error.ts";
import type { Tap } from "../wire/held_body.ts";

/** The connection that it is on. */
interface Line {
  pause(): void;
  resume(): void;
  /** Nobody wants what that exchange brings, if it is under way. */
  abandon(exchange: Exchange): void;
}

/** What a handler has of a connection, for as long as its exchange lasts. */
export class Exchange implements Tap {
  isOver = false;
  readonly handler: ExchangeHandler;
  readonly #line: Line;

  constructor(line: Line, handler: ExchangeHandler) {
    this.#line = line;
    this.handler = handler;
  }

  pause(): void {
    if (!this.isOver) this.#line.pause();
  }

  resume(): void {
    if (!this.isOver) this.#line.resume();
  }

  abort(): void {
    this.isOver = true;
    this.#line.abandon(this);
  }

  end(): void {
    this.isOver = true;
  }
}

/** The other side ended the connection under an exchange; `cause` says how, where it was not in order. */
export function lost(cause: unknown): unknown {
  const isCoded = cause instanceof Error && "code" in cause;
  return isCoded ? cause : new ExchangeError("CONNECTION_LOST", "other side closed");
}

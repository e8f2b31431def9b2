/** The connections to one backend, kept between requests; as many as there are requests at once. */
import type { BackendRequest, Connections, ExchangeHandler } from "../wire/connections.ts";
import { ExchangeError } from "../wire/exchange_error.ts";
import { CATCH_UP_MS, overslept } from "../wire/overslept.ts";
import { Pieces } from "../http1/pieces.ts";
import { whyRefused } from "../http1/request_head.ts";
import { BackendConnection } from "./backend_connection.ts";
import type { ConnectionOwner } from "./connection_owner.ts";
import type { Connector } from "./connector.ts";
import { IdleConnections, IdleRoom } from "./idle_connections.ts";

/**
 * How long an idle connection is kept: an agent's next request comes while it lasts. Some servers close
 * theirs sooner and announce nothing; what may be met then, `attempt()` repeats.
 */
const KEEP_ALIVE_MS = 60_000;

/** The longest, whatever the backend tells: what stands between may forget a connection sooner. */
const KEEP_ALIVE_MAX_MS = 120_000;

/** By how much we are before a time that the backend told. */
const MARGIN_MS = 1_000;

/** Deadlines so close to one another are looked at together. */
const TICK_MS = 20;

/** Above this a timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class ConnectionPool implements Connections, ConnectionOwner {
  readonly pieces = new Pieces();
  readonly #host: string;
  readonly #connect: Connector;
  readonly #all = new Set<BackendConnection>();
  readonly #idle: IdleConnections<BackendConnection>;
  readonly #ending = new AbortController();
  readonly #ended = Promise.withResolvers<void>();
  #opening = 0;
  #isClosing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wakesMs = Infinity;

  /** @param room for idle connections, of this backend and others */
  constructor(origin: string, connect: Connector, room = new IdleRoom()) {
    this.#host = new URL(origin).host;
    this.#idle = new IdleConnections(room);
    this.#connect = connect;
  }

  dispatch(request: BackendRequest, handler: ExchangeHandler): void {
    if (isRefused(request, handler)) return;
    const idle = this.#idle.take({ mustBeFresh: request.mayCreate });
    if (idle === undefined) this.#open(request, handler);
    else idle.send(request, handler);
  }

  dispatchFresh(request: BackendRequest, handler: ExchangeHandler): void {
    if (!isRefused(request, handler)) this.#open(request, handler);
  }

  /** Ends the idle connections now, the others once they are idle; resolves when all are gone. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#idle.clear();
    this.#settle();
    await this.#ended.promise;
  }

  /** Ends all connections now, those that are being opened too; none is opened any more. */
  async destroy(): Promise<void> {
    this.#ending.abort(new ExchangeError("CONNECTION_ENDED", "the connections were ended"));
    for (const connection of this.#all) connection.destroy();
    await this.close();
  }

  onIdle(connection: BackendConnection, keptSeconds: number | undefined): void {
    if (this.#isClosing) return connection.destroy();
    const keptMs = keptSeconds === undefined
      ? KEEP_ALIVE_MS
      : Math.min(keptSeconds * 1000 - MARGIN_MS, KEEP_ALIVE_MAX_MS);
    if (keptMs <= 0) return connection.destroy();
    const nowMs = performance.now();
    connection.deadlineMs = nowMs + keptMs;
    this.#idle.add(connection, nowMs);
    this.onDeadline(connection.deadlineMs);
  }

  onGone(connection: BackendConnection): void {
    this.#all.delete(connection);
    this.#idle.remove(connection);
    this.#settle();
  }

  onDeadline(deadlineMs: number): void {
    if (deadlineMs >= this.#wakesMs || deadlineMs === Infinity) return;
    clearTimeout(this.#timer);
    this.#wakesMs = deadlineMs;
    const ms = Math.max(deadlineMs - performance.now(), TICK_MS);
    this.#timer = setTimeout(() => this.#look(), Math.min(ms, LONGEST_TIMER_MS));
  }

  #open(request: BackendRequest, handler: ExchangeHandler): void {
    this.#opening++;
    this.#connect(this.#ending.signal).then((stream) => {
      this.#opening--;
      const connection = new BackendConnection(stream, this.#host, this);
      this.#all.add(connection);
      connection.send(request, handler);
      if (this.#ending.signal.aborted) connection.destroy();
    }, (cause) => {
      this.#opening--;
      handler.onFailure(cause);
      this.#settle();
    });
  }

  /** One timer for all: it wakes for the deadline that was the first one when it was set. */
  #look(): void {
    const nowMs = performance.now();
    const hasOverslept = overslept(this.#wakesMs, nowMs);
    this.#wakesMs = Infinity;
    if (hasOverslept) return this.onDeadline(nowMs + CATCH_UP_MS);
    let nextMs = Infinity;
    for (const connection of this.#all) {
      if (connection.deadlineMs <= nowMs) connection.expire();
      else nextMs = Math.min(nextMs, connection.deadlineMs);
    }
    this.onDeadline(nextMs);
  }

  #settle(): void {
    if (this.#all.size > 0) return;
    clearTimeout(this.#timer);
    this.#wakesMs = Infinity;
    if (this.#isClosing && this.#opening === 0) this.#ended.resolve();
  }
}

/** Whether nobody could send it; the handler is told. */
function isRefused(request: BackendRequest, handler: ExchangeHandler): boolean {
  const why = whyRefused(request);
  if (why !== undefined) handler.onFailure(new ExchangeError("REQUEST_REFUSED", why));
  return why !== undefined;
}

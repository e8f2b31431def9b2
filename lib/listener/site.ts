/** What the connections of a listener share. */
import { Pieces } from "../http1/pieces.ts";
import type { CallerConnection } from "./caller_connection.ts";
import { type ListenOptions, PATIENCE, type Patience } from "./listener.ts";
import { ReadBuffers } from "./read_buffers.ts";

/** So many connections make room for others at a time. */
const MOST_ENDED = 16;

/** All connections of callers, and the one timer that looks at them. */
export class Site {
  readonly handler: ListenOptions["handler"];
  readonly onFault: ListenOptions["onFault"];
  readonly onRefused: ListenOptions["onRefused"];
  readonly patience: Patience;
  readonly buffers = new ReadBuffers();
  readonly pieces = new Pieces();
  /** Since it began, as of the last look: cheaper to ask than a clock. */
  nowMs = 0;
  /** So many times a connection has come to wait for something else. */
  turns = 0;
  isClosing = false;
  readonly #connections: CallerConnection[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  #onEmpty: (() => void) | undefined;
  #date = "";
  #dateSecond = 0;

  /** @param onLook called at each look, before it */
  constructor(
    { handler, onFault, onRefused, patience }: Omit<ListenOptions, "address" | "tls">,
    onLook: () => void,
  ) {
    this.handler = handler;
    this.onFault = onFault;
    this.onRefused = onRefused;
    this.patience = { ...PATIENCE, ...patience };
    const { lookEveryMs } = this.patience;
    this.#timer = setInterval(() => {
      this.nowMs += lookEveryMs;
      onLook();
      // From the end: those that it ends take their leave.
      for (let at = this.#connections.length - 1; at >= 0; at--) this.#connections[at]?.look();
    }, lookEveryMs);
  }

  /** For a Date header. */
  get date(): string {
    const second = Math.floor(Date.now() / 1000);
    if (second !== this.#dateSecond) {
      this.#dateSecond = second;
      this.#date = new Date(second * 1000).toUTCString();
    }
    return this.#date;
  }

  joins(connection: CallerConnection): void {
    connection.place = this.#connections.push(connection) - 1;
  }

  /** Only the first time counts. */
  leaves(connection: CallerConnection): void {
    const { place } = connection;
    if (this.#connections[place] !== connection) return;
    const last = this.#connections.pop();
    if (last !== undefined && last !== connection) {
      this.#connections[place] = last;
      last.place = place;
    }
    connection.place = -1;
    if (this.#connections.length === 0) this.#onEmpty?.();
  }

  /**
   * Ends a few of those that have waited the longest without a request, those that have never had one
   * first; gives how many.
   */
  endLongestWaiting(): number {
    const longest: CallerConnection[] = [];
    for (const connection of this.#connections) {
      if (!connection.isWaiting) continue;
      const at = longest.findIndex((other) => isBefore(connection, other));
      if (at >= 0) longest.splice(at, 0, connection);
      else if (longest.length < MOST_ENDED) longest.push(connection);
      if (longest.length > MOST_ENDED) longest.pop();
    }
    for (const connection of longest) connection.close();
    return longest.length;
  }

  /** Ends idle connections, and each other one after its answer; resolves when there are none. */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const connection of [...this.#connections]) connection.endIdle();
    if (this.#connections.length > 0) {
      await new Promise<void>((resolve) => this.#onEmpty = resolve);
    }
    clearInterval(this.#timer);
  }

  destroy(): void {
    clearInterval(this.#timer);
    for (const connection of [...this.#connections]) connection.close();
  }
}

/** A caller that keeps its connection is not to pay for strangers that say nothing. */
function isBefore(one: CallerConnection, other: CallerConnection): boolean {
  if (one.hasAsked !== other.hasAsked) return !one.hasAsked;
  return one.turn < other.turn;
}

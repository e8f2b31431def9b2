/** The connections of callers that speak HTTP/1.1: how much waits on each, and for how long nothing has. */
import type { Socket } from "node:net";

export interface CallerConnectionsOptions {
  /** How long a connection may be idle between requests. */
  readonly idleMs: number;
  /** Between two looks. Default 5000. */
  readonly lookEveryMs?: number;
}

/**
 * A caller may send requests without waiting for answers, and node:http begins with all of them at
 * once. Hardly anybody does. https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2
 */
const MOST_WAITING = 100;

const LOOK_EVERY_MS = 5_000;

interface Connection {
  /** Requests that wait for their answers, one behind the other. */
  waiting: number;
  /** None has come yet; the server does not count it among the idle ones. */
  isSilent: boolean;
  /** The look before which it fell idle. */
  idleSince: number;
  /** No request is taken any more: it ends with the answers that are due. */
  isEnding: boolean;
}

/**
 * One timer for all. node:http has one for each answer (`keepAliveTimeout`), and those of Deno hang
 * together: one that the collector has taken for old keeps in memory all that came after it, requests
 * and all, until the next full collection.
 */
export class CallerConnections {
  readonly #connections = new Map<Socket, Connection>();
  readonly #timer: ReturnType<typeof setInterval>;
  /** So far: cheaper to ask than a clock. */
  #looks = 0;

  constructor({ idleMs, lookEveryMs = LOOK_EVERY_MS }: CallerConnectionsOptions) {
    const mostLooks = Math.ceil(idleMs / lookEveryMs);
    this.#timer = setInterval(() => this.#look(mostLooks), lookEveryMs);
  }

  opened(socket: Socket): void {
    const idleSince = this.#looks;
    this.#connections.set(socket, { waiting: 0, isSilent: true, idleSince, isEnding: false });
    socket.on("close", () => this.#connections.delete(socket));
  }

  /** Whether a request may be taken; where there are too many, its connection ends. */
  takes(socket: Socket): boolean {
    const connection = this.#connections.get(socket);
    if (connection === undefined || connection.isEnding || socket.destroyed) return false;
    connection.isSilent = false;
    connection.waiting++;
    if (connection.waiting > MOST_WAITING) socket.destroy();
    return connection.waiting <= MOST_WAITING;
  }

  /** One of its requests is over. */
  answered(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) return;
    connection.waiting--;
    connection.idleSince = this.#looks;
  }

  /** The request that was taken last is the last one: whatever follows it is read by nobody. */
  takesNoMore(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection !== undefined) connection.isEnding = true;
  }

  /** It is somebody else's from now on. */
  release(socket: Socket): void {
    this.#connections.delete(socket);
  }

  /** Ends those on which no request has come. */
  endSilent(): void {
    for (const [socket, { isSilent }] of this.#connections) if (isSilent) socket.destroy();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(mostLooks: number): void {
    this.#looks++;
    for (const [socket, { waiting, isSilent, idleSince }] of this.#connections) {
      // The server has a limit of its own for a first request. The first look may come right away.
      if (waiting > 0 || isSilent || this.#looks - idleSince <= mostLooks) continue;
      socket.destroySoon();
    }
  }
}

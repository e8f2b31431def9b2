/** How many requests wait for their answers on one connection, one behind the other. */
import type { Socket } from "node:net";

/**
 * A caller may send requests without waiting for answers, and node:http begins with all of them at
 * once. Hardly anybody does. https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2
 */
const MOST_WAITING = 100;

export class RequestQueues {
  readonly #waiting = new Map<Socket, number>();

  /** Whether a request may be taken; where there are too many, its connection ends. */
  takes(socket: Socket): boolean {
    if (socket.destroyed) return false;
    const waiting = this.#of(socket) + 1;
    this.#waiting.set(socket, waiting);
    if (waiting > MOST_WAITING) socket.destroy();
    return waiting <= MOST_WAITING;
  }

  /** One of its requests is over. */
  answered(socket: Socket): void {
    const waiting = this.#of(socket) - 1;
    if (waiting > 0) this.#waiting.set(socket, waiting);
    else this.#waiting.delete(socket);
  }

  /** Its connection is over, whatever waited on it. */
  gone(socket: Socket): void {
    this.#waiting.delete(socket);
  }

  #of(socket: Socket): number {
    return this.#waiting.get(socket) ?? 0;
  }
}

/** How many requests wait for their answers on one connection, one behind the other. */
import type { Socket } from "node:net";

/**
 * A caller may send requests without waiting for answers, and node:http begins with all of them at
 * once. Hardly anybody does. https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2
 */
const MOST_WAITING = 100;

export class RequestQueues {
  readonly #waiting = new WeakMap<Socket, number>();

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
    this.#waiting.set(socket, this.#of(socket) - 1);
  }

  #of(socket: Socket): number {
    return this.#waiting.get(socket) ?? 0;
  }
}

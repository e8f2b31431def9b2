/**
 * TLS for connections that were accepted without it. Deno's TLS listener keeps the socket of a handshake
 * that does not go on until its peer ends it, whoever closes it here (seen on 2.4.2 and 2.9.6): so it
 * stands behind a door of ours, on loopback, and the socket that the world reaches stays ours to close.
 */
import type { Certificate } from "./listener.ts";

/** Both ends of a connection through the door. */
export interface Passage {
  /** Where what came from the caller goes in, and what is for the caller comes out. */
  readonly outside: Deno.TcpConn;
  readonly inside: Deno.TlsConn;
}

/** HTTP/1.1 is all that is spoken here. https://www.rfc-editor.org/rfc/rfc7301 */
const PROTOCOLS = ["http/1.1"];

const LOOPBACK = "127.0.0.1";

/** Connections that wait for whoever made them; others than ours find no place for long. */
const MOST_WAITING = 256;

export class TlsDoor {
  readonly #listener: Deno.TlsListener;
  /** By the port of their other end. */
  readonly #inside = new Map<number, Deno.TlsConn>();
  readonly #waiting = new Map<number, (inside: Deno.TlsConn) => void>();
  readonly #accepting: Promise<void>;
  #isClosed = false;

  /** Throws where there is something wrong with the certificate. */
  constructor({ cert, key }: Certificate) {
    const settings = { hostname: LOOPBACK, port: 0, cert, key, alpnProtocols: PROTOCOLS };
    this.#listener = Deno.listenTls(settings);
    this.#accepting = this.#accept();
  }

  /** A way through; its handshake has still to be made. Rejects where no descriptor is free. */
  async open(): Promise<Passage> {
    const { port } = this.#listener.addr as Deno.NetAddr;
    const outside = await Deno.connect({ hostname: LOOPBACK, port });
    outside.setNoDelay(true);
    return { outside, inside: await this.#insideOf(outside.localAddr.port) };
  }

  /** Connections that are open go on. */
  async close(): Promise<void> {
    if (!this.#isClosed) this.#listener.close();
    this.#isClosed = true;
    await this.#accepting;
    for (const conn of this.#inside.values()) conn.close();
  }

  #insideOf(port: number): Promise<Deno.TlsConn> {
    const conn = this.#inside.get(port);
    this.#inside.delete(port);
    if (conn !== undefined) return Promise.resolve(conn);
    return new Promise((resolve) => this.#waiting.set(port, resolve));
  }

  async #accept(): Promise<void> {
    while (!this.#isClosed) {
      try {
        this.#take(await this.#listener.accept());
      } catch {
        if (!this.#isClosed) await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }

  #take(conn: Deno.TlsConn): void {
    const { port } = conn.remoteAddr as Deno.NetAddr;
    const waiting = this.#waiting.get(port);
    this.#waiting.delete(port);
    if (waiting !== undefined) return waiting(conn);
    this.#inside.set(port, conn);
    for (const [oldest, stranger] of this.#inside) {
      if (this.#inside.size <= MOST_WAITING) break;
      this.#inside.delete(oldest);
      stranger.close();
    }
  }
}

/** A caller's connection, in the clear or out of TLS. */
import type { ByteStream } from "../wire/byte_stream.ts";

export interface CallerConn extends ByteStream {
  /** Gives why it cannot be served; empty where its caller left, undefined where it can. May reject. */
  open(): Promise<string | undefined>;
}

/** One without TLS. */
export class PlainConn implements CallerConn {
  readonly #conn: Deno.TcpConn;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  open(): Promise<undefined> {
    this.#conn.setNoDelay(true);
    this.#conn.setKeepAlive(true);
    return Promise.resolve(undefined);
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#conn.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  close(): void {
    this.#conn.close();
  }
}

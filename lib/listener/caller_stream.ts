/** A caller's connection once it is no longer HTTP: bytes alone. */
import type { ByteStream } from "../wire/byte_stream.ts";

/** What the read that was under way when the connection changed brought; undefined where none was. */
export type LastRead = Uint8Array | null | undefined;

/** The connection, whose first read gives what the last one of its listener brought. */
export class CallerStream implements ByteStream {
  readonly #conn: ByteStream;
  readonly #onClose: () => void;
  #last: Promise<LastRead> | undefined;
  #rest: Uint8Array | undefined;

  constructor(conn: ByteStream, last: Promise<LastRead>, onClose: () => void) {
    this.#conn = conn;
    this.#last = last;
    this.#onClose = onClose;
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#last !== undefined) {
      const last = await this.#last;
      this.#last = undefined;
      if (last === null) return null;
      this.#rest = last;
    }
    if (this.#rest === undefined || into.length === 0) return await this.#conn.read(into);
    const bytes = Math.min(into.length, this.#rest.length);
    into.set(this.#rest.subarray(0, bytes));
    this.#rest = bytes < this.#rest.length ? this.#rest.subarray(bytes) : undefined;
    return bytes;
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#conn.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#conn.closeWrite();
  }

  close(): void {
    this.#onClose();
  }
}

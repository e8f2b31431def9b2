/** A connection of Node's, read and written as Deno's own are. */
import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { ByteStream } from "./byte_stream.ts";

export class NodeStream implements ByteStream {
  readonly #socket: Socket;
  /** What the socket gave beyond what was asked for. */
  #rest: Uint8Array;
  #cause: Error | undefined;
  #isEnded = false;
  #isClosed: boolean;
  #wake = () => {};

  /** @param early what has been read of it already */
  constructor(socket: Socket, early: Uint8Array = new Uint8Array()) {
    this.#socket = socket;
    this.#rest = early;
    this.#isClosed = socket.destroyed;
    this.#isEnded = socket.readableEnded;
    // A side that has said all it had to say may still listen.
    socket.allowHalfOpen = true;
    socket.on("readable", this.#onReadable).on("end", this.#onEnd).on("error", this.#onError)
      .on("close", this.#onClose);
  }

  /** Leaves the socket to somebody else, with all that has not been read. */
  release(): void {
    this.#socket.off("readable", this.#onReadable).off("end", this.#onEnd)
      .off("error", this.#onError).off("close", this.#onClose);
    if (this.#rest.length > 0) this.#socket.unshift(this.#rest);
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      if (this.#rest.length === 0) this.#rest = this.#taken() ?? NOTHING;
      if (this.#rest.length > 0) break;
      if (this.#isEnded) return null;
      if (this.#isClosed) throw this.#cause ?? broken();
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const count = Math.min(into.length, this.#rest.length);
    into.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed || !this.#socket.writable) return reject(this.#cause ?? broken());
      const lost = () => reject(this.#cause ?? broken());
      this.#socket.once("close", lost);
      this.#socket.write(bytes, (cause) => {
        this.#socket.off("close", lost);
        if (cause) reject(cause);
        else resolve(bytes.length);
      });
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#socket.writable) return resolve();
      this.#socket.once("close", () => resolve());
      this.#socket.end(() => resolve());
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #taken(): Buffer | null {
    return this.#isClosed ? null : this.#socket.read();
  }

  readonly #onReadable = () => this.#wake();

  readonly #onEnd = () => {
    this.#isEnded = true;
    this.#wake();
  };

  readonly #onError = (cause: Error) => {
    this.#cause = cause;
    this.#wake();
  };

  readonly #onClose = () => {
    this.#isClosed = true;
    this.#wake();
  };
}

const NOTHING = new Uint8Array();

function broken(): Error {
  return Object.assign(new Error("the connection was closed"), { code: "ECONNRESET" });
}

/** Reads a connection from its first byte to its end, at the pace of whoever takes what comes. */
import type { Buffer } from "node:buffer";
import { type ByteStream, closeQuietly } from "../wire/byte_stream.ts";
import { ReadBuffer } from "./read_buffer.ts";

export interface StreamWatcher {
  /** What has come; it stays as it is for as long as it is held. */
  onBytes(bytes: Buffer): void;
  /** The other side has ended it, or it broke; not after `close()` or `release()`. */
  onEnded(cause: unknown): void;
  /** Nothing of it is pending any more. */
  onDone(): void;
}

export class StreamReader {
  /** Whether it is still read. */
  isOpen = true;
  readonly #stream: ByteStream;
  readonly #watcher: StreamWatcher;
  readonly #buffer = new ReadBuffer();
  #isPaused = false;
  #wake = () => {};

  /** Begins at once. A read is always pending, so that an end is seen when it comes, unless it is paused. */
  constructor(stream: ByteStream, watcher: StreamWatcher) {
    this.#stream = stream;
    this.#watcher = watcher;
    this.#run().finally(() => watcher.onDone());
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#wake();
  }

  /** Nothing more is expected for now: a pending read is to hold little. */
  settle(): void {
    this.resume();
    this.#buffer.settle();
  }

  /** Leaves the connection to somebody else; from within `onBytes()`, where no read is pending. */
  release(): void {
    this.isOpen = false;
  }

  /** Ends the connection. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    closeQuietly(this.#stream);
    this.resume();
  }

  async #run(): Promise<void> {
    try {
      while (this.isOpen) {
        if (this.#isPaused) {
          await new Promise<void>((resolve) => this.#wake = resolve);
          continue;
        }
        const count = await this.#stream.read(this.#buffer.room());
        if (!this.isOpen) return;
        if (count === null) return this.#watcher.onEnded(undefined);
        this.#watcher.onBytes(this.#buffer.taken(count));
      }
    } catch (cause) {
      if (this.isOpen) this.#watcher.onEnded(cause);
    }
  }
}

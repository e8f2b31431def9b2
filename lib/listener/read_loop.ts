/** Reads from a caller's connection without a pause, but where enough is held. */
import type { Buffer } from "node:buffer";
import type { ByteStream } from "../wire/byte_stream.ts";
import type { LastRead } from "./caller_stream.ts";
import type { ReadBuffers } from "./read_buffers.ts";

export interface Reads {
  /** Whether nothing more is to be read for now; asked again after `resume()`. */
  isFull(): boolean;
  /** Where what comes next is wanted, and nothing beyond it; undefined where it has to be looked at first. */
  destination(): Buffer | undefined;
  /** The first so many bytes of the buffer have come; it is used again. */
  took(buffer: Buffer, bytes: number): void;
}

export class ReadLoop {
  readonly #conn: ByteStream;
  readonly #buffers: ReadBuffers;
  readonly #reads: Reads;
  readonly #small: Buffer;
  /** Borrowed while reads come full. */
  #large: Buffer | undefined;
  #onRoom: (() => void) | undefined;
  #onLast: ((read: LastRead) => void) | undefined;
  #isOver = false;

  constructor(conn: ByteStream, buffers: ReadBuffers, reads: Reads) {
    this.#conn = conn;
    this.#buffers = buffers;
    this.#reads = reads;
    this.#small = buffers.small();
  }

  /** Resolves with whether the caller has ended its side in order; or was stopped, or handed over. */
  async run(): Promise<"ended" | "broken" | "handed over"> {
    let wasFull = false;
    try {
      while (!this.#isOver) {
        if (this.#reads.isFull()) await new Promise<void>((resolve) => this.#onRoom = resolve);
        else {
          const destination = this.#reads.destination();
          const buffer: Buffer = destination ?? this.#buffer(wasFull);
          const bytes = this.#onLast === undefined ? await this.#conn.read(buffer) : 0;
          if (this.#onLast !== undefined) return this.#hand(buffer, bytes);
          if (bytes === null) return "ended";
          if (this.#isOver) break;
          this.#reads.took(buffer, bytes);
          wasFull = destination === undefined && bytes === buffer.length;
        }
      }
    } catch {
      this.#onLast?.(null);
    } finally {
      this.#returnLarge();
    }
    return "broken";
  }

  /** It may no longer be full. */
  resume(): void {
    const onRoom = this.#onRoom;
    this.#onRoom = undefined;
    onRoom?.();
  }

  stop(): void {
    this.#isOver = true;
    this.resume();
  }

  /** Leaves the connection to somebody else: resolves with what the read under way brings. */
  handOver(): Promise<LastRead> {
    return new Promise((resolve) => {
      this.#onLast = resolve;
      this.resume();
    });
  }

  #hand(buffer: Buffer, bytes: number | null): "handed over" {
    const last = bytes === null ? null : bytes === 0 ? undefined : buffer.subarray(0, bytes);
    // The buffer may be another connection's soon.
    this.#onLast?.(last === null || last === undefined ? last : new Uint8Array(last));
    return "handed over";
  }

  /** @param wasFull whether the last read filled the one it was given */
  #buffer(wasFull: boolean): Buffer {
    if (wasFull) return this.#large ??= this.#buffers.borrow();
    this.#returnLarge();
    return this.#small;
  }

  #returnLarge(): void {
    if (this.#large !== undefined) this.#buffers.giveBack(this.#large);
    this.#large = undefined;
  }
}

/** Bytes as they come in, until a whole message is there. */
import { Buffer } from "node:buffer";
import type { Message } from "../http_message.ts";

export class Inbox {
  #bytes: Buffer = Buffer.alloc(64 * 1024);
  #length = 0;

  add(data: Uint8Array): void {
    const needed = this.#length + data.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.alloc(2 * needed);
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(data, this.#length);
    this.#length = needed;
  }

  /** The first message, once it is whole; its body is a view that the next `add` may overwrite. */
  take(read: (bytes: Buffer, at: number) => Message | undefined): Message | undefined {
    const bytes = this.#bytes.subarray(0, this.#length);
    if (!mayBeWhole(bytes)) return undefined;
    const message = read(bytes, 0);
    if (!message?.whole) return undefined;
    this.#bytes.copyWithin(0, message.end, this.#length);
    this.#length -= message.end;
    return message;
  }
}

const TAIL_BYTES = 64;

/** Spares reading a long chunked body again and again: its end is near the end of what there is. */
function mayBeWhole(bytes: Buffer): boolean {
  const head = bytes.toString("latin1", 0, bytes.indexOf("\r\n\r\n") + 2);
  if (!/\r\ntransfer-encoding:/i.test(head)) return head !== "";
  return bytes.includes("\r\n0\r\n", Math.max(head.length, bytes.length - TAIL_BYTES));
}

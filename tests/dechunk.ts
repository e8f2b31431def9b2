/** Bodies out of their chunks, on either side. https://www.rfc-editor.org/rfc/rfc9112#section-7.1 */
import { Buffer } from "node:buffer";

export interface Unframed {
  readonly body: Buffer;
  /** Bytes of the connection it took. */
  readonly used: number;
  readonly whole: boolean;
}

/** The chunks there are so far, put together. */
export function dechunk(bytes: Buffer): Unframed {
  const data: Buffer[] = [];
  for (let at = 0;;) {
    const lineEnd = bytes.indexOf("\r\n", at);
    const size = lineEnd < 0 ? NaN : parseInt(bytes.toString("latin1", at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (!(next <= bytes.length)) return { body: Buffer.concat(data), used: at, whole: false };
    data.push(bytes.subarray(lineEnd + 2, next - 2));
    if (size === 0) return { body: Buffer.concat(data), used: next, whole: true };
    at = next;
  }
}

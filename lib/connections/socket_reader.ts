/** Reads of a connection what a proxy answers, and not one byte more: the rest is the backend's. */
import { Buffer } from "node:buffer";
import type { ByteStream } from "../wire/byte_stream.ts";
import { proxyFault } from "./proxy_fault.ts";

/**
 * The next `length` bytes.
 *
 * @throws what ended the connection before they came
 */
export async function readExactly(stream: ByteStream, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let at = 0; at < length;) {
    const count = await stream.read(bytes.subarray(at));
    if (count === null) throw proxyFault("ended the connection in the middle of its answer");
    at += count;
  }
  return bytes;
}

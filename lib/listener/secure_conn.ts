/** A caller's connection over TLS: what it sends passes through the door, and comes out in the clear. */
import { Buffer } from "node:buffer";
import { refusalBytes } from "../http1/response_writing.ts";
import { type ByteStream, closeQuietly, writeAll } from "../wire/byte_stream.ts";
import type { Passage, TlsDoor } from "./tls_door.ts";

/** What a TLS handshake begins with. https://www.rfc-editor.org/rfc/rfc8446#section-5.1 */
const HANDSHAKE = 0x16;

const PUMP_BYTES = 16 * 1024;
const FIRST_BYTES = 2 * 1024;

const TRUST =
  "have its program trust the certificate in tls.cert, call by a name that it is for, and speak TLS 1.2 " +
  "or later";

export class SecureConn implements ByteStream {
  readonly #raw: Deno.TcpConn;
  readonly #door: TlsDoor;
  #passage: Passage | undefined;
  #isClosed = false;

  constructor(raw: Deno.TcpConn, door: TlsDoor) {
    this.#raw = raw;
    this.#door = door;
  }

  /** Gives why the connection cannot be served; empty where its caller left, undefined where it can. */
  async open(): Promise<string | undefined> {
    this.#raw.setNoDelay(true);
    this.#raw.setKeepAlive(true);
    const first = new Uint8Array(FIRST_BYTES);
    const bytes = await this.#raw.read(first);
    if (bytes === null) return "";
    if (first[0] !== HANDSHAKE) {
      await this.#raw.write(refusalBytes(400));
      return "it does not speak TLS, and this port is https://; write https:// where it is called";
    }
    const passage = await this.#door.open();
    this.#passage = passage;
    if (this.#isClosed) this.#closePassage(passage);
    pump(this.#raw, passage.outside, first.subarray(0, bytes));
    pump(passage.outside, this.#raw);
    try {
      await passage.inside.handshake();
      return undefined;
    } catch (cause) {
      const isWrong = cause instanceof Error && cause.name.startsWith("Invalid");
      return isWrong ? `its TLS handshake failed: ${cause.message}; ${TRUST}` : "";
    }
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#inside.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#inside.write(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#inside.closeWrite();
  }

  close(): void {
    this.#isClosed = true;
    closeQuietly(this.#raw);
    if (this.#passage !== undefined) this.#closePassage(this.#passage);
  }

  get #inside(): Deno.TlsConn {
    if (this.#passage === undefined) throw new Error("the handshake is not over");
    return this.#passage.inside;
  }

  #closePassage({ outside, inside }: Passage): void {
    closeQuietly(outside);
    closeQuietly(inside);
  }
}

/** Passes bytes on until there are no more, and then that there are none. */
async function pump(from: ByteStream, to: ByteStream, first?: Uint8Array): Promise<void> {
  const buffer = Buffer.allocUnsafeSlow(PUMP_BYTES);
  try {
    if (first !== undefined) await writeAll(to, first);
    for (let n = await from.read(buffer); n !== null; n = await from.read(buffer)) {
      await writeAll(to, new Uint8Array(buffer.buffer, 0, n));
    }
    await to.closeWrite();
  } catch {
    // What broke on one side breaks the other.
    closeQuietly(from);
    closeQuietly(to);
  }
}

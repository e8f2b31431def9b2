/** Replies out of the bytes of a connection: status and payload counted, nothing kept. */

const HEAD_END = "\r\n\r\n";
const LF = 10;
const CR = 13;

type State = "head" | "sized" | "chunk-size" | "chunk" | "chunk-end" | "trailer" | "done";

/** One reply of HTTP/1.1, chunked or with a length. */
export class ReplyParser {
  status = 0;
  /** Bytes of the body so far, out of their chunks. */
  payloadBytes = 0;
  /** Where set, gets each piece of the body. It is a view: valid during the call only. */
  onPayload: ((piece: Uint8Array) => void) | undefined;
  readonly #decoder = new TextDecoder("latin1");
  #state: State = "head";
  #head = "";
  /** Bytes missing of the body or chunk. */
  #missing = 0;
  #sizeLine = "";

  get done(): boolean {
    return this.#state === "done";
  }

  /** For the next reply of the connection. */
  reset(): void {
    this.status = 0;
    this.payloadBytes = 0;
    this.#state = "head";
    this.#head = "";
    this.#sizeLine = "";
  }

  /** @throws Error when this is no reply, or more comes after its end */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      switch (this.#state) {
        case "head":
          at = this.#takeHead(bytes);
          break;
        case "sized":
        case "chunk":
          at = this.#takePayload(bytes, at);
          break;
        case "chunk-size":
          at = this.#takeSize(bytes, at);
          break;
        case "chunk-end":
          if (bytes[at++] === LF) this.#state = "chunk-size";
          break;
        case "trailer":
          at = this.#takeTrailer(bytes, at);
          break;
        case "done":
          throw new Error(`${bytes.length - at} bytes too many after a reply`);
      }
    }
  }

  /** @returns where the body begins in these bytes */
  #takeHead(bytes: Uint8Array): number {
    const before = this.#head.length;
    this.#head += this.#decoder.decode(bytes);
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) return bytes.length;
    const head = this.#head.slice(0, end);
    this.status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#missing = Number(length ?? 0);
    if (length !== undefined) this.#state = this.#missing > 0 ? "sized" : "done";
    else if (/\r\ntransfer-encoding: *chunked/i.test(head)) this.#state = "chunk-size";
    else throw new Error(`A reply without a length: ${head}`);
    return end + HEAD_END.length - before;
  }

  #takePayload(bytes: Uint8Array, at: number): number {
    const end = Math.min(bytes.length, at + this.#missing);
    this.payloadBytes += end - at;
    this.#missing -= end - at;
    this.onPayload?.(bytes.subarray(at, end));
    if (this.#missing === 0) this.#state = this.#state === "sized" ? "done" : "chunk-end";
    return end;
  }

  #takeSize(bytes: Uint8Array, start: number): number {
    for (let at = start; at < bytes.length;) {
      const byte = bytes[at++] ?? LF;
      if (byte === LF) {
        this.#missing = parseInt(this.#sizeLine, 16);
        this.#sizeLine = "";
        this.#state = this.#missing > 0 ? "chunk" : "trailer";
        return at;
      }
      this.#sizeLine += String.fromCharCode(byte);
    }
    return bytes.length;
  }

  /** The empty line: none of the contestants sends trailers. */
  #takeTrailer(bytes: Uint8Array, at: number): number {
    const byte = bytes[at];
    if (byte !== CR && byte !== LF) throw new Error("A reply with trailers");
    if (byte === LF) this.#state = "done";
    return at + 1;
  }
}

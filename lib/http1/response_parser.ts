/** A response out of the bytes of a connection, whatever pieces they come in. Pure: it holds no socket. */
import type { Buffer } from "node:buffer";
import { ChunkFraming, OF_RESPONSES } from "./chunk_framing.ts";
import { HeadScanner } from "./head_scanner.ts";
import { type Asked, readHead, type ResponseHead } from "./response_head.ts";

/** Who is told of a response, in this order; nothing after an end, a switch or a fault. */
export interface ResponseSink {
  /** An interim response (RFC 9110, section 15.2); what it says is for nobody. */
  onInterim(): void;
  onHead(head: ResponseHead): void;
  /** Bytes of the body as they came; what they stand in is not used again. */
  onData(bytes: Uint8Array): void;
  /** It is whole. */
  onEnd(after: { readonly hasSurplus: boolean }): void;
  /** The connection speaks another protocol from here on. */
  onSwitch(head: ResponseHead, rest: Uint8Array): void;
  /** What came is no response; why, for a person. */
  onFault(fault: string): void;
}

/** More interim responses than that are somebody's game. */
const MAX_INTERIM = 64;

type Part = "nothing" | "head" | "length" | "chunks" | "trailers" | "until close";

export class ResponseParser {
  readonly #sink: ResponseSink;
  readonly #head = new HeadScanner();
  readonly #chunks = new ChunkFraming(OF_RESPONSES);
  #part: Part = "nothing";
  #asked: Asked = { method: "", upgrade: false };
  #interim = 0;
  #leftBytes = 0;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** Waits for the response to a request. */
  begin(asked: Asked): void {
    this.#asked = asked;
    this.#interim = 0;
    this.#part = "head";
    this.#head.begin();
  }

  /** Tells nobody anything any more. */
  stop(): void {
    this.#part = "nothing";
  }

  push(piece: Buffer): void {
    let at = 0;
    while (at < piece.length && this.#part !== "nothing") at = this.#step(piece, at);
  }

  /** The connection has ended in order: whether that is the end of the body. */
  finish(): boolean {
    if (this.#part !== "until close") return false;
    this.#end(false);
    return true;
  }

  #step(piece: Buffer, at: number): number {
    switch (this.#part) {
      case "head":
        return this.#takeHead(piece, at);
      case "length":
        return this.#takeData(piece, at);
      case "chunks":
        return this.#takeChunk(piece, at);
      case "trailers":
        return this.#takeTrailers(piece, at);
      case "until close":
        this.#sink.onData(at === 0 ? piece : cut(piece, at, piece.length));
        return piece.length;
      case "nothing":
        return piece.length;
    }
  }

  #takeHead(piece: Buffer, from: number): number {
    const at = this.#head.push(piece, from);
    if (at === undefined) return this.#unless(this.#head.fault, piece.length);
    const { status, minorVersion } = this.#head;
    const head = readHead({ status, minorVersion, headers: this.#head.headers() }, this.#asked);
    if (typeof head === "string") return this.#unless(head, at);
    if (status === 101) {
      this.#part = "nothing";
      this.#sink.onSwitch(head, cut(piece, at, piece.length));
    } else if (status < 200) this.#takeInterim();
    else this.#begins(head, at < piece.length);
    return at;
  }

  #takeInterim(): void {
    if (++this.#interim > MAX_INTERIM) this.#fail("it has too many interim responses");
    else {
      this.#head.begin();
      this.#sink.onInterim();
    }
  }

  #begins(head: ResponseHead, hasMore: boolean): void {
    const { body } = head;
    this.#chunks.begin();
    this.#leftBytes = typeof body === "number" ? body : 0;
    this.#part = body === "chunked" ? "chunks" : body === "until close" ? body : "length";
    this.#sink.onHead(head);
    if (this.#part === "length" && this.#leftBytes === 0) this.#end(hasMore);
  }

  #takeData(piece: Buffer, from: number): number {
    const at = Math.min(piece.length, from + this.#leftBytes);
    this.#leftBytes -= at - from;
    this.#sink.onData(cut(piece, from, at));
    if (this.#part === "length" && this.#leftBytes === 0) this.#end(at < piece.length);
    return at;
  }

  #takeChunk(piece: Buffer, from: number): number {
    if (this.#leftBytes > 0) {
      const at = Math.min(piece.length, from + this.#leftBytes);
      this.#leftBytes -= at - from;
      this.#sink.onData(cut(piece, from, at));
      return at;
    }
    const at = this.#chunks.push(piece, from);
    if (this.#chunks.fault !== "") return this.#unless(this.#chunks.fault, at);
    this.#leftBytes = this.#chunks.dataBytes;
    if (this.#chunks.isLast) {
      this.#part = "trailers";
      this.#head.beginTrailers();
    }
    return at;
  }

  #takeTrailers(piece: Buffer, from: number): number {
    const at = this.#head.push(piece, from);
    if (at === undefined) return this.#unless(this.#head.fault, piece.length);
    this.#end(at < piece.length);
    return at;
  }

  #end(hasSurplus: boolean): void {
    this.#part = "nothing";
    this.#sink.onEnd({ hasSurplus });
  }

  #unless(fault: string, at: number): number {
    if (fault !== "") this.#fail(fault);
    return at;
  }

  #fail(fault: string): void {
    this.#part = "nothing";
    this.#sink.onFault(fault);
  }
}

/** A plain array: Buffer's own `subarray` costs more, and nobody needs one. */
function cut(piece: Buffer, from: number, to: number): Uint8Array {
  return new Uint8Array(piece.buffer, piece.byteOffset + from, to - from);
}

/** Requests out of the bytes of a connection, whatever pieces they come in. Pure: it holds no socket. */
import type { Buffer } from "node:buffer";
import { ChunkFraming, OF_REQUESTS } from "./chunk_framing.ts";
import { malformed, type Refusal } from "./refusal.ts";
import { readRequest, type RequestHead } from "./request_reading.ts";
import { RequestScanner } from "./request_scanner.ts";

/** Who is told of a request, in this order; nothing after an end or a refusal. */
export interface RequestSink {
  onHead(head: RequestHead): void;
  /** Bytes of the body as they came; what they stand in is used again. */
  onData(bytes: Uint8Array): void;
  /** It is whole. */
  onEnd(): void;
  /** What came is no request, or none that is taken. */
  onRefusal(refusal: Refusal): void;
}

type Part = "head" | "length" | "chunks" | "trailers" | "nothing";

export class RequestParser {
  readonly #sink: RequestSink;
  readonly #head = new RequestScanner();
  readonly #chunks = new ChunkFraming(OF_REQUESTS);
  #part: Part = "nothing";
  #leftBytes = 0;

  constructor(sink: RequestSink) {
    this.#sink = sink;
  }

  /** Waits for a request. */
  begin(): void {
    this.#part = "head";
    this.#head.begin();
  }

  /** Whether something of a head has come, but not all. */
  get isWithinHead(): boolean {
    return this.#part === "head" && this.#head.hasBegun;
  }

  /** Whether there is nothing to wait for, before `begin()`. */
  get isOver(): boolean {
    return this.#part === "nothing";
  }

  /** Takes `bytes` from `from` up to `to`, or as far as the request goes: gives how far. */
  push(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && this.#part !== "nothing") at = this.#step(bytes, at, to);
    return at;
  }

  #step(bytes: Buffer, at: number, to: number): number {
    switch (this.#part) {
      case "head":
        return this.#takeHead(bytes, at, to);
      case "length":
        return this.#takeData(bytes, at, to);
      case "chunks":
        return this.#takeChunk(bytes, at, to);
      case "trailers":
        return this.#takeTrailers(bytes, at, to);
      case "nothing":
        return at;
    }
  }

  #takeHead(bytes: Buffer, from: number, to: number): number {
    const at = this.#head.push(bytes, from, to);
    if (at === undefined) return this.#unlessRefused(to);
    const { method, target, version } = this.#head;
    const head = readRequest({ method, target, version, headers: this.#head.headers() });
    if ("status" in head) {
      this.#refuse(head);
      return at;
    }
    const { body } = head;
    this.#leftBytes = body === "chunked" ? 0 : body;
    this.#part = body === "chunked" ? "chunks" : "length";
    this.#chunks.begin();
    this.#sink.onHead(head);
    if (body === 0) this.#end();
    return at;
  }

  #takeData(bytes: Buffer, from: number, to: number): number {
    const at = Math.min(to, from + this.#leftBytes);
    this.#leftBytes -= at - from;
    this.#sink.onData(cut(bytes, from, at));
    if (this.#part === "length" && this.#leftBytes === 0) this.#end();
    return at;
  }

  #takeChunk(bytes: Buffer, from: number, to: number): number {
    if (this.#leftBytes > 0) return this.#takeData(bytes, from, to);
    const at = this.#chunks.push(bytes, from, to);
    if (this.#chunks.fault !== "") {
      this.#refuse(malformed(this.#chunks.fault));
      return to;
    }
    this.#leftBytes = this.#chunks.dataBytes;
    if (this.#chunks.isLast) {
      this.#part = "trailers";
      this.#head.beginTrailers();
    }
    return at;
  }

  #takeTrailers(bytes: Buffer, from: number, to: number): number {
    const at = this.#head.push(bytes, from, to);
    if (at === undefined) return this.#unlessRefused(to);
    this.#end();
    return at;
  }

  #end(): void {
    this.#part = "nothing";
    this.#sink.onEnd();
  }

  #unlessRefused(at: number): number {
    if (this.#head.refusal !== undefined) this.#refuse(this.#head.refusal);
    return at;
  }

  #refuse(refusal: Refusal): void {
    this.#part = "nothing";
    this.#sink.onRefusal(refusal);
  }
}

/** A plain array: Buffer's own `subarray` costs more, and nobody needs one. */
function cut(bytes: Buffer, from: number, to: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + from, to - from);
}

/**
 * Finds the parts of a request's head, looking at each byte once, however it is cut into pieces. Strict,
 * so that nobody behind or before us can read it otherwise: CRLF alone ends a line, nothing is folded,
 * one space stands where one belongs, names are tokens with no space before their colon, and no control
 * character stands anywhere. https://www.rfc-editor.org/rfc/rfc9112#section-3
 */
import type { Buffer } from "node:buffer";
import type { RawHeaders } from "../wire/headers.ts";
import { HeldBytes } from "./held_bytes.ts";
import { BLANK, COLON, CR, LF, runEnd, SPACE, TEXT, TOKEN, VISIBLE } from "./octets.ts";
import { malformed, type Refusal } from "./refusal.ts";

/** The largest head that is taken, and as much of trailers. */
export const MAX_REQUEST_HEAD_BYTES = 64 * 1024;
export const MAX_TARGET_BYTES = 32 * 1024;
export const MAX_FIELDS = 128;
/** Longer than any method that there is. https://www.rfc-editor.org/rfc/rfc9112#section-3 */
const MAX_METHOD_BYTES = 64;
/** Blank lines before a request are some old client's mistake (section 2.2); many are a game. */
const MAX_BLANK_LINES = 4;

type Part =
  | "start"
  | "blank line end"
  | "method"
  | "target"
  | "version"
  | "line end"
  | "line"
  | "name"
  | "before value"
  | "value"
  | "last line end"
  | "whole";

const VERSION = "HTTP/";
/** `HTTP/1.1` */
const VERSION_BYTES = 8;

export class RequestScanner {
  refusal: Refusal | undefined;
  #part: Part = "start";
  /** How far it was looked at, from its first byte on. */
  #at = 0;
  /** Where its first byte stands in the bytes that are looked at, and where these end. */
  #base = 0;
  #to = 0;
  #blankLines = 0;
  /** Where method, target and version begin, and the target ends. */
  #methodAt = 0;
  #targetAt = 0;
  #versionAt = 0;
  /** Begin and end of each name and value. */
  readonly #marks: number[] = [];
  /** What came of it in earlier pieces. */
  readonly #held = new HeldBytes();
  /** The whole of it, one character a byte. */
  #text = "";

  begin(): void {
    this.#restart("start");
  }

  /** Begins trailers: lines alone. */
  beginTrailers(): void {
    this.#restart("line");
  }

  /** Whether more than blank lines has come of it. */
  get hasBegun(): boolean {
    return this.#part !== "start" && this.#part !== "blank line end";
  }

  /**
   * Looks at `bytes` from `from` up to `to`. Gives the place after the head; undefined while it goes on,
   * or where it is refused.
   */
  push(bytes: Buffer, from: number, to: number): number | undefined {
    const before = this.#held.length;
    if (before === 0) return this.#look(bytes, from, to);
    const piece = bytes.subarray(from, Math.min(to, from + MAX_REQUEST_HEAD_BYTES + 1));
    const all = this.#held.with(piece);
    const end = this.#look(all, 0, all.length);
    return end === undefined ? undefined : from + end - before;
  }

  get method(): string {
    return this.#text.slice(this.#methodAt, this.#targetAt - 1);
  }

  get target(): string {
    return this.#text.slice(this.#targetAt, this.#versionAt - 1);
  }

  /** `1.1` of `HTTP/1.1`. */
  get version(): string {
    return this.#text.slice(this.#versionAt + VERSION.length, this.#versionAt + VERSION_BYTES);
  }

  headers(): RawHeaders {
    const headers: [string, string][] = [];
    const [text, marks] = [this.#text, this.#marks];
    for (let at = 0; at < marks.length; at += 4) {
      const name = text.slice(marks[at], marks[at + 1]);
      headers.push([name, text.slice(marks[at + 2], marks[at + 3])]);
    }
    return headers;
  }

  #restart(part: Part): void {
    this.refusal = undefined;
    this.#part = part;
    this.#at = this.#blankLines = this.#marks.length = 0;
    this.#held.clear();
    this.#text = "";
  }

  #look(bytes: Buffer, base: number, to: number): number | undefined {
    this.#base = base;
    this.#to = to;
    let at = base + this.#at;
    while (at < to && this.#part !== "whole") {
      const next = this.#step(bytes, at);
      if (next < 0) break;
      at = next;
    }
    this.#at = at - base;
    if (this.#at > MAX_REQUEST_HEAD_BYTES) this.refusal ??= TOO_LARGE;
    if (this.refusal !== undefined) return undefined;
    if (this.#part === "whole") {
      this.#text = bytes.toString("latin1", base, at);
      return at;
    }
    if (this.#held.length === 0) this.#held.with(bytes.subarray(base, to));
    return undefined;
  }

  /** Takes what stands at `at`: gives the place after it, -1 where it is refused. */
  #step(bytes: Uint8Array, at: number): number {
    const byte = bytes[at]!;
    switch (this.#part) {
      case "start":
        return this.#start(byte, at);
      case "blank line end":
        this.#part = "start";
        return byte === LF ? at + 1 : this.#refuse(BARE_CR);
      case "method":
        return this.#toTarget(bytes, at);
      case "target":
        return this.#toVersion(bytes, at);
      case "version":
        return this.#version(byte, at);
      case "line end":
        this.#part = "line";
        return byte === LF ? at + 1 : this.#refuse(BARE_CR);
      case "line":
        return this.#line(byte, at);
      case "name":
        return this.#toColon(bytes, at);
      case "before value":
        return this.#toValue(bytes, at);
      case "value":
        return this.#toLineEnd(bytes, at);
      case "last line end":
        this.#part = "whole";
        return byte === LF ? at + 1 : this.#refuse(BARE_CR);
      case "whole":
        return at;
    }
  }

  #start(byte: number, at: number): number {
    if (byte === CR && this.#blankLines++ < MAX_BLANK_LINES) {
      this.#part = "blank line end";
      return at + 1;
    }
    if (TOKEN[byte] !== 1) return this.#refuse(byte === TLS_HANDSHAKE ? TLS : NO_METHOD);
    this.#methodAt = at - this.#base;
    this.#part = "method";
    return at;
  }

  #toTarget(bytes: Uint8Array, from: number): number {
    const to = this.#to;
    const at = runEnd(TOKEN, bytes, from, to);
    if (at - this.#base - this.#methodAt > MAX_METHOD_BYTES) return this.#refuse(LONG_METHOD);
    if (at === to) return at;
    if (bytes[at] !== SPACE) return this.#refuse(NO_METHOD);
    this.#targetAt = at + 1 - this.#base;
    this.#part = "target";
    return at + 1;
  }

  #toVersion(bytes: Uint8Array, from: number): number {
    const to = this.#to;
    const at = runEnd(VISIBLE, bytes, from, to);
    if (at - this.#base - this.#targetAt > MAX_TARGET_BYTES) return this.#refuse(LONG_TARGET);
    if (at === to) return at;
    if (at - this.#base === this.#targetAt) return this.#refuse(NO_TARGET);
    if (bytes[at] !== SPACE) return this.#refuse(bytes[at] === CR ? NO_VERSION : WRONG_TARGET);
    this.#versionAt = at + 1 - this.#base;
    this.#part = "version";
    return at + 1;
  }

  #version(byte: number, at: number): number {
    const place = at - this.#base - this.#versionAt;
    if (place === VERSION_BYTES) {
      this.#part = "line end";
      return byte === CR ? at + 1 : this.#refuse(NO_VERSION);
    }
    const isRight = place < VERSION.length
      ? byte === VERSION.charCodeAt(place)
      : place === VERSION.length + 1
      ? byte === DOT
      : byte >= ZERO && byte <= NINE;
    return isRight ? at + 1 : this.#refuse(NO_VERSION);
  }

  #line(byte: number, at: number): number {
    if (byte === CR) {
      this.#part = "last line end";
      return at + 1;
    }
    if (TOKEN[byte] !== 1) return this.#refuse(BLANK[byte] === 1 ? FOLDED : WRONG_NAME);
    if (this.#marks.length === MAX_FIELDS * 4) return this.#refuse(TOO_MANY);
    this.#marks.push(at - this.#base);
    this.#part = "name";
    return at;
  }

  #toColon(bytes: Uint8Array, from: number): number {
    const to = this.#to;
    const at = runEnd(TOKEN, bytes, from, to);
    if (at === to) return at;
    if (bytes[at] !== COLON) return this.#refuse(WRONG_NAME);
    this.#marks.push(at - this.#base);
    this.#part = "before value";
    return at + 1;
  }

  #toValue(bytes: Uint8Array, from: number): number {
    const to = this.#to;
    const at = runEnd(BLANK, bytes, from, to);
    if (at === to) return at;
    this.#marks.push(at - this.#base);
    this.#part = "value";
    return at;
  }

  #toLineEnd(bytes: Uint8Array, from: number): number {
    const to = this.#to;
    const at = runEnd(TEXT, bytes, from, to);
    if (at === to) return at;
    if (bytes[at] !== CR) return this.#refuse(WRONG_VALUE);
    const begin = this.#base + this.#marks[this.#marks.length - 1]!;
    let end = at;
    while (end > begin && BLANK[bytes[end - 1]!] === 1) end--;
    this.#marks.push(end - this.#base);
    this.#part = "line end";
    return at + 1;
  }

  #refuse(refusal: Refusal): -1 {
    this.refusal = refusal;
    return -1;
  }
}

const [DOT, ZERO, NINE, TLS_HANDSHAKE] = [0x2e, 0x30, 0x39, 0x16] as const;

const NO_METHOD = malformed("it does not begin with a method and a space");
const TLS = malformed(
  "it speaks TLS, and this port is plain http://",
  "write http:// where it is called, or tls in the configuration",
);
const BARE_CR = malformed("a CR without an LF");
const NO_TARGET = malformed("its first line has no target, or more than one space");
const WRONG_TARGET = malformed("its target holds a character that none has");
const NO_VERSION = malformed("its first line does not end in HTTP/1.1");
const FOLDED = malformed("a header line begins with a space");
const WRONG_NAME = malformed("a header's name is no token with a colon right after it");
const WRONG_VALUE = malformed("a header's value holds a control character, or an LF without a CR");
const LONG_METHOD: Refusal = {
  ...malformed("its method is over 64 bytes"),
  status: 501,
};
const LONG_TARGET: Refusal = {
  status: 414,
  why: "its target is over 32 KiB",
  fix: "have its program put what is long into the body",
};
const SHORTER = "have its program send fewer and shorter headers: cookies, most often";
const TOO_LARGE: Refusal = { status: 431, why: "its head is over 64 KiB", fix: SHORTER };
const TOO_MANY: Refusal = {
  status: 431,
  why: `it has over ${MAX_FIELDS} header lines`,
  fix: SHORTER,
};

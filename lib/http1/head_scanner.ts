/**
 * Finds the parts of a response's head, looking at each byte once, however it is cut into pieces. As lenient
 * as a proxy may be without guessing: a line may end in LF alone (RFC 9112, section 2.2), blanks before a
 * colon are dropped (section 5.1), a minor version above 1 is read as 1 (RFC 9110, section 2.5). Lines are
 * not folded, names are tokens, no control character but the tab stands in a value.
 */
import type { Buffer } from "node:buffer";
import type { RawHeaders } from "../wire/headers.ts";
import { AFTER_LINE, type HeadPart, whyNot } from "./head_part.ts";
import { HeldBytes } from "./held_bytes.ts";
import { BLANK, COLON, CR, LF, runEnd, SPACE, TEXT, TOKEN } from "./octets.ts";

/** The largest head that is taken, and as much of trailers. */
export const MAX_HEAD_BYTES = 64 * 1024;

const TOO_LONG = "the head is over 64 KiB";
const VERSION = "HTTP/1.";
/** `HTTP/1.1 200` */
const STATUS_AT = VERSION.length + 2;
const REASON_AT = STATUS_AT + 3;

export class HeadScanner {
  /** What is wrong with it, for a person; empty while nothing is. */
  fault = "";
  #part: HeadPart = "version";
  /** How far it was looked at, and where in it the status line begins. */
  #at = 0;
  #startAt = 0;
  /** Begin and end of each name and value. */
  readonly #marks: number[] = [];
  /** What came of it in earlier pieces. */
  readonly #held = new HeldBytes();
  /** The whole of it, one character a byte. */
  #text = "";

  /** Begins a head. */
  begin(): void {
    this.#restart("version");
  }

  /** Begins trailers: lines alone. */
  beginTrailers(): void {
    this.#restart("line");
  }

  /**
   * Looks at a piece from `from` on. Gives the place after the head; undefined while it goes on, or
   * where there is a fault.
   */
  push(piece: Buffer, from: number): number | undefined {
    const before = this.#held.length;
    const isFirst = before === 0;
    const base = isFirst ? from : 0;
    const bytes = isFirst
      ? piece
      : this.#held.with(piece.subarray(from, from + MAX_HEAD_BYTES + 1));
    const end = this.#scan(bytes, base);
    if (this.fault === "" && end - base > MAX_HEAD_BYTES) this.fault = TOO_LONG;
    if (this.fault !== "") return undefined;
    if (this.#part !== "whole") {
      if (isFirst) this.#held.with(piece.subarray(from));
      return undefined;
    }
    this.#text = bytes.toString("latin1", base, end);
    return isFirst ? end : from + end - before;
  }

  get status(): number {
    return Number(this.#text.slice(this.#startAt + STATUS_AT, this.#startAt + REASON_AT));
  }

  /** Of `HTTP/1.x`. */
  get minorVersion(): number {
    return Number(this.#text[this.#startAt + VERSION.length]);
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

  #restart(part: HeadPart): void {
    this.fault = "";
    this.#part = part;
    this.#at = this.#startAt = this.#marks.length = 0;
    this.#held.clear();
    this.#text = "";
  }

  /** Gives how far it came. */
  #scan(bytes: Buffer, base: number): number {
    let at = base + this.#at;
    while (at < bytes.length && this.#part !== "whole") {
      const next = this.#step(bytes, at, base);
      if (next < 0) {
        this.fault = whyNot(this.#part);
        break;
      }
      at = next;
    }
    this.#at = at - base;
    return at;
  }

  /** Takes what stands at `at`: gives the place after it, -1 where it must not stand there. */
  #step(bytes: Buffer, at: number, base: number): number {
    const byte = bytes[at]!;
    switch (this.#part) {
      case "version":
        return this.#version(byte, at - base) ? at + 1 : -1;
      case "reason":
      case "value":
        return this.#toLineEnd(bytes, at, base);
      case "line end":
        this.#part = "line";
        return byte === LF ? at + 1 : -1;
      case "line":
        this.#part = byte === CR ? "last line end" : byte === LF ? "whole" : "name";
        if (this.#part !== "name") return at + 1;
        this.#marks.push(at - base);
        return TOKEN[byte] === 1 ? at + 1 : -1;
      case "name":
        return this.#toNameEnd(bytes, at, base);
      case "after name":
        return this.#toColon(bytes, at);
      case "before value":
        return this.#toValue(bytes, at, base);
      case "last line end":
        this.#part = "whole";
        return byte === LF ? at + 1 : -1;
      case "whole":
        return at;
    }
  }

  #version(byte: number, place: number): boolean {
    const at = place - this.#startAt;
    // Blank lines before it are somebody's mistake, and of no meaning.
    if (at === 0 && (byte === CR || byte === LF)) {
      this.#startAt++;
      return true;
    }
    if (at < VERSION.length) return byte === VERSION.charCodeAt(at);
    if (at === VERSION.length) return byte >= 0x30 && byte <= 0x39;
    if (at === STATUS_AT - 1) return byte === SPACE;
    if (at < REASON_AT) return byte >= (at === STATUS_AT ? 0x31 : 0x30) && byte <= 0x39;
    this.#part = byte === SPACE ? "reason" : AFTER_LINE.get(byte) ?? "version";
    return this.#part !== "version";
  }

  #toLineEnd(bytes: Buffer, from: number, base: number): number {
    const at = runEnd(TEXT, bytes, from);
    if (at === bytes.length) return at;
    if (this.#part === "value") this.#marks.push(at - base);
    const next = AFTER_LINE.get(bytes[at]!);
    this.#part = next ?? this.#part;
    return next === undefined ? -1 : at + 1;
  }

  #toNameEnd(bytes: Buffer, from: number, base: number): number {
    const at = runEnd(TOKEN, bytes, from);
    if (at === bytes.length) return at;
    this.#marks.push(at - base);
    this.#part = "after name";
    return this.#toColon(bytes, at);
  }

  #toColon(bytes: Buffer, from: number): number {
    const at = runEnd(BLANK, bytes, from);
    if (at === bytes.length) return at;
    if (bytes[at] !== COLON) return -1;
    this.#part = "before value";
    return at + 1;
  }

  #toValue(bytes: Buffer, from: number, base: number): number {
    const at = runEnd(BLANK, bytes, from);
    if (at === bytes.length) return at;
    this.#marks.push(at - base);
    this.#part = "value";
    return at;
  }
}

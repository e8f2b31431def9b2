/**
 * Passes over a JSON value (RFC 8259) token by token, in one go or in slices, and tells the members of
 * the outermost object. It loops instead of recursing and keeps one bit a level: five million brackets
 * are as harmless as five.
 */
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  fault,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
  skipWord,
} from "./json_token.ts";
import { StringEnds } from "./string_ends.ts";

/** Told of each member of the outermost object, in order: where its key stands, quotes and all, and its value. */
export interface MemberSink {
  member(keyStart: number, keyEnd: number, valueStart: number, valueEnd: number): void;
}

// What may stand next; FIRST_… also the bracket that closes. Numbers, and in this order, for speed.
const VALUE = 0;
const FIRST_VALUE = 1;
const KEY = 2;
const FIRST_KEY = 3;
const COLON_NEXT = 4;
const AFTER = 5;

export class JsonWalk {
  readonly #body: Uint8Array;
  readonly #sink: MemberSink | undefined;
  readonly #ends: StringEnds;
  readonly #open = new OpenContainers();
  #next: number = VALUE;
  #at: number;
  /** Whether `#at` stands within a string whose end has still to come. */
  #inString = false;
  #keyStart = 0;
  #keyEnd = 0;
  #valueStart = 0;

  /** @param start where the value begins, or white space before it */
  constructor(body: Uint8Array, start: number, sink?: MemberSink) {
    this.#body = body;
    this.#ends = new StringEnds(body);
    this.#at = start;
    this.#sink = sink;
  }

  /** How far it has come. */
  get at(): number {
    return this.#at;
  }

  /** The end of the value, or a fault; undefined where `until` came first, give or take one number. */
  advance(until = this.#body.length): number | undefined {
    const body = this.#body;
    const end = Math.min(until, body.length);
    let at = this.#at;
    for (;;) {
      if (!this.#inString) {
        at = skipSpace(body, at, end);
        if (at >= end && end < body.length) return this.#pause(at);
      }
      at = this.#inString || body[at] === QUOTE ? this.#string(at, end) : this.#token(at);
      if (at < 0) return at;
      if (this.#inString) return end === body.length ? fault(end) : this.#pause(at);
      if (this.#open.depth === 0) return at;
    }
  }

  #pause(at: number): undefined {
    this.#at = at;
    return undefined;
  }

  /** Over a string or what has come of one, a key or a value. */
  #string(at: number, until: number): number {
    if (!this.#inString) {
      if (this.#next >= COLON_NEXT) return fault(at);
      this.#begin(at);
    }
    const from = this.#inString ? at : at + 1;
    const end = this.#ends.after(from, until);
    this.#inString = end < 0;
    if (end < 0) return this.#ends.pastEscapes(from, until);
    if (this.#next < KEY) return this.#ended(end);
    if (this.#open.depth === 1) this.#keyEnd = end;
    this.#next = COLON_NEXT;
    return end;
  }

  /** Over a bracket, a comma, a colon, a number or a word. */
  #token(at: number): number {
    const byte = this.#body[at];
    switch (this.#next) {
      case FIRST_VALUE:
        if (byte === CLOSE_BRACKET) return this.#close(at);
        return this.#value(at, byte);
      case VALUE:
        return this.#value(at, byte);
      case FIRST_KEY:
        return byte === CLOSE_BRACE ? this.#close(at) : fault(at);
      case KEY:
        return fault(at);
      case COLON_NEXT:
        if (byte !== COLON) return fault(at);
        this.#next = VALUE;
        return at + 1;
      default:
        return this.#after(at, byte);
    }
  }

  #after(at: number, byte: number | undefined): number {
    const isObject = this.#open.innermostIsObject;
    if (byte === COMMA) {
      this.#next = isObject ? KEY : VALUE;
      return at + 1;
    }
    return byte === (isObject ? CLOSE_BRACE : CLOSE_BRACKET) ? this.#close(at) : fault(at);
  }

  #value(at: number, byte: number | undefined): number {
    this.#begin(at);
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      this.#open.push(byte === OPEN_BRACE);
      this.#next = byte === OPEN_BRACE ? FIRST_KEY : FIRST_VALUE;
      return at + 1;
    }
    const end = skipWord(this.#body, at);
    return end < 0 ? end : this.#ended(end);
  }

  /** A key or a value begins. */
  #begin(at: number): void {
    if (this.#open.depth !== 1) return;
    if (this.#next < KEY) this.#valueStart = at;
    else this.#keyStart = at;
  }

  #close(at: number): number {
    this.#open.pop();
    return this.#ended(at + 1);
  }

  /** A value has ended. */
  #ended(end: number): number {
    this.#next = AFTER;
    if (this.#open.depth === 1 && this.#open.innermostIsObject) {
      this.#sink?.member(this.#keyStart, this.#keyEnd, this.#valueStart, end);
    }
    return end;
  }
}

/** What V8 keeps in a number without allocating it. */
const BITS_PER_WORD = 30;

/** A stack of "object or array", a bit each. The innermost levels are in `#word`, the rest spilled. */
class OpenContainers {
  readonly #spilled: number[] = [];
  #word = 0;
  depth = 0;

  get innermostIsObject(): boolean {
    return (this.#word & 1) === 1;
  }

  push(isObject: boolean): void {
    if (this.depth > 0 && this.depth % BITS_PER_WORD === 0) {
      this.#spilled.push(this.#word);
      this.#word = 0;
    }
    this.#word = (this.#word << 1) | (isObject ? 1 : 0);
    this.depth++;
  }

  pop(): void {
    this.#word >>>= 1;
    this.depth--;
    if (this.depth > 0 && this.depth % BITS_PER_WORD === 0) this.#word = this.#spilled.pop() ?? 0;
  }
}

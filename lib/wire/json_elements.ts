import type { StreamEvent } from "../dialect/event_format.ts";
import { BoundedText, textOf, textOfStart } from "./bounded_text.ts";
import type { EventReader, EventReaderOptions } from "./event_reader.ts";
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from "./json_token.ts";

const SPACE = 0x20;
const MARK = [0xef, 0xbb, 0xbf];

/** What the byte at hand belongs to. A document that is no array is one element by itself. */
type Place = "before" | "between" | "scalar" | "delimited" | "after";

/**
 * Takes a JSON array apart while it streams in, as Gemini sends one where nobody asked for
 * server-sent events. Whether the elements are JSON is left to whoever reads them: only brackets and
 * strings are told apart here.
 */
export class JsonElements implements EventReader {
  readonly #maxEventBytes: number;
  readonly #element = new BoundedText();
  #place: Place = "before";
  #isArray = false;
  /** How many brackets of the element are open. */
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor({ maxEventBytes }: EventReaderOptions) {
    this.#maxEventBytes = maxEventBytes;
  }

  /** Whether the document is over: its array, or its only value. */
  get isClosed(): boolean {
    return this.#place === "after";
  }

  get pendingBytes(): number {
    return this.#element.length;
  }

  get atBoundary(): boolean {
    return this.#place === "before" || this.#place === "between";
  }

  push(chunk: Uint8Array): StreamEvent[] {
    const events: StreamEvent[] = [];
    let start = 0;
    while (start < chunk.length && !this.isClosed) {
      if (this.atBoundary) {
        start = this.#toElement(chunk, start);
        continue;
      }
      const end = this.#place === "scalar"
        ? this.#throughScalar(chunk, start)
        : this.#throughDelimited(chunk, start);
      this.#element.append(chunk.subarray(start, end), this.#maxEventBytes);
      if (this.atBoundary || this.isClosed) events.push(this.#take());
      start = end;
    }
    return events;
  }

  rest(): StreamEvent | undefined {
    if (this.atBoundary || this.isClosed) return undefined;
    const { bytes, overflowed } = this.#element;
    return { type: "", data: textOfStart(bytes), truncated: overflowed };
  }

  #take(): StreamEvent {
    const { bytes, overflowed } = this.#element;
    const data = overflowed ? textOfStart(bytes) : textOf(bytes);
    this.#element.clear();
    return { type: "", data, truncated: overflowed };
  }

  /** Over what stands between elements, to where one begins, or after the end of the array. */
  #toElement(chunk: Uint8Array, start: number): number {
    let at = start;
    while (at < chunk.length && this.#isBetween(chunk[at])) at++;
    if (at === chunk.length) return at;
    const byte = chunk[at];
    if (byte === OPEN_BRACKET && this.#place === "before") {
      this.#isArray = true;
      this.#place = "between";
      return at + 1;
    }
    if (byte === CLOSE_BRACKET && this.#isArray) {
      this.#place = "after";
      return at + 1;
    }
    this.#place = placeOf(byte);
    return at;
  }

  #isBetween(byte = SPACE): boolean {
    if (byte <= SPACE) return true;
    return this.#place === "before" ? MARK.includes(byte) : byte === COMMA;
  }

  /** To where a number or a word ends, or the chunk. */
  #throughScalar(chunk: Uint8Array, start: number): number {
    let at = start;
    while (at < chunk.length && !this.#endsScalar(chunk[at])) at++;
    if (at < chunk.length) this.#leave();
    return at;
  }

  /** To after the bracket or quote that closes the element, or to the end of the chunk. */
  #throughDelimited(chunk: Uint8Array, start: number): number {
    let at = start;
    while (at < chunk.length) {
      if (this.#inString) at = this.#throughString(chunk, at);
      else this.#step(chunk[at++]);
      if (this.#depth === 0 && !this.#inString) {
        this.#leave();
        break;
      }
    }
    return at;
  }

  #step(byte: number | undefined): void {
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.#depth--;
  }

  /** To after the quote that closes the string, or to the end of the chunk. */
  #throughString(chunk: Uint8Array, start: number): number {
    let at = start;
    while (at < chunk.length) {
      const byte = chunk[at++];
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        break;
      }
    }
    return at;
  }

  #endsScalar(byte = SPACE): boolean {
    if (byte <= SPACE) return true;
    return this.#isArray && (byte === COMMA || byte === CLOSE_BRACKET);
  }

  #leave(): void {
    this.#place = this.#isArray ? "between" : "after";
  }
}

function placeOf(byte: number | undefined): Place {
  const isDelimited = byte === OPEN_BRACE || byte === OPEN_BRACKET || byte === QUOTE;
  return isDelimited ? "delimited" : "scalar";
}

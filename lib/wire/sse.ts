import type { StreamEvent } from "../dialect/event_format.ts";
import { BoundedText } from "./bounded_text.ts";
import type { EventReader, EventReaderOptions } from "./event_reader.ts";
import { PendingEvent } from "./pending_event.ts";

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;
const MARK = [0xef, 0xbb, 0xbf];

/** More than ever stands before a value: a byte order mark and `event: `. */
const LEAD_BYTES = 16;

/**
 * Takes a stream of server-sent events apart as a browser does:
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 * but that an event with empty data is none, and that `id` and `retry` mean nothing here. A line
 * that ends with CR is over at once, whether or not an LF follows.
 */
export class SseReader implements EventReader {
  readonly #event: PendingEvent;
  /** The line that is still coming, as far as earlier chunks held it. */
  readonly #line = new BoundedText();
  #isFirstLine = true;
  #afterCr = false;

  constructor({ maxEventBytes }: EventReaderOptions) {
    this.#event = new PendingEvent(maxEventBytes);
  }

  get pendingBytes(): number {
    const line = this.#lineSoFar();
    return this.#event.length + (line[0] === COLON ? 0 : line.length);
  }

  get atBoundary(): boolean {
    return !this.#event.begun && this.#lineSoFar().length === 0;
  }

  push(chunk: Uint8Array): StreamEvent[] {
    const events: StreamEvent[] = [];
    if (chunk.length === 0) return events;
    let start = this.#afterCr && chunk[0] === LF ? 1 : 0;
    let end = lineEnd(chunk, start);
    while (end < chunk.length) {
      const event = this.#endLine(chunk, start, end);
      if (event !== undefined) events.push(event);
      start = end + (chunk[end] === CR && chunk[end + 1] === LF ? 2 : 1);
      end = lineEnd(chunk, start);
    }
    this.#afterCr = chunk[chunk.length - 1] === CR;
    this.#event.settle();
    if (start < end) this.#keep(chunk.subarray(start));
    return events;
  }

  rest(): StreamEvent | undefined {
    const line = this.#lineSoFar();
    const isOfEvent = line.length > 0 && line[0] !== COLON;
    if (!isOfEvent && !this.#event.begun) return undefined;
    return this.#event.cutWithin(isOfEvent ? line : line.subarray(0, 0));
  }

  /** The event that the end of a line completes, if it does. */
  #endLine(chunk: Uint8Array, start: number, end: number): StreamEvent | undefined {
    if (this.#line.length === 0) return this.#take(chunk, start, end);
    this.#keep(chunk.subarray(start, end));
    const event = this.#take(this.#line.bytes, 0, this.#line.length);
    this.#event.settle();
    this.#line.clear();
    return event;
  }

  #take(source: Uint8Array, lineStart: number, end: number): StreamEvent | undefined {
    const start = this.#isFirstLine ? afterMark(source, lineStart) : lineStart;
    this.#isFirstLine = false;
    if (start === end) return this.#event.end();
    if (source[start] !== COLON) this.#event.addLine(source, start, end);
    return undefined;
  }

  /** Keeps a part of a line; of a comment, no more than shows that it is one. */
  #keep(part: Uint8Array): void {
    const isComment = (this.#line.length === 0 ? part : this.#lineSoFar())[0] === COLON;
    this.#line.append(part, isComment ? LEAD_BYTES : this.#event.room + LEAD_BYTES);
  }

  #lineSoFar(): Uint8Array {
    const line = this.#line.bytes;
    return this.#isFirstLine ? line.subarray(afterMark(line, 0)) : line;
  }
}

/** The start of what follows a byte order mark, which a stream may begin with. */
function afterMark(source: Uint8Array, start: number): number {
  const isMarked = MARK.every((byte, i) => source[start + i] === byte);
  return isMarked ? start + MARK.length : start;
}

/** Where the line ends: at its CR or LF, or with the chunk. */
function lineEnd(chunk: Uint8Array, start: number): number {
  let at = start;
  while (at < chunk.length && chunk[at] !== LF && chunk[at] !== CR) at++;
  return at;
}

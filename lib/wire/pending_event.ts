import type { StreamEvent } from "../dialect/event_format.ts";
import { BoundedText, textOf, textOfStart } from "./bounded_text.ts";

const SPACE = 0x20;
const COLON = 0x3a;

/** A longer name is cut: none that means anything comes near. */
export const MAX_NAME_BYTES = 256;

const DATA = new TextEncoder().encode("data");
const EVENT = new TextEncoder().encode("event");
const JOINT = new TextEncoder().encode("\n");
const NOTHING: Uint8Array = new Uint8Array(0);

/** A server-sent event whose lines are still coming. */
export class PendingEvent {
  readonly #maxBytes: number;
  readonly #data = new BoundedText();
  readonly #name = new Name();
  /** The first data line, still where it came in: most events have no other. */
  #borrowed = NOTHING;
  #dataLines = 0;
  #begun = false;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether a line of it has come, whichever. */
  get begun(): boolean {
    return this.#begun;
  }

  /** How many bytes of it are kept. */
  get length(): number {
    return this.#data.length + this.#borrowed.length + this.#name.length;
  }

  /** How much of a value is worth keeping while its line is still coming. */
  get room(): number {
    return Math.max(this.#maxBytes - this.#data.length, MAX_NAME_BYTES);
  }

  /**
   * Takes the line from `start` to `end`, which is neither empty nor a comment. The source must
   * stay as it is until `settle()`.
   */
  addLine(source: Uint8Array, start: number, end: number): void {
    this.#begun = true;
    const data = valueStart(source, { start, end, field: DATA });
    if (data >= 0) return this.#addData(source.subarray(data, end));
    const name = valueStart(source, { start, end, field: EVENT });
    if (name >= 0) this.#name.set(source, name, end);
  }

  /** Copies what it had only borrowed. */
  settle(): void {
    if (this.#borrowed.length === 0) return;
    this.#data.append(this.#borrowed, this.#maxBytes);
    this.#borrowed = NOTHING;
  }

  /** The event, now that it is over, if it has any data; then begins the next. */
  end(): StreamEvent | undefined {
    if (!this.#begun) return undefined;
    const event = this.#soFar();
    this.#clear();
    return event.data === "" ? undefined : event;
  }

  /** The event as it would be if its last line were this one, unfinished. */
  cutWithin(line: Uint8Array): StreamEvent {
    const copy = new PendingEvent(this.#maxBytes);
    copy.#name.copy(this.#name);
    copy.#dataLines = this.#dataLines;
    copy.#data.append(this.#data.bytes, this.#maxBytes);
    copy.addLine(line, 0, line.length);
    copy.settle();
    const truncated = this.#data.overflowed || copy.#data.overflowed || copy.#name.overflowed;
    return { type: copy.#name.text, data: textOfStart(copy.#data.bytes), truncated };
  }

  #soFar(): StreamEvent {
    if (this.#borrowed.length > this.#maxBytes) this.settle();
    const bytes = this.#borrowed.length > 0 ? this.#borrowed : this.#data.bytes;
    const truncated = this.#data.overflowed || this.#name.overflowed;
    const data = this.#data.overflowed ? textOfStart(bytes) : textOf(bytes);
    return { type: this.#name.text, data, truncated };
  }

  #addData(value: Uint8Array): void {
    this.#dataLines++;
    if (this.#dataLines === 1) {
      this.#borrowed = value;
      return;
    }
    this.settle();
    this.#data.append(JOINT, this.#maxBytes);
    this.#data.append(value, this.#maxBytes);
  }

  #clear(): void {
    this.#data.clear();
    this.#name.clear();
    this.#borrowed = NOTHING;
    this.#dataLines = 0;
    this.#begun = false;
  }
}

/** An event's name. Decoded once for all the events in a row that have it. */
class Name {
  #given = false;
  #overflowed = false;
  #bytes = NOTHING;
  #text = "";

  get length(): number {
    return this.#given ? this.#bytes.length : 0;
  }

  get text(): string {
    return this.#given ? this.#text : "";
  }

  get overflowed(): boolean {
    return this.#overflowed;
  }

  set(source: Uint8Array, start: number, end: number): void {
    this.#given = true;
    this.#overflowed = end - start > MAX_NAME_BYTES;
    const stop = Math.min(end, start + MAX_NAME_BYTES);
    if (stop - start === this.#bytes.length && standsAt(this.#bytes, source, start)) return;
    this.#bytes = source.slice(start, stop);
    this.#text = this.#overflowed ? textOfStart(this.#bytes) : textOf(this.#bytes);
  }

  copy(other: Name): void {
    if (other.#given) this.set(other.#bytes, 0, other.#bytes.length);
    this.#overflowed = other.#overflowed;
  }

  clear(): void {
    this.#given = false;
    this.#overflowed = false;
  }
}

/** Where the value of a line starts, or -1 where the line is not one of this field. */
function valueStart(source: Uint8Array, line: Line): number {
  const { start, end, field } = line;
  const after = start + field.length;
  if (after > end || !standsAt(field, source, start)) return -1;
  if (after === end) return end;
  if (source[after] !== COLON) return -1;
  return after + (after + 1 < end && source[after + 1] === SPACE ? 2 : 1);
}

interface Line {
  readonly start: number;
  readonly end: number;
  readonly field: Uint8Array;
}

function standsAt(bytes: Uint8Array, source: Uint8Array, at: number): boolean {
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== source[at + i]) return false;
  return true;
}

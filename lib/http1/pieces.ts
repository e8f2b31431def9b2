/**
 * What goes out in one write, put together in places that are used again: of all that a small message
 * costs, a new array for it is among the dearest.
 */
import { Buffer } from "node:buffer";

/** Room for a head and a small body, or for an event. */
const PLACE_BYTES = 8 * 1024;
/** Places that wait for their next use. */
const MOST_SPARE = 64;
/** Shorter text is written faster a character at a time. */
const SHORT_TEXT = 16;

/** The bytes of one write. */
export interface Piece {
  readonly bytes: Uint8Array;
  /** Where they stand, to be used again; undefined where they are too many for that. */
  readonly place: Buffer | undefined;
}

export class Pieces {
  readonly #spare: Buffer[] = [];

  /** Text, one character a byte, and bytes after it; and perhaps text once more. */
  join(before: string, bytes: Uint8Array, after = ""): Piece {
    const length = before.length + bytes.length + after.length;
    const isSmall = length <= PLACE_BYTES;
    const place = isSmall ? this.#place() : Buffer.allocUnsafeSlow(length);
    putText(before, place, 0);
    place.set(bytes, before.length);
    putText(after, place, before.length + bytes.length);
    const joined = new Uint8Array(place.buffer, 0, length);
    return { bytes: joined, place: isSmall ? place : undefined };
  }

  /**
   * A chunk as it is sent: its size, the bytes, a line end; a head before it where it is the first.
   * https://www.rfc-editor.org/rfc/rfc9112#section-7.1
   */
  chunk(bytes: Uint8Array, head = ""): Piece {
    return this.join(`${head}${bytes.length.toString(16)}\r\n`, bytes, "\r\n");
  }

  /** All of a piece has been written, and nobody holds it any more. Of one that broke, say nothing. */
  giveBack({ place }: Piece): void {
    if (place !== undefined && this.#spare.length < MOST_SPARE) this.#spare.push(place);
  }

  #place(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(PLACE_BYTES);
  }
}

const ENCODER = new TextEncoder();

function putText(text: string, place: Buffer, at: number): void {
  if (text.length <= SHORT_TEXT) {
    for (let next = 0; next < text.length; next++) place[at + next] = text.charCodeAt(next);
    return;
  }
  // In UTF-8 a byte a character as well, unless there are any beyond ASCII; and much faster.
  const { read, written } = ENCODER.encodeInto(text, place.subarray(at, at + text.length));
  if (read !== written || read < text.length) place.write(text, at, "latin1");
}

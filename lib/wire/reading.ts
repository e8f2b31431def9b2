/** What is read of a reply as it passes, for those who need to know what it said. */
import type { StreamEvent } from "../dialect/event_format.ts";
import type { BodyEnd, BodyObserver } from "./held_body.ts";
import type { Reply } from "./outcome.ts";
import { concat } from "./receive.ts";
import { headerValue } from "./headers.ts";

/** A kept connection was lost as the request went out on it: it is sent again, on a fresh one. */
export interface Repeat {
  /** What the loss looked like. */
  readonly detail: string;
  /** How long after the request had begun to go out, in milliseconds. */
  readonly afterMs: number;
}

export interface Reading {
  readonly onRepeat: (repeat: Repeat) => void;
  /** The head of a reply has come. */
  readonly onHead: () => void;
  /** Something has come that is no ping, no comment and not empty; after the first content it is not told. */
  readonly onSign: () => void;
  /** The first content of a stream that is looked at has come. */
  readonly onContent: () => void;
  /** Sees every event of a stream that is looked at. */
  readonly onEvent: (event: StreamEvent) => void;
  /** Sees a JSON body that came whole, uncompressed or decoded. */
  readonly onJson: (body: Uint8Array) => void;
  /** Whether a reply that nobody looks at (a stored object's) is read along as well. */
  readonly wantsReply: boolean;
}

/** Nobody needs to know. */
export const NO_READING: Reading = {
  onRepeat() {},
  onHead() {},
  onSign() {},
  onContent() {},
  onEvent() {},
  onJson() {},
  wantsReply: false,
};

/** The description of a stored object is short. */
const COPY_BYTES = 64 * 1024;

/** Reads a JSON reply that is committed with its head. */
export function readAlong({ status, headers, body }: Reply, { onJson }: Reading): void {
  const isPlain = headerValue(headers, "content-encoding") === undefined;
  const isJson = /json/i.test(headerValue(headers, "content-type") ?? "");
  if (status < 300 && isJson && isPlain) body.observe(new JsonCopy(onJson));
}

class JsonCopy implements BodyObserver {
  readonly #onJson: (body: Uint8Array) => void;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  constructor(onJson: (body: Uint8Array) => void) {
    this.#onJson = onJson;
  }

  chunk(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    if (this.#bytes <= COPY_BYTES) this.#chunks.push(bytes);
    else this.#chunks = [];
  }

  ended(end: BodyEnd): BodyEnd {
    const isWhole = end.kind === "complete" && this.#bytes <= COPY_BYTES;
    if (isWhole) this.#onJson(concat(this.#chunks, this.#bytes));
    return end;
  }
}

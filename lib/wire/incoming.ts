/** A caller's request as it comes in, whichever listener took it. */
import type { RawHeaders } from "./headers.ts";
import type { Leaving } from "./leaving.ts";
import type { ReadBody } from "./upload.ts";

export interface Incoming {
  readonly method: string;
  /** Path and query, byte for byte (one character a byte). */
  readonly target: string;
  /** In the order and spelling they came in, as far as the listener tells. */
  readonly headers: RawHeaders;
  /** Address and port of the peer, for the record. */
  readonly caller: string;
  /** Aborts when the caller goes away before its response is complete. */
  readonly signal: Leaving;
  /** The body, or why there is none. This or `reader()`, once. */
  read(limitBytes: number): Promise<Uint8Array | BodyFault>;
  /** For a body that is read piece by piece, at the reader's pace. */
  reader(): ReadBody;
}

/** A body that never arrived whole. */
export type BodyFault =
  | { readonly kind: "too_large"; readonly limitBytes: number }
  | { readonly kind: "caller_left" };

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
  /** Of `HTTP/1.x`, default 1: 0 needs no Host. */
  readonly minorVersion?: 0 | 1;
  /** Address and port of the peer, for the record. */
  readonly caller: string;
  /** Whether it came on a connection that this process opened: a backend is this proxy. Default false. */
  readonly isOwn?: boolean;
  /** Aborts when the caller goes away before its response is complete. */
  readonly signal: Leaving;
  /** The body, or why there is none. This or `reader()`, once. Without a `room` only the limit counts. */
  read(limitBytes: number, room?: Room): Promise<Uint8Array | BodyFault>;
  /** For a body that is read piece by piece, at the reader's pace. */
  reader(): ReadBody;
}

/** Where what is held of a request finds room in memory. */
export interface Room {
  /** Takes so many bytes more; false where there is no room, or the request has ended. */
  take(bytes: number): boolean;
}

/** A body that never arrived whole. */
export type BodyFault =
  | { readonly kind: "too_large"; readonly limitBytes: number }
  | { readonly kind: "no_room" }
  | { readonly kind: "caller_left" };

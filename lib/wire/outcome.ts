/** How one attempt ended: a reply's head and what is held of its body, or a fault. */
import type { RawHeaders } from "./headers.ts";
import type { HeldBody } from "./held_body.ts";

export type Outcome = Reply | Fault;

/** A backend answered. */
export interface Reply {
  readonly kind: "reply";
  readonly status: number;
  /** Names and values as the backend sent them, hop-by-hop fields included. */
  readonly headers: RawHeaders;
  readonly body: HeldBody;
  /** The start of an error body, decoded, for judging; empty for a 2xx or 3xx. */
  readonly errorText: string;
}

/** No backend answered. */
export interface Fault {
  readonly kind: "fault";
  readonly code: FaultCode;
  /** What the platform reported, such as `ECONNREFUSED`; no credential, no URL query. */
  readonly detail: string;
}

export type FaultCode =
  | "caller_left"
  | "request_refused"
  | "internal_error"
  | "connect_failed"
  | "connect_timeout"
  | "connection_lost"
  | "invalid_reply"
  | "first_byte_timeout";

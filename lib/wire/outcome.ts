/** How one attempt ended: a reply's head and what is held of its body, or a fault. */
import type { ByteStream } from "./byte_stream.ts";
import type { RawHeaders } from "./headers.ts";
import type { StreamGate } from "./gate.ts";
import type { HeldBody } from "./held_body.ts";
import type { Inspection } from "./inspection.ts";

export type Outcome = Reply | Fault;

/** A backend answered. */
export interface Reply {
  readonly kind: "reply";
  readonly status: number;
  /** Names and values as the backend sent them, hop-by-hop fields included. */
  readonly headers: RawHeaders;
  readonly body: HeldBody;
  /**
   * What the reply says of an error, decoded, for judging: the start of an error body, or the error
   * in a 2xx. Empty where it reports none.
   */
  readonly errorText: string;
  /** What a look at a 2xx of an inference call showed; `passed` for every other reply. */
  readonly inspection: Inspection;
  /** Reads a stream along to its end; undefined where the body is none, or is not looked at. */
  readonly gate: StreamGate | undefined;
  /** The connection itself, where the backend switched protocols (101); there is no body then. */
  readonly connection: ByteStream | undefined;
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
  | "own_shortage"
  | "connect_failed"
  | "connect_timeout"
  | "connection_lost"
  | "invalid_reply"
  | "first_byte_timeout";

/** What goes back to the caller, whichever listener sends it. */
import type { RawHeaders } from "./headers.ts";
import type { Tunnel } from "./tunnel.ts";

export interface CallerResponse {
  readonly status: number;
  /** As they are to be sent: names in this spelling, in this order, repeated where repeated. */
  readonly headers: RawHeaders;
  readonly body: Uint8Array | BodySource;
}

/** A 101: the connection is no longer HTTP once its head has gone out. */
export interface SwitchedResponse extends CallerResponse {
  readonly tunnel: Tunnel;
}

export function isSwitched(response: CallerResponse): response is SwitchedResponse {
  return "tunnel" in response;
}

/** Bytes, or undefined after the last; a promise of them where they are not there yet. */
export type NextBytes = Uint8Array | undefined | Promise<Uint8Array | undefined>;

/** A body that is still coming in; whoever sends it pulls, so that a slow caller slows the backend. */
export interface BodySource {
  /**
   * The next bytes, or undefined after the last: asked for once those before have been sent. Rejects
   * or throws where the body was cut: so must the caller's be.
   */
  read(): NextBytes;
  /** How long a caller may take nothing before it counts as gone, in milliseconds; may be `Infinity`. */
  readonly patienceMs: number;
  /**
   * The caller has gone, or is taken to have, of which `why` tells for the record. Whoever was sending
   * then comes for more where that was sent, and cancels once more where it was not.
   */
  cancel(why?: string): void;
}

/** A 205 should have no body, but is framed like any other. https://www.rfc-editor.org/rfc/rfc9112#section-6.3 */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/** Whether a response has a body at all, whatever its Content-Length says. */
export function hasBody(method: string, status: number): boolean {
  return method !== "HEAD" && !BODILESS.has(status);
}

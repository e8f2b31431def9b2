/** Commits a reply to the caller: from here on there is no fallback. */
import { type CallerResponse, hasBody, type SwitchedResponse } from "./caller_response.ts";
import { headersForCaller } from "./headers.ts";
import type { Reply } from "./outcome.ts";
import { RelayedBody } from "./relayed_body.ts";
import { type TunnelOptions, tunnelTo } from "./tunnel.ts";

/** How a relayed response finished. */
export interface Ending {
  readonly kind: "complete" | "cut" | "caller_left";
  /** Body bytes handed over. */
  readonly bytes: number;
  /** What cut it; empty when complete. */
  readonly detail: string;
}

export interface RelayOptions extends TunnelOptions {
  readonly method: string;
  /** Words an error event that a broken stream ends with; undefined to only cut it. */
  readonly errorEvent: ((detail: string) => string) | undefined;
}

/** The backend's reply for the caller, its body passed on as it arrives and cut where it was cut. */
export function relay(
  reply: Reply,
  options: RelayOptions,
): CallerResponse | SwitchedResponse {
  const { status, body, connection } = reply;
  const response = { status, headers: headersForCaller(reply) };
  if (connection !== undefined) {
    return { ...response, body: new Uint8Array(), tunnel: tunnelTo(connection, options) };
  }
  if (!hasBody(options.method, status)) {
    body.discard();
    options.onEnd({ kind: "complete", bytes: 0, detail: "" });
    return { ...response, body: new Uint8Array() };
  }
  if (body.end?.kind !== "complete") return { ...response, body: new RelayedBody(reply, options) };
  // A body that came with its head costs least as one buffer.
  const whole = body.peek();
  options.onChunk(whole);
  options.onEnd({ kind: "complete", bytes: whole.length, detail: "" });
  // Its record may wait for a slow disk, and keeps no more than was captured for it.
  body.discard();
  return { ...response, body: whole };
}

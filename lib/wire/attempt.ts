/** One route, once: sends a request and gives what came of it. Never throws. */
import type { Dispatcher } from "undici";
import type { Timeouts } from "../config/snapshot.ts";
import type { Connections } from "./connections.ts";
import { decodeCopy } from "./decode.ts";
import { headerValue } from "./headers.ts";
import type { Fault, Outcome, Reply } from "./outcome.ts";
import type { Outgoing } from "./outgoing.ts";
import { ReplyHandler } from "./reply_handler.ts";

export interface AttemptOptions {
  readonly connections: Connections;
  readonly timeouts: Timeouts & { readonly streamed: boolean };
  /** Aborts when the caller goes away. */
  readonly signal: AbortSignal;
}

/** How much of an error body is decoded for judging. */
const ERROR_TEXT_BYTES = 64 * 1024;

/**
 * Sends a request. An error reply has its body held whole (up to 1 MiB) when this resolves; any
 * other resolves with its head. A reused connection that broke before a response head was most
 * likely being closed as we wrote: that is repeated once on a fresh one, and says nothing of the
 * backend.
 */
export async function attempt(request: Outgoing, options: AttemptOptions): Promise<Outcome> {
  const { connections, signal } = options;
  const message = messageOf(request, options);
  const first = new ReplyHandler(options);
  connections.dispatch(message, first);
  let { outcome, reusedConnectionBroke } = await first.exchange;
  if (reusedConnectionBroke) {
    const second = new ReplyHandler(options);
    connections.dispatchFresh(message, second);
    ({ outcome } = await second.exchange);
  }
  if (outcome.kind === "fault" || outcome.status < 400) return outcome;
  return await withErrorText(outcome, signal);
}

function messageOf(
  request: Outgoing,
  { timeouts }: AttemptOptions,
): Dispatcher.DispatchOptions {
  return {
    origin: request.origin,
    path: request.target,
    // The library's type lists the well-known methods; any token is valid (RFC 9110 9.1).
    method: request.method as Dispatcher.HttpMethod,
    headers: request.headers.flat(),
    body: request.body.length === 0 ? null : request.body,
    headersTimeout: timeouts.streamed ? timeouts.firstByteStreamedMs : timeouts.firstByteMs,
    bodyTimeout: timeouts.idleMs,
  };
}

async function withErrorText(reply: Reply, signal: AbortSignal): Promise<Reply | Fault> {
  await reply.body.settled(signal);
  if (signal.aborted) {
    reply.body.discard();
    return { kind: "fault", code: "caller_left", detail: "while an error reply came in" };
  }
  const coding = headerValue(reply.headers, "content-encoding");
  const copy = await decodeCopy(reply.body.peek(), coding, { maxBytes: ERROR_TEXT_BYTES });
  return { ...reply, errorText: copy === undefined ? "" : new TextDecoder().decode(copy.bytes) };
}

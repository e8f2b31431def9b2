/** One route, once: sends a request and gives what came of it. Never throws. */
import type { Timeouts } from "../config/snapshot.ts";
import { hasBody } from "./caller_response.ts";
import type { BackendRequest, Connections } from "./connections.ts";
import { decodeCopy } from "./decode.ts";
import type { Expectation } from "./examination.ts";
import { isField } from "../fields/is_field.ts";
import { headerValue } from "./headers.ts";
import { inspect } from "./inspect.ts";
import type { Leaving } from "./leaving.ts";
import type { Fault, Outcome, Reply } from "./outcome.ts";
import type { Outgoing } from "./outgoing.ts";
import { readAlong, type Reading } from "./reading.ts";
import { ReplyHandler } from "./reply_handler.ts";
import { inOnePiece } from "./splice.ts";
import { passing } from "./upload.ts";

export interface AttemptOptions {
  readonly connections: Connections;
  readonly timeouts: Timeouts;
  /** Whether the caller asked for a stream. */
  readonly streamed: boolean;
  /** Whether the backend is asked to make the connection a WebSocket. */
  readonly upgrade: boolean;
  /** Whether being sent twice could do twice what it asks. */
  readonly mayCreate: boolean;
  /** How a 2xx is looked at before it is passed on; undefined to pass it as it comes. */
  readonly expects: Expectation | undefined;
  /** For how long from now a stream that lives may be held, in milliseconds; default for as long as any. */
  readonly holdLeftMs?: () => number;
  /** Sees what a reply says as it passes. */
  readonly reading: Reading;
  /** Aborts when the caller goes away. */
  readonly signal: Leaving;
}

/** A backend that loses a connection later than that may have begun with its work. */
const BEGUN_MS = 1_000;

/** How much of an error body is decoded for judging. */
const ERROR_TEXT_BYTES = 64 * 1024;

/** How long an error's body is waited for: its status is there, and so may be the next route. */
const ERROR_BODY_MS = 5_000;

/**
 * Sends a request. Resolves with an error reply once its body is held whole (up to 1 MiB), with a 2xx
 * of an inference call once its start can be judged, with any other reply, and with a connection that has
 * become a WebSocket, at its head. A kept connection that broke at once, before a response head, was most
 * likely being closed as we wrote: that is repeated once on a fresh one, unless the call may create
 * something, and says nothing of the backend. https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2
 */
export async function attempt(request: Outgoing, options: AttemptOptions): Promise<Outcome> {
  const { connections } = options;
  if (request.refusal !== undefined) {
    return { kind: "fault", code: "request_refused", detail: request.refusal };
  }
  const message = messageOf(request, options);
  const first = new ReplyHandler(options);
  // A body that can be sent only once goes where no connection can be closing under it.
  if (request.rest === undefined) connections.dispatch(message, first);
  else connections.dispatchFresh(message, first);
  let { outcome, keptLostAfterMs = Infinity } = await first.exchange;
  if (outcome.kind === "fault" && keptLostAfterMs < BEGUN_MS && !options.mayCreate) {
    options.reading.onRepeat({ detail: outcome.detail, afterMs: keptLostAfterMs });
    const second = new ReplyHandler(options);
    connections.dispatchFresh(message, second);
    ({ outcome } = await second.exchange);
  }
  if (outcome.kind === "fault") return outcome;
  options.reading.onHead();
  if (outcome.connection !== undefined) return outcome;
  if (outcome.status >= 400) return await withErrorText(outcome, options);
  return await examined(outcome, request.method, options);
}

function messageOf(
  request: Outgoing,
  { timeouts, streamed, upgrade, mayCreate }: AttemptOptions,
): BackendRequest {
  const { method, target, headers } = request;
  const headTimeoutMs = streamed ? timeouts.firstByteStreamedMs : timeouts.firstByteMs;
  const body = contentOf(request);
  return { method, target, headers, body, headTimeoutMs, upgrade, mayCreate };
}

/** The length that the caller announced frames what is sent on, too. */
function contentOf({ body, rest }: Outgoing): BackendRequest["body"] {
  if (rest === undefined) return body;
  return { chunks: passing(inOnePiece(body), rest.upload), lengthBytes: rest.announcedBytes };
}

async function withErrorText(
  reply: Reply,
  { timeouts, streamed, signal }: AttemptOptions,
): Promise<Reply | Fault> {
  reply.body.limitSilence(timeouts.idleMs);
  const withinMs = Math.min(ERROR_BODY_MS, firstContentOf(timeouts, streamed));
  await reply.body.settled(signal, { withinMs });
  if (signal.aborted) return left(reply, "while an error reply came in");
  const coding = codingOf(reply);
  const copy = await decodeCopy(reply.body.peek(), coding, { maxBytes: ERROR_TEXT_BYTES });
  return { ...reply, errorText: copy === undefined ? "" : new TextDecoder().decode(copy.bytes) };
}

async function examined(
  reply: Reply,
  method: string,
  options: AttemptOptions,
): Promise<Reply | Fault> {
  const { timeouts, expects, streamed, signal, reading } = options;
  const contentType = headerValue(reply.headers, "content-type") ?? "";
  if (expects === undefined || !promisesAnything(reply, { method, streamed, contentType })) {
    reply.body.limitSilence(timeouts.idleMs);
    if (reading.wantsReply) readAlong(reply, reading);
    return reply;
  }
  const inspected = await inspect(reply.body, {
    expects,
    reading,
    streamed,
    contentType,
    coding: codingOf(reply),
    firstContentMs: firstContentOf(timeouts, streamed),
    holdMs: options.holdLeftMs?.() ?? Infinity,
    idleMs: timeouts.idleMs,
    signal,
  });
  if (inspected === undefined) return left(reply, "while the reply was held");
  const { inspection, errorText, gate } = inspected;
  return { ...reply, inspection, errorText, gate };
}

/** 204, HEAD and redirects promise no body; a call without a stream may be answered with media. */
function promisesAnything(
  { status }: Reply,
  { method, streamed, contentType }: {
    readonly method: string;
    readonly streamed: boolean;
    readonly contentType: string;
  },
): boolean {
  return status < 300 && hasBody(method, status) && (streamed || !MEDIA.test(contentType));
}

const MEDIA = /^\s*(?:audio|image|video|multipart|application\/(?:octet-stream|vnd\.amazon))/i;

function firstContentOf(timeouts: Timeouts, streamed: boolean): number {
  return streamed ? timeouts.firstContentStreamedMs : timeouts.firstContentMs;
}

/** Several lines are one list (RFC 9110, section 5.3). */
function codingOf({ headers }: Reply): string | undefined {
  const lines = headers.filter((header) => isField(header, "content-encoding"));
  if (lines.length === 0) return undefined;
  const coding = lines.map(([, value]) => value).join(",").trim().toLowerCase();
  return coding === "" || coding === "identity" ? undefined : coding;
}

function left(reply: Reply, detail: string): Fault {
  reply.body.discard();
  return { kind: "fault", code: "caller_left", detail };
}

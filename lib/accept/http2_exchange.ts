/** One request over HTTP/2, and its response. https://www.rfc-editor.org/rfc/rfc9113#section-8 */
import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { type CallerResponse, hasBody } from "../wire/caller_response.ts";
import { headerValue, type RawHeaders } from "../wire/headers.ts";
import type { Incoming } from "../wire/incoming.ts";
import { Departure, type Leaving } from "../wire/leaving.ts";
import { pass, timerMs } from "./pass.ts";
import { type RequestBody, requestBody } from "./request_body.ts";

export interface Http2Request {
  readonly stream: ServerHttp2Stream;
  /** Names and values by turns, pseudo-header fields included. */
  readonly raw: readonly string[];
}

/** Takes a request and sends what the handler answers. */
export async function exchangeOverHttp2(
  { stream, raw }: Http2Request,
  handler: (incoming: Incoming) => Promise<CallerResponse>,
): Promise<void> {
  const leaving = new Departure();
  // Not by whether the stream finished: one that the caller resets finishes too.
  let whole = false;
  stream.on("close", () => {
    if (!whole) leaving.leave();
  });
  // Without a listener, a stream that breaks would be an uncaught error.
  stream.on("error", () => {});
  const fields = pairsOf(raw);
  const body = requestBody(stream, headerValue(fields, "content-length"));
  const incoming = incomingOf({ stream, fields, body }, leaving);
  const response = await handler(incoming);
  const giveUp = () => void stream.destroy();
  body.discard({ giveUp, answered: false });
  const onWhole = () => whole = true;
  await send(response, { stream, method: incoming.method, signal: leaving, onWhole });
  body.discard({ giveUp, answered: true });
}

interface Opened {
  readonly stream: ServerHttp2Stream;
  readonly fields: RawHeaders;
  readonly body: RequestBody;
}

function incomingOf({ stream, fields, body }: Opened, signal: Leaving): Incoming {
  const { remoteAddress, remotePort } = stream.session?.socket ?? {};
  return {
    method: headerValue(fields, ":method") ?? "GET",
    target: headerValue(fields, ":path") ?? "/",
    headers: headersOf(fields),
    caller: `${remoteAddress}:${remotePort}`,
    signal,
    read: body.read,
    reader: body.reader,
  };
}

function pairsOf(raw: readonly string[]): RawHeaders {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] ?? "", raw[at + 1] ?? ""]);
  return pairs;
}

/**
 * The fields as HTTP/1.1 has them: the authority is the Host, and a Cookie that was sent in crumbs is
 * one again. https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3
 */
function headersOf(fields: RawHeaders): RawHeaders {
  const authority = headerValue(fields, ":authority");
  const crumbs = fields.filter(([name]) => name === "cookie").map(([, value]) => value);
  const firstCrumb = fields.findIndex(([name]) => name === "cookie");
  const kept = fields.flatMap(([name, value], at): RawHeaders => {
    if (name.startsWith(":") || UPGRADE.test(name)) return [];
    if (name === "host" && authority !== undefined) return [];
    if (name !== "cookie") return [[name, value]];
    return at === firstCrumb ? [[name, crumbs.join("; ")]] : [];
  });
  return authority === undefined ? kept : [["host", authority], ...kept];
}

/** HTTP/2 upgrades nothing (RFC 9113, section 8.6). */
const UPGRADE = /^upgrade$/i;

interface Answering {
  readonly stream: ServerHttp2Stream;
  readonly method: string;
  /** Aborts when the caller goes away. */
  readonly signal: Leaving;
  /** Told before the response is ended in order. */
  readonly onWhole: () => void;
}

/** A 205 has no body, and HTTP/2 has no other way to say that it is empty. */
const RESET_CONTENT = 205;

async function send(
  { status, headers, body }: CallerResponse,
  { stream, method, signal, onWhole }: Answering,
): Promise<void> {
  const source = body instanceof Uint8Array ? undefined : body;
  if (source !== undefined) signal.addEventListener("abort", () => source.cancel());
  if (signal.aborted) return source?.cancel();
  const bodily = hasBody(method, status) && status !== RESET_CONTENT;
  const lines = bodily || status !== RESET_CONTENT ? headers : withoutLength(headers);
  const framed = lines.some(([name]) => name.toLowerCase() === "content-length");
  const length = bodily && !framed && body instanceof Uint8Array;
  respond(stream, [
    [":status", String(status)],
    ...lines,
    ...length ? [["content-length", String(body.length)] as const] : [],
  ], { endStream: !bodily });
  const end = (rest?: Uint8Array) => {
    onWhole();
    stream.end(rest);
  };
  if (!bodily) {
    onWhole();
    return source?.cancel("its response has no body");
  }
  if (body instanceof Uint8Array) return end(body);
  await pass(body, stream, {
    end: () => end(),
    cut: () => cut(stream, body.patienceMs),
    giveUp: () => void stream.destroy(new Error("the caller takes nothing")),
  });
}

function withoutLength(headers: RawHeaders): RawHeaders {
  return headers.filter(([name]) => name.toLowerCase() !== "content-length");
}

/** In HTTP/2 names are lower-case. As one list, fields keep their order and stay apart. */
function respond(
  stream: ServerHttp2Stream,
  headers: RawHeaders,
  options: { readonly endStream: boolean },
): void {
  const flat = headers.flatMap(([name, value]) => [name.toLowerCase(), value]);
  // The type does not know of lists yet.
  stream.respond(flat as unknown as OutgoingHttpHeaders, options);
}

/**
 * RST_STREAM, after what was written. Only `destroy` with an error sends one: `close`, whatever its
 * code, ends the stream in order first (Deno 2.9.6), and a cut would look whole.
 */
function cut(stream: ServerHttp2Stream, patienceMs: number): void {
  if (stream.destroyed) return;
  const reset = () => void stream.destroy(new Error("the backend's reply broke off"));
  const timer = setTimeout(reset, timerMs(patienceMs));
  stream.on("close", () => clearTimeout(timer));
  stream.write(new Uint8Array(), reset);
}

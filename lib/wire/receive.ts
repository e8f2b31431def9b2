/** The caller's request as it stands on the wire: target, headers, body, and what the body names. */
import { type RawHeaders } from "./headers.ts";
import { scanTopLevel, type Span, stringAt } from "./json_scan.ts";

/** A request read to its last byte. */
export interface Received {
  readonly kind: "received";
  readonly method: string;
  /** Path and query, byte for byte (one character a byte). */
  readonly target: string;
  /** The target without its query. */
  readonly path: string;
  readonly headers: RawHeaders;
  readonly body: Uint8Array;
  readonly fields: BodyFields;
}

/** What routing needs to know of a body. */
export type BodyFields =
  | { readonly kind: "none" }
  | { readonly kind: "malformed"; readonly offset: number }
  | {
    readonly kind: "object";
    /** The last top-level `model` decides; undefined when it is not a string. */
    readonly model: string | undefined;
    /** Where every top-level `model` value stands. */
    readonly modelSpans: readonly Span[];
    readonly streamed: boolean;
  };

/** A body that never arrived whole. */
export type BodyFault =
  | { readonly kind: "too_large"; readonly limitBytes: number }
  | { readonly kind: "caller_left" };

/** Path and query of a request URL as they stood in the request line. */
export function targetOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const target = start < 0 ? "/" : url.slice(start);
  return ASCII.test(target) ? target : bytesAsText(new TextEncoder().encode(target));
}

/** A target without its query. */
export function pathOf(target: string): string {
  return target.replace(/[?#].*$/s, "");
}

// deno-lint-ignore no-control-regex -- the ASCII range starts with control characters
const ASCII = /^[\x00-\x7f]*$/;

function bytesAsText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
}

/** The request with its body read and scanned, or why there is no whole body. */
export async function receive(
  request: Request,
  options: { readonly maxBodyBytes: number },
): Promise<Received | BodyFault> {
  const body = await readBody(request, options.maxBodyBytes);
  if (!(body instanceof Uint8Array)) return body;
  const target = targetOf(request.url);
  const path = pathOf(target);
  const headers = [...request.headers];
  return {
    kind: "received",
    method: request.method,
    target,
    path,
    headers,
    body,
    fields: fieldsOf(body),
  };
}

async function readBody(request: Request, limitBytes: number): Promise<Uint8Array | BodyFault> {
  if (request.body === null) return new Uint8Array();
  const announced = Number(request.headers.get("content-length") ?? NaN);
  if (announced > limitBytes) return { kind: "too_large", limitBytes };
  try {
    // A known length within the limit is read in one go, which costs a third of reading by chunks.
    if (announced >= 0) return await request.bytes();
    return await readChunks(request.body, limitBytes);
  } catch {
    return { kind: "caller_left" };
  }
}

async function readChunks(
  stream: ReadableStream<Uint8Array>,
  limitBytes: number,
): Promise<Uint8Array | BodyFault> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > limitBytes) return { kind: "too_large", limitBytes };
    chunks.push(chunk);
  }
  return concat(chunks, length);
}

/** The chunks as one; a lone chunk is given as it is. */
export function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function fieldsOf(body: Uint8Array): BodyFields {
  if (body.length === 0) return { kind: "none" };
  const scan = scanTopLevel(body, ["model", "stream"]);
  if (scan.kind === "malformed") return { kind: "malformed", offset: scan.offset };
  if (scan.kind === "not_object") return { kind: "none" };
  const modelSpans = scan.members.get("model") ?? [];
  const last = modelSpans.at(-1);
  if (last === undefined) return { kind: "none" };
  const stream = scan.members.get("stream")?.at(-1);
  const streamed = stream !== undefined && body[stream.start] === LETTER_T;
  return { kind: "object", model: stringAt(body, last), modelSpans, streamed };
}

/** `true` is the only JSON value that starts with a t. */
const LETTER_T = 0x74;

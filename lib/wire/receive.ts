/** The caller's request read to its last byte, and what it names. */
import { dialectOf } from "../dialect/dialect.ts";
import { type BodyReading, bodyReadingOf } from "./body_reading.ts";
import { headerValue, type RawHeaders } from "./headers.ts";
import type { BodyFault, Incoming } from "./incoming.ts";
import type { ModelPlace, QueryPlace } from "./model_place.ts";
import { pathPlaceIn } from "./path_place.ts";
import { type Coded, contentEncodingOf, decodeRequest } from "./request_coding.ts";
import { urlValues } from "./url_values.ts";

/** A request read to its last byte. */
export interface Received extends BodyReading {
  readonly kind: "received";
  readonly method: string;
  /** Path and query, byte for byte (one character a byte). */
  readonly target: string;
  /** The target without its query. */
  readonly path: string;
  readonly headers: RawHeaders;
  /** Decoded where it could be; else as it came. */
  readonly body: Uint8Array;
  /** How it came, where it was decoded. */
  readonly coded: Coded | undefined;
  /** Every place that names the model: of the path, of the query, of the body. */
  readonly models: readonly ModelPlace[];
}

/** The request with its body read, decoded and scanned, or why there is no whole body. */
export async function receive(
  incoming: Incoming,
  limits: { readonly maxBodyBytes: number },
): Promise<Received | BodyFault> {
  const bytes = await incoming.read(limits.maxBodyBytes);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const { method, target, headers } = incoming;
  const request = { kind: "received", method, target, path: pathOf(target), headers } as const;
  const contentEncoding = bytes.length === 0 ? undefined : contentEncodingOf(headers);
  if (contentEncoding === undefined) {
    return { ...request, body: bytes, coded: undefined, ...readingOf(request, bytes) };
  }
  const decoded = await decodeRequest(bytes, contentEncoding, limits);
  if ("kind" in decoded) {
    return { ...request, body: bytes, coded: undefined, ...UNREAD, fields: decoded };
  }
  return { ...request, ...decoded, ...readingOf(request, decoded.body) };
}

const UNREAD = { members: new Map(), models: [] } as const;

/** What the request names, and what its decoded body says. */
function readingOf(
  { target, path, headers }: Pick<Received, "target" | "path" | "headers">,
  body: Uint8Array,
): BodyReading {
  const dialect = dialectOf(path, headers);
  const place = pathPlaceIn(path, headers);
  const contentType = headerValue(headers, "content-type") ?? "";
  const reading = bodyReadingOf(body, { contentType, dialect, namedByPath: place !== undefined });
  const outside = [
    ...place === undefined ? [] : [place],
    ...queryPlaces(target, dialect.queryModels),
  ];
  return outside.length === 0 ? reading : { ...reading, models: [...outside, ...reading.models] };
}

/** A parameter without a value says nothing. */
function queryPlaces(target: string, names: readonly string[]): QueryPlace[] {
  const mark = target.indexOf("?");
  if (mark < 0) return [];
  return urlValues(target, mark + 1, names).filter(({ value }) => value !== "")
    .map(({ span, value }) => ({ kind: "query", span, name: value }));
}

/** A target without its query. */
export function pathOf(target: string): string {
  return target.replace(/[?#].*$/s, "");
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

/** The caller's request read, and what it names. */
import { type Dialect, dialectOf } from "../dialect/dialect.ts";
import { type BodyReading, bodyReadingInSteps, bodyReadingOf, isForm } from "./body_reading.ts";
import { headerValue, type RawHeaders } from "./headers.ts";
import type { BodyFault, Incoming, Room } from "./incoming.ts";
import type { ModelPlace, QueryPlace } from "./model_place.ts";
import { pathPlaceIn } from "./path_place.ts";
import { type Coded, contentEncodingOf, decodeRequest } from "./request_coding.ts";
import { inTurns, SLICE_BYTES } from "./turns.ts";
import { isUpload, readStart, type Upload, UPLOAD_START_BYTES } from "./upload.ts";
import { urlValues } from "./url_values.ts";

/** A request read to its last byte, but for the rest of an upload. */
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
  /** What follows `body`, of an upload that is too large to be held; undefined where nothing does. */
  readonly rest: Upload | undefined;
  /** How it came, where it was decoded. */
  readonly coded: Coded | undefined;
  /** Every place that names the model: of the path, of the query, of the body. */
  readonly models: readonly ModelPlace[];
}

export interface BodyLimits {
  readonly maxBodyBytes: number;
  /** Where what is held of the body finds room; undefined where only its size counts. */
  readonly room?: Room;
  /** Whether an upload is read whole too: what it says matters. Default not. */
  readonly readsUploads?: boolean;
}

/** The request with its body read, decoded and scanned, or why there is no whole body. */
export async function receive(
  incoming: Incoming,
  limits: BodyLimits,
): Promise<Received | BodyFault> {
  const { method, target, headers } = incoming;
  const request = { kind: "received", method, target, path: pathOf(target), headers } as const;
  if (limits.readsUploads !== true && isUpload(request.path, headers)) {
    const begun = await readStart(incoming.reader(), UPLOAD_START_BYTES, limits);
    if ("kind" in begun) return begun;
    const { start: body, rest } = begun;
    return {
      ...request,
      body,
      coded: undefined,
      rest,
      ...UNREAD,
      models: placesOutside(request, dialectOf(request.path, headers)),
    };
  }
  const bytes = await incoming.read(limits.maxBodyBytes, limits.room);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const raw = { ...request, body: bytes, coded: undefined, rest: undefined };
  const contentEncoding = bytes.length === 0 ? undefined : contentEncodingOf(headers);
  if (contentEncoding === undefined) return withReading(raw, await readingOf(request, bytes));
  const decoded = await decodeRequest(bytes, contentEncoding, limits);
  if ("kind" in decoded) {
    return decoded.kind === "no_room" ? decoded : { ...raw, ...UNREAD, fields: decoded };
  }
  return withReading({ ...raw, ...decoded }, await readingOf(request, decoded.body));
}

function withReading(
  raw: Omit<Received, keyof BodyReading>,
  { fields, members, models }: BodyReading,
): Received {
  return { ...raw, fields, members, models };
}

/** What there is to know of a body that is not looked into. */
const UNREAD = { fields: { kind: "none" }, members: new Map(), models: [] } as const;

type Addressed = Pick<Received, "target" | "path" | "headers">;

/** What the request names, and what its decoded body says. */
function readingOf(request: Addressed, body: Uint8Array): BodyReading | Promise<BodyReading> {
  const { path, headers } = request;
  const dialect = dialectOf(path, headers);
  const outside = placesOutside(request, dialect);
  const namedByPath = outside.some(({ kind }) => kind === "path");
  const contentType = headerValue(headers, "content-type") ?? "";
  const options = { contentType, dialect, namedByPath };
  const atOnceBytes = isForm(contentType) ? FORM_AT_ONCE_BYTES : SLICE_BYTES;
  const withOutside = (reading: BodyReading) =>
    outside.length === 0 ? reading : { ...reading, models: [...outside, ...reading.models] };
  return body.length > atOnceBytes
    ? inTurns(bodyReadingInSteps(body, options)).then(withOutside)
    : withOutside(bodyReadingOf(body, options));
}

/** Each byte of a form may cost a hundred times what one of JSON does. */
const FORM_AT_ONCE_BYTES = 16 * 1024;

/** Where path and query name the model. */
function placesOutside(
  { target, path, headers }: Addressed,
  dialect: Dialect,
): readonly ModelPlace[] {
  const place = pathPlaceIn(path, headers, dialect);
  const inQuery = queryPlaces(target, dialect.queryModels);
  return place === undefined ? inQuery : [place, ...inQuery];
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
  const end = target.search(/[?#]/);
  return end < 0 ? target : target.slice(0, end);
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

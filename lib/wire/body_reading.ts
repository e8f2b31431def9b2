/** What a body says to whoever routes it: JSON or a form, in one pass over its bytes. */
import type { Dialect, JsonPath } from "../dialect/dialect.ts";
import { BELONGING_KEYS } from "./belonging.ts";
import { formReading, malformedForm } from "./form_reading.ts";
import { valuesAt } from "./json_places.ts";
import { MOST_REPEATS, scanInSteps, scanTopLevel } from "./json_scan.ts";
import { type Span, stringAt } from "./json_string.ts";
import { WantedKeys } from "./wanted_keys.ts";
import type { Members } from "./members.ts";
import { isNameLong, type JsonPlace, type ModelPlace } from "./model_place.ts";
import type { Undecoded } from "./request_coding.ts";
import { atOnce, SLICE_BYTES, type Steps } from "./turns.ts";

/** What kind of body it is. */
export type BodyFields =
  /** Nothing, or something that is neither an object nor a form. */
  | { readonly kind: "none" }
  | { readonly kind: "object" | "form"; readonly streamed: boolean }
  /** No JSON from `offset` on. */
  | { readonly kind: "malformed"; readonly offset: number }
  /** A form that is not clear; `detail` says why, for a person. */
  | { readonly kind: "malformed_form"; readonly detail: string }
  /** It names its model again and again, more often than can be looked at. */
  | { readonly kind: "repetitive" }
  | Undecoded;

export interface BodyReading {
  readonly fields: BodyFields;
  /** Where it has its values of `BELONGING_KEYS`; empty where it is no JSON object. */
  readonly members: Members;
  /** Where it names the model, in the order written. */
  readonly models: readonly ModelPlace[];
}

export interface BodyReadingOptions {
  /** Empty where the request has none. */
  readonly contentType: string;
  readonly dialect: Dialect;
  /** Whether the path names the model, so that the body may repeat it in places of its own. */
  readonly namedByPath: boolean;
}

const NOTHING: BodyReading = { fields: { kind: "none" }, members: new Map(), models: [] };

/** The reading of a decoded body, at once. */
export function bodyReadingOf(body: Uint8Array, options: BodyReadingOptions): BodyReading {
  return atOnce(bodyReadingInSteps(body, options));
}

/** The same, with a pause after each slice of the body. */
export function* bodyReadingInSteps(
  body: Uint8Array,
  options: BodyReadingOptions,
): Steps<BodyReading> {
  const reading = yield* readingInSteps(body, options);
  const isRepetitive = reading.models.length >= MOST_REPEATS;
  return isRepetitive ? { ...NOTHING, fields: { kind: "repetitive" } } : reading;
}

function* readingInSteps(body: Uint8Array, options: BodyReadingOptions): Steps<BodyReading> {
  if (body.length === 0) return NOTHING;
  const json = yield* jsonReading(body, options);
  if (!isForm(options.contentType)) return json;
  // Some clients call JSON a form without being asked: curl's -d does.
  const form = yield* formReading(body, options);
  if (form.fields.kind === "malformed_form") return form;
  const isJson = json.fields.kind === "object";
  if (form.models.length === 0) return isJson || body[0] === OPENING_BRACE ? json : form;
  return isJson ? malformedForm("it is JSON, and names a model as a form too") : form;
}

/** Whether a Content-Type says that the body is a form. */
export function isForm(contentType: string): boolean {
  return FORM.test(contentType);
}

const FORM = /^\s*(?:multipart\/|application\/x-www-form-urlencoded)/i;
const OPENING_BRACE = 0x7b;

const KEYS = ["model", "stream", ...BELONGING_KEYS];
const WANTED = new WantedKeys(KEYS);

function* jsonReading(
  body: Uint8Array,
  { dialect, namedByPath }: BodyReadingOptions,
): Steps<BodyReading> {
  const repeated = namedByPath ? dialect.repeatedModels : [];
  const wanted = repeated.length === 0 ? WANTED : wantedWith(repeated);
  const scan = body.length > SLICE_BYTES
    ? yield* scanInSteps(body, wanted)
    : scanTopLevel(body, wanted);
  if (scan.kind === "malformed") return reading(scan);
  if (scan.kind === "not_object") return NOTHING;
  const { members } = scan;
  const stream = members.get("stream")?.at(-1);
  const streamed = stream !== undefined && body[stream.start] === LETTER_T;
  const top = members.get("model") ?? [];
  const deeper: Span[] = [];
  for (const path of repeated) deeper.push(...yield* repeatedAt(body, members, path));
  const models: ModelPlace[] = [];
  for (const span of [...top, ...deeper]) {
    models.push(jsonPlace(body, span, dialect));
    if (models.length % PLACES_AT_ONCE === 0) yield;
  }
  return { fields: { kind: "object", streamed }, members, models };
}

/** Each is a name of at most a few kilobytes. */
const PLACES_AT_ONCE = 256;

/** `true` is the only JSON value that starts with a t. */
const LETTER_T = 0x74;

function wantedWith(paths: readonly JsonPath[]): WantedKeys {
  return new WantedKeys([...KEYS, ...topKeysOf(paths)]);
}

function topKeysOf(paths: readonly JsonPath[]): string[] {
  return paths.flatMap(([step]) => step === "*" ? [] : step ?? []);
}

function* repeatedAt(
  body: Uint8Array,
  members: Members,
  [keys = "*", ...rest]: JsonPath,
): Steps<Span[]> {
  const spans = keys === "*" ? [] : keys.flatMap((key) => members.get(key) ?? []);
  const found: Span[] = [];
  for (const span of spans) {
    found.push(...yield* valuesAt(body, span, rest));
    yield;
  }
  return found;
}

function jsonPlace(body: Uint8Array, span: Span, { modelPrefix }: Dialect): JsonPlace {
  const written = isNameLong(span) ? undefined : stringAt(body, span);
  const prefix = written?.startsWith(modelPrefix) ? modelPrefix : "";
  return { kind: "json", span, name: written?.slice(prefix.length), prefix };
}

function reading(fields: BodyFields): BodyReading {
  return { fields, members: new Map(), models: [] };
}

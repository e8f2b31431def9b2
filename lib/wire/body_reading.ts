/** What a body says to whoever routes it: JSON or a form, in one pass over its bytes. */
import { Buffer } from "node:buffer";
import type { Dialect, JsonPath } from "../dialect/dialect.ts";
import { BELONGING_KEYS } from "./belonging.ts";
import { parameterReadings } from "./header_parameters.ts";
import { valuesAt } from "./json_places.ts";
import { scanTopLevel, type Span, stringAt, WantedKeys } from "./json_scan.ts";
import type { Members } from "./members.ts";
import type { FormPlace, JsonPlace, ModelPlace } from "./model_place.ts";
import { type FormField, scanForm } from "./multipart.ts";
import type { Undecoded } from "./request_coding.ts";
import { urlValues } from "./url_values.ts";

/** What kind of body it is. */
export type BodyFields =
  /** Nothing, or something that is neither an object nor a form. */
  | { readonly kind: "none" }
  | { readonly kind: "object" | "form"; readonly streamed: boolean }
  /** No JSON from `offset` on. */
  | { readonly kind: "malformed"; readonly offset: number }
  /** A form that is not clear; `detail` says why, for a person. */
  | { readonly kind: "malformed_form"; readonly detail: string }
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

/** The reading of a decoded body. */
export function bodyReadingOf(body: Uint8Array, options: BodyReadingOptions): BodyReading {
  if (body.length === 0) return NOTHING;
  const json = jsonReading(body, options);
  if (!FORM.test(options.contentType)) return json;
  // Some clients call JSON a form without being asked: curl's -d does.
  const form = formReading(body, options);
  if (form.fields.kind === "malformed_form") return form;
  const isJson = json.fields.kind === "object";
  if (form.models.length === 0) return isJson || body[0] === OPENING_BRACE ? json : form;
  return isJson ? malformedForm("it is JSON, and names a model as a form too") : form;
}

const FORM = /^\s*(?:multipart\/|application\/x-www-form-urlencoded)/i;
const OPENING_BRACE = 0x7b;

const NAMES = ["model", "stream"];
const KEYS = [...NAMES, ...BELONGING_KEYS];
const WANTED = new WantedKeys(KEYS);

function jsonReading(
  body: Uint8Array,
  { dialect, namedByPath }: BodyReadingOptions,
): BodyReading {
  const repeated = namedByPath ? dialect.repeatedModels : [];
  const scan = scanTopLevel(body, repeated.length === 0 ? WANTED : wantedWith(repeated));
  if (scan.kind === "malformed") return reading(scan);
  if (scan.kind === "not_object") return NOTHING;
  const { members } = scan;
  const stream = members.get("stream")?.at(-1);
  const streamed = stream !== undefined && body[stream.start] === LETTER_T;
  const top = members.get("model") ?? [];
  const deeper = repeated.flatMap((path) => repeatedAt(body, members, path));
  const models = [...top, ...deeper].map((span) => jsonPlace(body, span, dialect));
  return { fields: { kind: "object", streamed }, members, models };
}

/** `true` is the only JSON value that starts with a t. */
const LETTER_T = 0x74;

function wantedWith(paths: readonly JsonPath[]): WantedKeys {
  return new WantedKeys([...KEYS, ...topKeysOf(paths)]);
}

function topKeysOf(paths: readonly JsonPath[]): string[] {
  return paths.flatMap(([step]) => step === "*" ? [] : step ?? []);
}

function repeatedAt(body: Uint8Array, members: Members, [keys = "*", ...rest]: JsonPath): Span[] {
  const spans = keys === "*" ? [] : keys.flatMap((key) => members.get(key) ?? []);
  return spans.flatMap((span) => valuesAt(body, span, rest));
}

function jsonPlace(body: Uint8Array, span: Span, { modelPrefix }: Dialect): JsonPlace {
  const written = stringAt(body, span);
  const prefix = written?.startsWith(modelPrefix) ? modelPrefix : "";
  return { kind: "json", span, name: written?.slice(prefix.length), prefix };
}

function formReading(body: Uint8Array, { contentType, dialect }: BodyReadingOptions): BodyReading {
  if (!/^\s*multipart\//i.test(contentType)) return urlencodedReading(body, dialect);
  const boundaries = new Set(
    parameterReadings(contentType).flat().filter(({ name, value }) =>
      name === "boundary" && value !== ""
    ).map(({ value }) => value),
  );
  const [boundary] = boundaries;
  if (boundary === undefined) return NOTHING;
  if (boundaries.size > 1) return malformedForm("its Content-Type has more than one boundary");
  const scan = scanForm(body, boundary, NAMES);
  if (scan.kind === "malformed") return malformedForm(scan.detail);
  const text = ({ value }: FormField) => utf8.decode(body.subarray(value.start, value.end));
  const named = (name: string) => scan.fields.filter((field) => field.name === name);
  const models = named("model").map((field): ModelPlace => ({
    kind: "multipart",
    span: field.value,
    name: text(field),
    boundary,
    length: field.length,
  }));
  return formOf(models, named("stream").map(text));
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

function urlencodedReading(body: Uint8Array, { queryModels }: Dialect): BodyReading {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
  const models = urlValues(text, 0, queryModels)
    .map(({ span, value }): FormPlace => ({ kind: "form", span, name: value }));
  return formOf(models, urlValues(text, 0, ["stream"]).map(({ value }) => value));
}

function formOf(models: readonly ModelPlace[], streams: readonly string[]): BodyReading {
  const streamed = /^(?:true|1)$/i.test(streams.at(-1) ?? "");
  return { ...reading({ kind: "form", streamed }), models };
}

function malformedForm(detail: string): BodyReading {
  return reading({ kind: "malformed_form", detail });
}

function reading(fields: BodyFields): BodyReading {
  return { fields, members: new Map(), models: [] };
}

/** What a form says to whoever routes it: its model, and whether it asks for a stream. */
import type { Dialect } from "../dialect/dialect.ts";
import type { BodyReading, BodyReadingOptions } from "./body_reading.ts";
import { parameterReadings } from "./header_parameters.ts";
import { type FormPlace, isNameLong, type ModelPlace } from "./model_place.ts";
import { type FormField, formInSteps } from "./multipart.ts";
import type { Steps } from "./turns.ts";
import { urlValuesIn } from "./url_values.ts";

const NAMES = ["model", "stream"];

/** The reading of a body that its Content-Type calls a form, with a pause after each slice. */
export function* formReading(
  body: Uint8Array,
  { contentType, dialect }: BodyReadingOptions,
): Steps<BodyReading> {
  if (!/^\s*multipart\//i.test(contentType)) return yield* urlencodedReading(body, dialect);
  const boundaries = new Set(
    parameterReadings(contentType).flat().filter(({ name, value }) =>
      name === "boundary" && value !== ""
    ).map(({ value }) => value),
  );
  const [boundary] = boundaries;
  if (boundary === undefined) return { fields: { kind: "none" }, members: new Map(), models: [] };
  if (boundaries.size > 1) return malformedForm("its Content-Type has more than one boundary");
  const scan = yield* formInSteps(body, boundary, NAMES);
  if (scan.kind === "malformed") return malformedForm(scan.detail);
  const text = ({ value }: FormField) =>
    isNameLong(value) ? undefined : utf8.decode(body.subarray(value.start, value.end));
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

function* urlencodedReading(body: Uint8Array, { queryModels }: Dialect): Steps<BodyReading> {
  const found = yield* urlValuesIn(body, [...queryModels, "stream"]);
  const models = found.filter(({ name }) => name !== "stream")
    .map(({ span, value }): FormPlace => ({ kind: "form", span, name: value }));
  const streams = found.filter(({ name }) => name === "stream");
  return formOf(models, streams.map(({ value }) => value));
}

function formOf(
  models: readonly ModelPlace[],
  streams: readonly (string | undefined)[],
): BodyReading {
  const streamed = /^(?:true|1)$/i.test(streams.at(-1) ?? "");
  return { fields: { kind: "form", streamed }, members: new Map(), models };
}

/** A form that is not clear; `detail` says why, for a person. */
export function malformedForm(detail: string): BodyReading {
  return { fields: { kind: "malformed_form", detail }, members: new Map(), models: [] };
}

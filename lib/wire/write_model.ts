/** Puts a model's name where a request names its model; every other byte stays. */
import { Buffer } from "node:buffer";
import { hasDotSegment } from "./path_place.ts";
import type { ModelPlace, MultipartPlace, PathPlace } from "./model_place.ts";
import { type Edit, splice, type SplicedBody, spliceStart } from "./splice.ts";
import type { Steps } from "./turns.ts";

/**
 * Why a name cannot be written into one of the places without changing more than the name, for a
 * person; undefined where it can.
 */
export function whyUnwritable(places: readonly ModelPlace[], model: string): string | undefined {
  for (const place of places) {
    if (place.kind === "path" && hasDotSegment(pathSpelling(place, model))) {
      return `the model ${JSON.stringify(model)} would lead elsewhere in the path`;
    }
    if (place.kind === "multipart" && breaksOut(place, model)) {
      return `the model ${JSON.stringify(model)} cannot stand in a form with this boundary`;
    }
  }
  return undefined;
}

/** The target with the model in its path and its query. */
export function targetNaming(
  target: string,
  places: readonly ModelPlace[],
  model: string,
): string {
  let named = "";
  let from = 0;
  for (const place of places) {
    if (place.kind !== "path" && place.kind !== "query") continue;
    named += target.slice(from, place.span.start) + spelling(place, model);
    from = place.span.end;
  }
  return named + target.slice(from);
}

/** The body with the model in it; the array given where it names none. */
export function bodyNaming(
  body: Uint8Array,
  places: readonly ModelPlace[],
  model: string,
): Uint8Array {
  const edits = editsOf(places, model);
  return edits.length === 0 ? body : splice(body, edits);
}

/** The same, with pauses, and the tail of a long body left where it stands. */
export function* bodyNamingInSteps(
  body: Uint8Array,
  places: readonly ModelPlace[],
  model: string,
): Steps<Uint8Array | SplicedBody> {
  const edits = editsOf(places, model);
  return edits.length === 0 ? body : yield* spliceStart(body, edits);
}

/** In the order of their places. */
function editsOf(places: readonly ModelPlace[], model: string): Edit[] {
  const edits = places.flatMap((place) => {
    return place.kind === "path" || place.kind === "query" ? [] : editsFor(place, model);
  });
  return edits.sort((a, b) => a.span.start - b.span.start);
}

function editsFor(place: ModelPlace, model: string): Edit[] {
  const bytes = utf8.encode(spelling(place, model));
  const edit = { span: place.span, bytes };
  if (place.kind !== "multipart" || place.length === undefined) return [edit];
  return [{ span: place.length, bytes: utf8.encode(String(bytes.length)) }, edit];
}

function spelling(place: ModelPlace, model: string): string {
  switch (place.kind) {
    case "json":
      return JSON.stringify(place.prefix + model);
    case "multipart":
      return model;
    case "query":
    case "form":
      return percentEncoded(model);
    case "path":
      return pathSpelling(place, model);
  }
}

function pathSpelling({ slash }: PathPlace, model: string): string {
  const encoded = percentEncoded(model);
  return slash === "stays" ? encoded.replaceAll("%2F", "/") : encoded;
}

/** A lone surrogate has no encoding. */
function percentEncoded(model: string): string {
  return encodeURIComponent(model.toWellFormed());
}

/** Whether a name would end its line or its part. */
function breaksOut({ boundary }: MultipartPlace, model: string): boolean {
  const bytes = Buffer.from(model).toString("latin1");
  return /[\r\n\0]/.test(model) || bytes.includes(`--${boundary}`);
}

const utf8 = new TextEncoder();

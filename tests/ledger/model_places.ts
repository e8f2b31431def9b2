/** Every place of a request in which a model is named, as the decision on model places has it. */
import type { Buffer } from "node:buffer";
import { jsonPlaces, type Place, textOf } from "./json_model_places.ts";

/** A model's name as it stands in a target or a body. */
export interface Naming extends Place {
  /** Undefined where it is no text. */
  readonly name: string | undefined;
  /** Every spelling in which another name may stand there. */
  readonly spellings: (model: string) => readonly string[];
}

/** Gemini's `…/models/ALIAS:method`, and Azure's `…/deployments/ALIAS/…`. */
const IN_PATH = /^([^?#]*\/(?:models|deployments)\/)([^:?#]+?)(?=[:?#]|\/[^?#]*(?:[?#]|$)|$)/s;

export function pathNamings(target: string): Naming[] {
  const [, before = "", alias] = IN_PATH.exec(target) ?? [];
  if (alias === undefined) return [];
  const place = { start: before.length, end: before.length + alias.length };
  return [{ ...place, name: percentDecoded(alias), spellings: inPath }];
}

function inPath(model: string): string[] {
  const encoded = encodeURIComponent(model);
  return [encoded, encoded.replaceAll("%2F", "/")];
}

export function queryNamings(target: string): Naming[] {
  const mark = target.indexOf("?");
  return mark < 0 ? [] : parameters(target, mark + 1, /^(?:model|deployment)$/);
}

/** One byte a character. */
function parameters(text: string, start: number, wanted: RegExp): Naming[] {
  const found: Naming[] = [];
  let at = start;
  for (const part of text.slice(start).split(/[&#]/)) {
    const equals = part.indexOf("=");
    const end = at + part.length;
    if (equals >= 0 && wanted.test(percentDecoded(part.slice(0, equals)))) {
      const name = percentDecoded(part.slice(equals + 1).replaceAll("+", " "));
      const spellings = (model: string) => [encodeURIComponent(model)];
      found.push({ start: at + equals + 1, end, name, spellings });
    }
    at = end + 1;
  }
  return found;
}

export function bodyNamings(
  body: Buffer,
  { contentType, target }: { readonly contentType: string; readonly target: string },
): Naming[] {
  const boundary = /^multipart\/form-data\b.*?\bboundary="?([^";]+)/is.exec(contentType)?.[1];
  if (boundary !== undefined) return partNamings(body, boundary);
  const json = jsonNamings(body, GEMINI.test(target) ? GEMINI_PATHS : TOP);
  const isForm = json.length === 0 && /^application\/x-www-form-urlencoded/i.test(contentType);
  return isForm ? parameters(body.toString("latin1"), 0, /^model$/) : json;
}

const TOP: ReadonlySet<string> = new Set(["model"]);

/** Where Gemini's requests repeat the model of their path. */
const GEMINI = /\/models\/[^?]+:\w+/;
const GEMINI_PATHS: ReadonlySet<string> = new Set([
  "model",
  "generateContentRequest.model",
  "generate_content_request.model",
  "requests.*.model",
  "batch.model",
  "batch.inputConfig.requests.requests.*.request.model",
  "batch.input_config.requests.requests.*.request.model",
]);

function jsonNamings(body: Buffer, paths: ReadonlySet<string>): Naming[] {
  return jsonPlaces(body, paths).map((place) => {
    const text = textOf(body, place);
    const prefix = text?.startsWith("models/") ? "models/" : "";
    const spellings = (model: string) => [JSON.stringify(prefix + model)];
    return { ...place, name: text?.slice(prefix.length), spellings };
  });
}

const MODEL_PART = /^content-disposition:[^\r\n]*;\s*name\s*=\s*"?model"?\s*(?:;|\r|$)/im;

/** https://www.rfc-editor.org/rfc/rfc7578#section-4 */
function partNamings(body: Buffer, boundary: string): Naming[] {
  const namings: Naming[] = [];
  for (let at = body.indexOf(`--${boundary}`); at >= 0;) {
    const next = body.indexOf(`\r\n--${boundary}`, at + 2);
    const start = body.indexOf("\r\n\r\n", at) + 4;
    if (next < 0 || start < 4 || start > next) break;
    const head = body.toString("latin1", at, start);
    const place = { start, end: next };
    if (MODEL_PART.test(head)) {
      namings.push(...partLengths(head, at), {
        ...place,
        name: body.toString("utf8", start, next),
        spellings: (model) => [model],
      });
    }
    at = next + 2;
  }
  return namings;
}

/** The part's own Content-Length, which some clients send. */
function partLengths(head: string, at: number): Naming[] {
  const [, before = "", digits] = /^(.*\r\ncontent-length:\s*)(\d+)/is.exec(head) ?? [];
  if (digits === undefined) return [];
  const start = at + before.length;
  const spellings = (model: string) => [String(new TextEncoder().encode(model).length)];
  return [{ start, end: start + digits.length, name: undefined, spellings }];
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Answers to requests that cannot be routed: each says what to change. */
import type { Problem } from "../dialect/dialect.ts";
import type { RawHeaders } from "../wire/headers.ts";
import type { ModelPlace } from "../wire/model_place.ts";
import type { Received } from "../wire/receive.ts";
import type { Undecoded } from "../wire/request_coding.ts";

/** Why a body cannot be read; undefined where it can, or where it is no business of ours. */
export function unreadable({ fields, headers, body }: Received): Problem | undefined {
  switch (fields.kind) {
    case "undecoded":
      return undecoded(fields);
    case "malformed_form":
      return problem(400, "invalid_form", `The form cannot be read: ${fields.detail}.`);
    case "malformed": {
      if (!claimsJson(headers, body)) return undefined;
      const where = `it stops being JSON at byte ${fields.offset} of ${body.length}`;
      return problem(400, "invalid_json", `The request body is not valid JSON: ${where}.`);
    }
    case "repetitive": {
      const message = "The request names its model thousands of times. Name it once.";
      return problem(400, "invalid_model", message);
    }
    default:
      return undefined;
  }
}

function claimsJson(headers: RawHeaders, body: Uint8Array): boolean {
  const [, type] = headers.find(([name]) => name.toLowerCase() === "content-type") ?? [];
  return /json/i.test(type ?? "application/json") || body[0] === OPENING_BRACE;
}

function undecoded({ contentEncoding, why, limitBytes, supported }: Undecoded): Problem {
  const body = `The request body (content-encoding: ${shortened(contentEncoding)})`;
  switch (why) {
    case "unsupported": {
      const fix = `Send it under one of ${supported.join(", ")}, or uncompressed.`;
      const message = `${body} is under a coding that cannot be read here. ${fix}`;
      return problem(415, "unsupported_content_encoding", message);
    }
    case "damaged": {
      const message =
        `${body} cannot be decoded: it is damaged, cut short, or more than one stream.`;
      return problem(400, "invalid_content_encoding", message);
    }
    case "too_large": {
      const limit = `${Math.round(limitBytes / 1024 / 1024 * 100) / 100} MB`;
      const message = `${body} is larger than ${limit} once decoded: the proxy's ` +
        "limits.max_body_mb, or more than any reasonable body expands to.";
      return problem(413, "body_too_large", message);
    }
  }
}

export function nameless({ method, path }: Received, aliases: readonly string[]): Problem {
  const what = `${method} ${path} names no model, so no route can be chosen.`;
  const names = listed(aliases);
  const fix = `Name one in a JSON body, a form field or the query, as "model": ${names}, or ` +
    `configure a default_backend.${OF_ADMIN.test(path) ? ADMIN_PORT : ""}`;
  return problem(400, "model_missing", `${what} ${fix}`);
}

/** Paths of the admin port, as people look for them on this one. */
const OF_ADMIN = /^\/(?:$|index\.html$|metrics$|dashboard|admin|ui|login|api\/(?!v1|hello))/;
const ADMIN_PORT = " The dashboard and /metrics are on a port of their own: admin.listen in the " +
  "configuration, 127.0.0.1:8081 where it says nothing.";

/** @param near the aliases closest to it */
export function unknownModel(name: string, near: readonly string[]): Problem {
  const hint = near.length > 0 ? `Nearest aliases: ${listed(near)}.` : "No alias is configured.";
  return problem(400, "unknown_model", `Unknown model ${quoted(name)}. ${hint}`);
}

/** A name that no alias has, and the default backend will not be asked for. */
export function modelTooLong(name: string): Problem {
  const message = `Unknown model ${
    quoted(name)
  }: a name that no alias has is at most 512 bytes long.`;
  return problem(400, "unknown_model", message);
}

export function turnedOff(name: string): Problem {
  const message = `Model ${quoted(name)} is turned off (enabled: false) in the configuration.`;
  return problem(400, "model_disabled", message);
}

export function modelNotText(): Problem {
  const message = `The "model" must be a non-empty string naming an alias, of at most 4096 bytes.`;
  return problem(400, "invalid_model", message);
}

export function pathUnclear(): Problem {
  const message = "The path names a model, but not plainly: it has . or .. segments, or " +
    "percent-encodes what needs no encoding.";
  return problem(400, "invalid_path", message);
}

/** Two places with a model each, and no vendor's rule which of them counts. */
export function modelsDisagree(deciding: ModelPlace, other: ModelPlace): Problem {
  const message = `The request names two models: ${said(deciding)} and ${said(other)}. ` +
    "Send the same name in both, or leave one out.";
  return problem(400, "models_disagree", message);
}

function said({ kind, name = "" }: ModelPlace): string {
  return `${quoted(name)} in ${PLACE_WORDS[kind]}`;
}

const PLACE_WORDS = {
  path: "the path",
  query: "the query",
  multipart: "the form",
  form: "the form",
  json: "the JSON body",
} as const;

function problem(status: number, code: string, message: string): Problem {
  return { status, code, message };
}

const OPENING_BRACE = 0x7b;
const LISTED_AT_MOST = 20;
const QUOTED_CHARACTERS = 100;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED_AT_MOST).map(quoted).join(", ");
  const rest = names.length - LISTED_AT_MOST;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

function quoted(name: string): string {
  return JSON.stringify(shortened(name));
}

/** A text of the caller's as far as an answer quotes it. */
export function shortened(text: string): string {
  return text.length > QUOTED_CHARACTERS ? `${text.slice(0, QUOTED_CHARACTERS)}…` : text;
}

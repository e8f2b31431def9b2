/** What a request asks for: a call on an alias, or a refusal that tells its caller what to change. */
import type { Alias, Snapshot } from "../config/snapshot.ts";
import { countsTokens, type Dialect, dialectOf, type Problem } from "../dialect/dialect.ts";
import type { RawHeaders } from "../wire/headers.ts";
import type { BodyFields, Received } from "../wire/receive.ts";
import type { Span } from "../wire/json_scan.ts";

/** A request understood. */
export interface Call {
  readonly kind: "call";
  readonly alias: Alias;
  readonly dialect: Dialect;
  readonly countsTokens: boolean;
  readonly streamed: boolean;
  readonly modelSpans: readonly Span[];
}

/** A request that cannot be a call; the problem is the answer. */
export interface Refusal {
  readonly kind: "refusal";
  readonly problem: Problem;
}

export interface IdentifyOptions {
  readonly snapshot: Snapshot;
  /** The candidates closest to a word, closest first. */
  readonly nearest: (
    word: string,
    candidates: readonly string[],
    options: { readonly count: number },
  ) => readonly string[];
}

/** The names callers may use. */
export function aliasNames(snapshot: Snapshot): string[] {
  return [...snapshot.aliases.values()].filter((alias) => alias.enabled).map(({ name }) => name);
}

/** The call a request makes, or why it makes none. */
export function identify(received: Received, options: IdentifyOptions): Call | Refusal {
  const { fields, headers, path } = received;
  const coding = valueOf(headers, "content-encoding");
  if (coding !== undefined && coding !== "identity") return compressed(coding);
  if (fields.kind !== "object") return nameless(received, fields, options.snapshot);
  if (fields.model === undefined || fields.model === "") return modelNotText();
  const alias = options.snapshot.aliases.get(fields.model);
  if (alias === undefined) return unknownModel(fields.model, options);
  if (!alias.enabled) return turnedOff(alias.name);
  return {
    kind: "call",
    alias,
    dialect: dialectOf(path, headers),
    countsTokens: countsTokens(path),
    streamed: fields.streamed,
    modelSpans: fields.modelSpans,
  };
}

function nameless(received: Received, fields: BodyFields, snapshot: Snapshot): Refusal {
  const type = valueOf(received.headers, "content-type") ?? "application/json";
  if (fields.kind === "malformed" && (/json/i.test(type) || received.body[0] === OPENING_BRACE)) {
    const where = `it stops being JSON at byte ${fields.offset} of ${received.body.length}`;
    return refusal(400, "invalid_json", `The request body is not valid JSON: ${where}.`);
  }
  const what = `${received.method} ${received.path} names no model, so no route can be chosen.`;
  const fix = `Send a JSON object with a top-level "model", one of ${
    listed(aliasNames(snapshot))
  }.`;
  return refusal(400, "model_missing", `${what} ${fix}`);
}

function unknownModel(name: string, { snapshot, nearest }: IdentifyOptions): Refusal {
  const near = nearest(name, aliasNames(snapshot), { count: NEAREST_LISTED });
  const hint = near.length > 0 ? `Nearest aliases: ${listed(near)}.` : "No alias is configured.";
  return refusal(400, "unknown_model", `Unknown model ${quoted(name)}. ${hint}`);
}

function turnedOff(name: string): Refusal {
  const message = `Model ${quoted(name)} is turned off (enabled: false) in the configuration.`;
  return refusal(400, "model_disabled", message);
}

function modelNotText(): Refusal {
  const message = `The top-level "model" must be a non-empty string naming an alias.`;
  return refusal(400, "invalid_model", message);
}

function compressed(coding: string): Refusal {
  const message = `The request body is compressed (content-encoding: ${coding}), so its model ` +
    "cannot be read. Send it uncompressed.";
  return refusal(415, "unsupported_content_encoding", message);
}

function refusal(status: number, code: string, message: string): Refusal {
  return { kind: "refusal", problem: { status, code, message } };
}

function valueOf(headers: RawHeaders, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

const OPENING_BRACE = 0x7b;
const NEAREST_LISTED = 3;
const LISTED_AT_MOST = 20;
const QUOTED_CHARACTERS = 100;

function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED_AT_MOST).map(quoted).join(", ");
  const rest = names.length - LISTED_AT_MOST;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

function quoted(name: string): string {
  const short = name.length > QUOTED_CHARACTERS ? `${name.slice(0, QUOTED_CHARACTERS)}…` : name;
  return JSON.stringify(short);
}

/** What a request asks for: a call on an alias, or a refusal that tells its caller what to change. */
import type { Alias, Backend, Snapshot } from "../config/snapshot.ts";
import { type Dialect, dialectOf, type PathSpan, type Problem } from "../dialect/dialect.ts";
import type { Operation } from "../dialect/event_format.ts";
import { operationOf } from "../dialect/operations.ts";
import { asksForWebSocket, modelInQuery } from "../dialect/websocket.ts";
import { websocketWithoutModel } from "./problems.ts";
import type { RawHeaders } from "../wire/headers.ts";
import type { Received } from "../wire/receive.ts";
import type { Span } from "../wire/json_scan.ts";

/** A request understood. */
export interface Call {
  readonly kind: "call";
  /** Its routes; of the default backend, one made for this call. */
  readonly alias: Alias;
  readonly dialect: Dialect;
  /** Undefined where no model works for the caller: files, batches, jobs, unknown paths. */
  readonly operation: Operation | undefined;
  readonly streamed: boolean;
  /** Whether it asks for a WebSocket. */
  readonly upgrade: boolean;
  /** Where the model stands, to be replaced: in the body, or in the path (a WebSocket's: or the query). */
  readonly modelSpans: readonly Span[];
  readonly pathSpan: PathSpan | undefined;
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
  /** The backend that keeps what a request names; undefined where none is known to. */
  readonly keeper: (received: Received) => Backend | undefined;
}

/** The names callers may use. */
export function aliasNames(snapshot: Snapshot): string[] {
  return [...snapshot.aliases.values()].filter((alias) => alias.enabled).map(({ name }) => name);
}

/** The call a request makes, or why it makes none. */
export function identify(received: Received, options: IdentifyOptions): Call | Refusal {
  const { fields, headers, path, target } = received;
  const { snapshot } = options;
  const coding = valueOf(headers, "content-encoding");
  if (coding !== undefined && coding !== "identity") return compressed(coding);
  const dialect = dialectOf(path, headers);
  const upgrade = asksForWebSocket(received);
  const pathSpan = dialect.modelInPath(path) ?? (upgrade ? modelInQuery(target) : undefined);
  if (pathSpan !== undefined) {
    return named(decoded(target, pathSpan), { received, pathSpan, modelSpans: [] }, options);
  }
  if (upgrade) return { kind: "refusal", problem: websocketWithoutModel(path) };
  if (fields.kind !== "object") {
    const refusal = malformed(received);
    if (refusal !== undefined) return refusal;
    const taker = enabled(options.keeper(received)) ?? snapshot.defaultBackend;
    return taker === undefined ? nameless(received, snapshot) : passing(NO_MODEL, taker, received);
  }
  const { model, modelSpans } = fields;
  if (model === undefined || model === "") return modelNotText();
  return named(model, { received, pathSpan, modelSpans }, options);
}

interface Naming {
  readonly received: Received;
  readonly pathSpan: PathSpan | undefined;
  readonly modelSpans: readonly Span[];
}

/** The call on the alias of that name; on the default backend where there is no such alias. */
function named(name: string, naming: Naming, options: IdentifyOptions): Call | Refusal {
  const { received, pathSpan, modelSpans } = naming;
  const { snapshot } = options;
  const alias = snapshot.aliases.get(name);
  if (alias === undefined) {
    const taker = snapshot.defaultBackend;
    return taker === undefined ? unknownModel(name, options) : passing(name, taker, received);
  }
  if (!alias.enabled) return turnedOff(alias.name);
  return { ...callOn(alias, received), modelSpans, pathSpan };
}

/** Stands for the model in records. */
const NO_MODEL = "no model";

/** What no alias leads to goes to one backend as it came. */
function passing(name: string, backend: Backend, received: Received): Call {
  const routes = [{ backend, model: name, priority: 1, weight: 1, enabled: true }];
  const alias = { name, enabled: true, balance: "weighted", routes, fallbackTo: [] } as const;
  return callOn(alias, received);
}

function enabled(backend: Backend | undefined): Backend | undefined {
  return backend?.enabled === true ? backend : undefined;
}

function callOn(alias: Alias, received: Received): Call {
  const { method, path, headers, fields } = received;
  const upgrade = asksForWebSocket(received);
  const operation = operationOf(method, path);
  const asked = (fields.kind === "object" || fields.kind === "nameless") && fields.streamed;
  return {
    kind: "call",
    alias,
    dialect: dialectOf(path, headers),
    operation,
    // Whoever waits for a WebSocket waits for its head, as with a stream.
    streamed: asked || operation?.streamedByPath === true || upgrade,
    upgrade,
    modelSpans: [],
    pathSpan: undefined,
  };
}

function decoded(target: string, { start, end }: PathSpan): string {
  const written = target.slice(start, end);
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

function malformed({ fields, headers, body }: Received): Refusal | undefined {
  if (fields.kind !== "malformed") return undefined;
  const type = valueOf(headers, "content-type") ?? "application/json";
  if (!/json/i.test(type) && body[0] !== OPENING_BRACE) return undefined;
  const where = `it stops being JSON at byte ${fields.offset} of ${body.length}`;
  return refusal(400, "invalid_json", `The request body is not valid JSON: ${where}.`);
}

function nameless({ method, path }: Received, snapshot: Snapshot): Refusal {
  const what = `${method} ${path} names no model, so no route can be chosen.`;
  const names = listed(aliasNames(snapshot));
  const fix = `Send a JSON object with a top-level "model", one of ${names}, or configure a ` +
    "default_backend.";
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

/** What a request asks for: a call on an alias, or a refusal that tells its caller what to change. */
import type { Alias, Backend, KnownCaller, Snapshot } from "../config/snapshot.ts";
import { type Dialect, dialectOf, type Problem } from "../dialect/dialect.ts";
import type { Operation } from "../dialect/event_format.ts";
import { operationOf } from "../dialect/operations.ts";
import { asksForWebSocket } from "../dialect/websocket.ts";
import type { ModelPlace } from "../wire/model_place.ts";
import type { Received } from "../wire/receive.ts";
import type { Allows, ModelFinding } from "../wire/model_finding.ts";
import {
  callNotAllowed,
  isModelCall,
  isRestricted,
  mayUse,
  modelNotAllowed,
  modelWanted,
  otherModel,
} from "./allowance.ts";
import { type NamedModel, namedModel } from "./named_model.ts";
import { websocketWithoutModel } from "./problems.ts";
import {
  modelTooLong,
  nameless,
  shortened,
  turnedOff,
  unknownModel,
  unreadable,
} from "./refusals.ts";

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
  /** Where the route's model goes, instead of the caller's. */
  readonly places: readonly ModelPlace[];
}

/** A request that cannot be a call; the problem is the answer. */
export interface Refusal {
  readonly kind: "refusal";
  readonly problem: Problem;
}

export interface IdentifyOptions {
  readonly snapshot: Snapshot;
  /** Who calls; undefined where nobody needs to say. */
  readonly caller: KnownCaller | undefined;
  /** The candidates closest to a word, closest first. */
  readonly nearest: (
    word: string,
    candidates: readonly string[],
    options: { readonly count: number },
  ) => readonly string[];
  /** The backend that keeps what a request names; undefined where none is known to. */
  readonly keeper: (received: Received) => Backend | undefined;
  /** What of a request some server may read as a model that is not allowed. */
  readonly otherModelIn: (received: Received, allows: Allows) => ModelFinding | undefined;
}

/** The names this caller may use; of `undefined`, those that anybody may. */
export function aliasNames(snapshot: Snapshot, caller: KnownCaller | undefined): string[] {
  return [...snapshot.aliases.values()]
    .filter(({ enabled, name }) => enabled && mayUse(caller, name))
    .map(({ name }) => name);
}

/** The call a request makes, or why it makes none. */
export function identify(received: Received, options: IdentifyOptions): Call | Refusal {
  const { snapshot, caller, keeper } = options;
  const problem = outsideList(received, options) ?? unreadable(received);
  if (problem !== undefined) return refusal(problem);
  const model = namedModel(received.models);
  if (model?.kind === "unnameable") return refusal(model.problem);
  if (model !== undefined) {
    const other = besideList(model, received, options);
    return other === undefined ? callOfName(model, received, options) : refusal(other);
  }
  if (asksForWebSocket(received)) return refusal(websocketWithoutModel(received.path));
  if (isRestricted(caller)) return refusal(modelWanted(caller, callOf(received)));
  const taker = enabled(keeper(received)) ?? snapshot.defaultBackend;
  if (taker === undefined) return refusal(nameless(received, aliasNames(snapshot, caller)));
  return passing({ name: NO_MODEL, places: [] }, taker, received);
}

/** Why a caller with a list of models may not make this call at all. */
function outsideList(
  received: Received,
  { caller, snapshot: { aliases } }: IdentifyOptions,
): Problem | undefined {
  if (!isRestricted(caller) || isModelCall(received, (name) => aliases.has(name))) return undefined;
  return callNotAllowed(caller, callOf(received));
}

/** Why it may not make it on a model that it may use: the request may say another one, too. */
function besideList(
  { name }: NamedModel,
  received: Received,
  { caller, otherModelIn }: IdentifyOptions,
): Problem | undefined {
  if (!isRestricted(caller) || !mayUse(caller, name)) return undefined;
  const finding = otherModelIn(received, (name) => mayUse(caller, name));
  return finding && otherModel(caller, finding);
}

function callOf({ method, path }: Received): string {
  return `${method} ${shortened(path)}`;
}

/** What, besides the model, tells a call. */
export type CallForm = Pick<Received, "method" | "path" | "headers" | "fields">;

/** The call on the alias of that name; on the default backend where there is no such alias. */
export function callOfName(
  { name, places }: Omit<NamedModel, "kind">,
  received: CallForm,
  { snapshot, caller, nearest }: Omit<IdentifyOptions, "keeper" | "otherModelIn">,
): Call | Refusal {
  if (caller !== undefined && !mayUse(caller, name)) {
    return refusal(modelNotAllowed(caller, shortened(name)));
  }
  const alias = snapshot.aliases.get(name);
  if (alias !== undefined) {
    return alias.enabled ? callOn(alias, places, received) : refusal(turnedOff(name));
  }
  const taker = snapshot.defaultBackend;
  if (taker === undefined) {
    return refusal(unknownModel(name, nearest(name, aliasNames(snapshot, caller), NEAREST)));
  }
  if (isTooLong(name)) return refusal(modelTooLong(name));
  // What says otherwise must not be what the backend reads.
  const others = places.filter((place) => place.name !== name);
  return passing({ name, places: others }, taker, received);
}

/**
 * Longer than any vendor's name (an ARN of Bedrock has some 200 characters). What no alias has is kept in
 * records and cooldowns as it came, so it has to end somewhere.
 */
const LONGEST_UNKNOWN_BYTES = 512;

function isTooLong(name: string): boolean {
  if (name.length * 3 <= LONGEST_UNKNOWN_BYTES) return false;
  return new TextEncoder().encode(name).length > LONGEST_UNKNOWN_BYTES;
}

/** Stands for the model in records. */
const NO_MODEL = "no model";

/** What no alias leads to goes to one backend as it came. */
function passing(
  { name, places }: Omit<NamedModel, "kind">,
  backend: Backend,
  received: CallForm,
): Call {
  const route = { backend, model: name, priority: 1, weight: 1, enabled: true, isInvented: true };
  const routes = [route];
  const alias = { name, enabled: true, balance: "weighted", routes, fallbackTo: [] } as const;
  return callOn(alias, places, received);
}

function enabled(backend: Backend | undefined): Backend | undefined {
  return backend?.enabled === true ? backend : undefined;
}

function callOn(
  alias: Alias,
  places: readonly ModelPlace[],
  received: CallForm,
): Call {
  const { method, path, headers, fields } = received;
  const upgrade = asksForWebSocket(received);
  const operation = operationOf(method, path);
  const asked = (fields.kind === "object" || fields.kind === "form") && fields.streamed;
  return {
    kind: "call",
    alias,
    dialect: dialectOf(path, headers),
    operation,
    // Whoever waits for a WebSocket waits for its head, as with a stream.
    streamed: asked || operation?.streamedByPath === true || upgrade,
    upgrade,
    places,
  };
}

function refusal(problem: Problem): Refusal {
  return { kind: "refusal", problem };
}

/** As many as an error can list. */
const NEAREST = { count: 3 };

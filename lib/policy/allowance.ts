/** Who may call, and what: the answers to those who may not. */
import type { KnownCaller } from "../config/snapshot.ts";
import type { Problem } from "../dialect/dialect.ts";
import { modelCallAt } from "../dialect/operations.ts";
import { asksForWebSocket } from "../dialect/websocket.ts";
import type { RawHeaders } from "../wire/headers.ts";
import type { ModelFinding } from "../wire/model_finding.ts";
import type { ModelPlace, PathPlace } from "../wire/model_place.ts";

/** Whether a caller may call a model by this name; everybody may where there are no callers to know. */
export function mayUse(caller: KnownCaller | undefined, name: string): boolean {
  const models = caller?.models;
  return models === undefined || models.some(({ matches }) => matches(name));
}

/** A caller that may use some models only, and so make only the calls that a model answers. */
export type RestrictedCaller = KnownCaller & {
  readonly models: NonNullable<KnownCaller["models"]>;
};

/** Whether a caller is held to a list. With a star in it, every call is allowed, and those without a model. */
export function isRestricted(caller: KnownCaller | undefined): caller is RestrictedCaller {
  const models = caller?.models;
  return models !== undefined && !models.some(({ source }) => source === "*");
}

/** What tells which call a request makes. */
export interface CallAddress {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  readonly headers: RawHeaders;
  /** Those of the path first. */
  readonly models: readonly ModelPlace[];
}

/**
 * Whether a model answers a call: by its whole path, and its method. What stands for the model in the path
 * is one plain segment, or the name of an alias, in whose place the backend's own is written.
 */
export function isModelCall(
  call: CallAddress,
  isAlias: (name: string) => boolean,
): boolean {
  const [place] = call.models;
  const inPath = place?.kind === "path" ? place : undefined;
  if (inPath !== undefined && !isPlainIn(call.path, inPath, isAlias)) return false;
  const by = modelCallAt(call.path, inPath?.span);
  if (by === "WebSocket") return asksForWebSocket(call);
  // Who tries a WebSocket first, as Codex does, is told to send plain HTTP (426).
  const isTrial = call.models.length === 0 && asksForWebSocket(call);
  return by === "POST" && (call.method === "POST" || isTrial);
}

function isPlainIn(
  path: string,
  { span, name }: PathPlace,
  isAlias: (name: string) => boolean,
): boolean {
  if (name !== undefined && isAlias(name)) return true;
  return /^[\w.~@:+-]+$/.test(path.slice(span.start, span.end));
}

/** The answer to a request without a key, or with none that is known. */
export function unknownCaller(presentsOne: boolean): Problem {
  const [code, what] = presentsOne
    ? ["unknown_key", "The key of this request is none of this proxy's."]
    : ["missing_key", "This proxy wants a key, and the request has none."];
  const fix =
    "Send the key of one of the configuration's clients as Authorization: Bearer, x-api-key, " +
    "x-goog-api-key, api-key or ?key=.";
  return { status: 401, code, message: `${what} ${fix}` };
}

/** The answer to a caller that may not use the model it names. */
export function modelNotAllowed({ name, models }: KnownCaller, model: string): Problem {
  const what = `The caller ${JSON.stringify(name)} may not use the model ${
    JSON.stringify(shown(model))
  }`;
  return forbidden(`${what}. "models" of its entry in clients allows ${listed(models)}.`);
}

/** The answer to a caller that may only use some models and names none. */
export function modelWanted({ name, models }: KnownCaller, call: string): Problem {
  const what = `${shown(call)} names no model, and the caller ${
    JSON.stringify(name)
  } may only use some`;
  return forbidden(
    `${what} (${
      listed(models)
    }). Name one of them, or put "*" into "models" of its entry in clients.`,
  );
}

/** The answer to a restricted caller that asks for what no model answers. */
export function callNotAllowed({ name, models }: KnownCaller, call: string): Problem {
  const what = `The caller ${JSON.stringify(name)} may not call ${shown(call)}`;
  const why =
    `a caller with a list of models (${listed(models)}) may make the calls that a model ` +
    "answers, such as POST /v1/chat/completions, and no others";
  return {
    status: 403,
    code: "call_not_allowed",
    message: `${what}: ${why}. Put "*" into "models" of its entry in clients to allow every call.`,
  };
}

/** The answer to a restricted caller whose request some server may read as another model's. */
export function otherModel({ name, models }: KnownCaller, finding: ModelFinding): Problem {
  const caller = `The caller ${JSON.stringify(name)} may only use some models (${listed(models)})`;
  if (finding.kind === "unclear") {
    return {
      status: 400,
      code: "unclear_request",
      message: `${caller}, and servers may differ on what this request says: ${finding.why}.`,
    };
  }
  const { where, name: other } = finding;
  const what = other === undefined ? "no plain name of a model" : JSON.stringify(shown(other));
  return forbidden(
    `${caller}, and a server may read another one in ${where}: ${what}. Leave it out.`,
  );
}

/** A name as an answer quotes it: short, and what may be a key cut short. */
function shown(name: string): string {
  const short = name.length > QUOTED_CHARACTERS ? `${name.slice(0, QUOTED_CHARACTERS)}…` : name;
  return short.replace(LIKE_A_KEY, (run) => `${run.slice(0, 4)}…`);
}

/** As vendors' keys begin; and a run of letters and digits that is no word and no date. */
const LIKE_A_KEY =
  /\b(?:sk|pk|rk|csk|xai|gsk|hf|ghp|nvapi|pplx|AIza)[\w-]{12,}|(?=[a-z]*\d)(?=\d*[a-z])[a-z\d]{16,}/gi;

const QUOTED_CHARACTERS = 100;

function forbidden(message: string): Problem {
  return { status: 403, code: "model_not_allowed", message };
}

function listed(models: KnownCaller["models"] = []): string {
  return models.map(({ source }) => JSON.stringify(source)).join(", ") || "none";
}

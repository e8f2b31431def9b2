/** A logged request as it can be sent again: to the proxy, or straight to one backend. */
import type { Backend, Snapshot } from "../config/snapshot.ts";
import { dialectOf } from "../dialect/dialect.ts";
import { type Call, identify } from "../policy/identify.ts";
import { isCredentialHeader } from "../record/credential_names.ts";
import { replaceInQuery } from "../record/credential_places.ts";
import type { LoggedBody, LoggedMessage, RequestLog } from "../record/parse_request_log.ts";
import { injectCredential, placeIn, withoutParameters } from "../wire/credentials.ts";
import { requestHeaders } from "../wire/headers.ts";
import { Departure } from "../wire/leaving.ts";
import { type Outgoing, outgoing } from "../wire/outgoing.ts";
import { receive, type Received } from "../wire/receive.ts";

export interface ReplayOptions {
  readonly snapshot: Snapshot;
  /** The running proxy, as a backend. */
  readonly proxy: Backend;
  /** The name of a backend to send to instead; undefined for the proxy. */
  readonly backendName: string | undefined;
  /** What `LLM_PROXY_KEY` holds; empty for nothing. */
  readonly key: string;
  /** Whether a backend gets its own key, where it has one, in that one's place. */
  readonly usesOwnKeys: boolean;
}

export type Replay =
  | {
    readonly kind: "replay";
    readonly request: Outgoing;
    /** Where it goes. */
    readonly backend: Backend;
    readonly streamed: boolean;
    /** What is not as it was, each a line for a person. */
    readonly notes: readonly string[];
  }
  /** Why it cannot be sent again, for a person. */
  | { readonly kind: "impossible"; readonly why: string };

/** The request to send, or why there is none. No credential of it comes from the log. */
export async function replayOf({ request }: RequestLog, options: ReplayOptions): Promise<Replay> {
  const bare = withoutLogged(request);
  const why = whyNot(request.body) ?? whyNotThere(bare);
  if (why !== undefined) return { kind: "impossible", why };
  const received = await receivedOf(bare);
  const call = identify(received, {
    snapshot: options.snapshot,
    caller: undefined,
    nearest: () => [],
    keeper: () => undefined,
    otherModelIn: () => undefined,
  });
  const streamed = call.kind === "call" && call.streamed;
  const notes = [
    ...request.body.notes.map((note) => `The body was ${note}; it is sent decoded.`),
    ...partlyMasked(request.headers).map((name) => `${name} is masked in the log; it is left out.`),
  ];
  const { backendName, proxy } = options;
  if (backendName === undefined) {
    const sent = toProxy(request, received, options);
    return { kind: "replay", request: sent, backend: proxy, streamed, notes };
  }
  if (call.kind === "refusal") return { kind: "impossible", why: call.problem.message };
  return toBackend(received, { ...options, call, backendName, notes });
}

/** Why a body cannot be sent again as it was. */
function whyNot({ notes }: LoggedBody): string | undefined {
  const note = notes.find((note) => !note.startsWith("decoded from "));
  if (note === undefined) return undefined;
  if (note.startsWith("truncated")) {
    return `its body was ${note} in the log. Raise logging.max_body_kb to keep more of the next ones`;
  }
  return note === "credentials masked"
    ? "credentials stood in its body and are masked in the log"
    : `its body is ${note} and not in the log`;
}

/** How a log shows what it does not show. */
const MASK = "****";

function whyNotThere({ target }: LoggedMessage): string | undefined {
  if (!target.includes(MASK)) return undefined;
  return "credentials stood in its path or query and are masked in the log";
}

/** Names of headers that have a credential in them, and are no place where a key is put. */
function partlyMasked(headers: LoggedMessage["headers"]): readonly string[] {
  return headers.filter((header) => {
    return header[1].includes(MASK) && placeIn({ headers: [header], target: "" }) === undefined;
  }).map(([name]) => name);
}

/** What a log shows of a credential is no credential. */
function withoutLogged({ headers, target, body, method }: LoggedMessage): LoggedMessage {
  const isDecoded = body.notes.length > 0;
  const kept = headers.filter(([name, value]) => {
    const lower = name.toLowerCase();
    return !value.includes(MASK) && !isCredentialHeader(lower) &&
      !(isDecoded && lower === "content-encoding");
  });
  return { method, headers: kept, target: withoutParameters(target, isMasked), body };
}

function isMasked(parameter: string): boolean {
  return replaceInQuery(`?${parameter}`, () => "") !== `?${parameter}`;
}

async function receivedOf({ method, target, headers, body }: LoggedMessage): Promise<Received> {
  const bytes = new TextEncoder().encode(body.text);
  const left = [bytes];
  const received = await receive({
    method,
    target,
    headers,
    caller: "",
    signal: new Departure(),
    read: () => Promise.resolve(bytes),
    reader: () => () => Promise.resolve(left.shift()),
  }, { maxBodyBytes: Infinity });
  if (received.kind === "received") return { ...received, body: bytes, rest: undefined };
  throw new Error(`A body in memory was not received: ${received.kind}`);
}

/** As the caller sent it, with the key where its own credential stood. */
function toProxy(
  logged: LoggedMessage,
  received: Received,
  { proxy, key }: ReplayOptions,
): Outgoing {
  const { method, body } = received;
  const bare = { headers: requestHeaders(received.headers), target: received.target };
  const place = placeIn(logged) ?? dialectOf(received.path, received.headers).credentialHeader;
  const { headers, target } = key === "" ? bare : injectCredential(bare, { key, place });
  const whole = { refusal: undefined, rest: undefined };
  return { method, origin: proxy.origin, target, headers, body, ...whole };
}

interface ToBackend extends ReplayOptions {
  readonly call: Call;
  readonly backendName: string;
  readonly notes: readonly string[];
}

async function toBackend(
  received: Received,
  { snapshot, call, backendName, key: given, usesOwnKeys, notes }: ToBackend,
): Promise<Replay> {
  const backend = snapshot.backends.get(backendName);
  if (backend === undefined) {
    const names = [...snapshot.backends.keys()].map((name) => JSON.stringify(name)).join(", ");
    const why = `there is no backend ${JSON.stringify(backendName)}; there are ${names}`;
    return { kind: "impossible", why };
  }
  const route = call.alias.routes.find((route) => route.backend.name === backendName) ??
    { backend, model: call.alias.name, priority: 1, weight: 1, enabled: true, isInvented: true };
  const own = usesOwnKeys ? backend.keys[0] : undefined;
  const key = own ?? (given === "" ? undefined : given);
  const request = await outgoing(received, { ...call, route, key, keyPlace: undefined });
  return { kind: "replay", request, backend, streamed: call.streamed, notes };
}

/** The few paths that the proxy answers itself; nothing else is reserved. */
import type { KnownCaller, Snapshot } from "./config/snapshot.ts";
import { type Dialect, dialectOf } from "./dialect/dialect.ts";
import { aliasNames } from "./policy/identify.ts";
import type { RawHeaders } from "./wire/headers.ts";
import { jsonAnswer, type OwnAnswer, problemAnswer } from "./wire/own_answer.ts";

const HEALTH: ReadonlySet<string> = new Set(["/health", "/healthz"]);
const MODEL_LISTS: ReadonlySet<string> = new Set(["/models", "/v1/models", "/v1beta/models"]);

/** What clients ask for to see whether anybody is there. */
const GREETINGS: ReadonlySet<string> = new Set(["/", "/api/hello"]);

/** What an endpoint of ours looks at. */
export interface Asked {
  readonly method: string;
  /** Without the query: paging says nothing here. */
  readonly path: string;
  readonly headers: RawHeaders;
}

/** Whether a request asks only whether anybody is there: nobody needs a key for that. */
export function isGreeting({ method, path }: Pick<Asked, "method" | "path">): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  return HEALTH.has(path) || (method === "HEAD" && GREETINGS.has(path));
}

/** The answer of the endpoint that a request asks for; undefined when it is not one of ours. */
export function ownEndpoint(
  { method, path, headers }: Asked,
  { snapshot, caller }: {
    readonly snapshot: Snapshot;
    /** Whose models are listed; undefined for all. */
    readonly caller: KnownCaller | undefined;
  },
): OwnAnswer | undefined {
  if (isGreeting({ method, path })) return text(HEALTH.has(path) ? "ok" : "");
  if (method !== "GET" && method !== "HEAD") return undefined;
  const dialect = dialectOf(path, headers);
  const names = aliasNames(snapshot, caller);
  if (MODEL_LISTS.has(path.replace(/\/$/, ""))) return jsonAnswer(dialect.modelList(names));
  const [, name] = /^(?:\/v1(?:beta)?)?\/models\/(.+)$/.exec(path) ?? [];
  return name === undefined ? undefined : oneModel(name, dialect, names);
}

/** Some clients write an alias's slashes as they are; what else stands below a model is not ours. */
function oneModel(
  encoded: string,
  dialect: Dialect,
  names: readonly string[],
): OwnAnswer | undefined {
  const name = decoded(encoded);
  if (names.includes(name)) return jsonAnswer(dialect.model(name));
  if (encoded.includes("/")) return undefined;
  const shown = JSON.stringify(name);
  const message = `There is no model ${shown} here; /v1/models lists those there are.`;
  return problemAnswer({ status: 404, code: "model_not_found", message }, dialect);
}

function decoded(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

function text(content: string): OwnAnswer {
  const body = new TextEncoder().encode(content);
  return { status: 200, headers: [["content-type", "text/plain; charset=utf-8"]], body };
}

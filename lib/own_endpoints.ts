/** The few paths that the proxy answers itself; nothing else is reserved. */
import type { Snapshot } from "./config/snapshot.ts";
import { type Dialect, dialectOf } from "./dialect/dialect.ts";
import { aliasNames } from "./policy/identify.ts";
import type { RawHeaders } from "./wire/headers.ts";
import { jsonAnswer, type OwnAnswer, problemAnswer } from "./wire/own_answer.ts";

const HEALTH: ReadonlySet<string> = new Set(["/health", "/healthz"]);
const MODEL_LISTS: ReadonlySet<string> = new Set(["/models", "/v1/models", "/v1beta/models"]);

/** What clients ask for to see whether anybody is there. */
const GREETINGS: ReadonlySet<string> = new Set(["/", "/api/hello"]);

/** The answer of the endpoint that a request asks for; undefined when it is not one of ours. */
export function ownEndpoint(
  { method, path, headers }: {
    readonly method: string;
    readonly path: string;
    readonly headers: RawHeaders;
  },
  snapshot: Snapshot,
): OwnAnswer | undefined {
  if (method === "HEAD" && GREETINGS.has(path)) return text("");
  if (method !== "GET" && method !== "HEAD") return undefined;
  if (HEALTH.has(path)) return text("ok");
  const dialect = dialectOf(path, headers);
  if (MODEL_LISTS.has(path)) return jsonAnswer(dialect.modelList(aliasNames(snapshot)));
  const [, name] = /^(?:\/v1(?:beta)?)?\/models\/(.+)$/.exec(path) ?? [];
  return name === undefined ? undefined : oneModel(name, dialect, snapshot);
}

/** Some clients write an alias's slashes as they are; what else stands below a model is not ours. */
function oneModel(encoded: string, dialect: Dialect, snapshot: Snapshot): OwnAnswer | undefined {
  const name = decoded(encoded);
  if (aliasNames(snapshot).includes(name)) return jsonAnswer(dialect.model(name));
  if (encoded.includes("/")) return undefined;
  const message = `There is no model ${
    JSON.stringify(name)
  } here; /v1/models lists those there are.`;
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

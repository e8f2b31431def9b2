/** Problems that are not a matter of routing. */
import type { Problem } from "../dialect/dialect.ts";

/** A request body over the limit. */
export function tooLarge(limitBytes: number): Problem {
  const limit = `${Math.round(limitBytes / 1024 / 1024 * 100) / 100} MB`;
  const message = `The request body is larger than ${limit}, the proxy's limits.max_body_mb.`;
  return { status: 413, code: "body_too_large", message };
}

/** A fault of the proxy's own; the details are in its log under the id. */
export function internalProblem(id: string): Problem {
  const message = `The proxy failed inside while handling this request; its log names it ${id}.`;
  return { status: 500, code: "internal_error", message };
}

/** A WebSocket whose model stands in its first message, at best. Codex takes only a 426 for "use HTTP". */
export function websocketWithoutModel(path: string): Problem {
  const what =
    `A WebSocket on ${path} names no model in its path or query, so no route can be chosen.`;
  const message = `${what} Name an alias there (?model=), or send plain HTTP requests.`;
  return { status: 426, code: "websocket_without_model", message };
}

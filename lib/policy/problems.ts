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

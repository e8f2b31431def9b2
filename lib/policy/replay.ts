/** What may be sent again, and whether a call's body has to be kept for it. */
import type { FallbackSettings } from "../config/snapshot.ts";
import type { Call } from "./identify.ts";
import type { Plan } from "./plan.ts";

/** Whether there may be a second attempt: by another route, or with another key of the only one's pool. */
export function mayRepeat(
  { routes }: Plan,
  { maxAttempts }: Pick<FallbackSettings, "maxAttempts">,
): boolean {
  return (routes.length > 1 && maxAttempts > 1) ||
    routes.some(({ backend }) => backend.auth === "inject" && backend.keys.length > 1);
}

/** Methods that leave the same behind however often they are sent. https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const IDEMPOTENT: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "OPTIONS",
  "PUT",
  "DELETE",
  "QUERY",
  "PROPFIND",
]);

/** Whether a call that is sent twice may do twice what it asks: all but reading, and a model's answers. */
export function mayCreate(method: string, { operation }: Pick<Call, "operation">): boolean {
  return operation === undefined && !IDEMPOTENT.has(method);
}

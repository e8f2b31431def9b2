/** Whether a call's body has to be kept. */
import type { FallbackSettings } from "../config/snapshot.ts";
import type { Plan } from "./plan.ts";

/** Whether there may be a second attempt: by another route, or with another key of the only one's pool. */
export function mayRepeat(
  { routes }: Plan,
  { maxAttempts }: Pick<FallbackSettings, "maxAttempts">,
): boolean {
  return (routes.length > 1 && maxAttempts > 1) ||
    routes.some(({ backend }) => backend.auth === "inject" && backend.keys.length > 1);
}

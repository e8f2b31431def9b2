/** Requests after which node:http is out of step with its caller, so that no other may follow. */
import type { IncomingMessage } from "node:http";
import { type CallerResponse, isSwitched } from "../wire/caller_response.ts";

/**
 * Whether what came after a request in the same packet is lost: node:http drops it behind an offer to
 * switch protocols, though the offer is passed over, and would read the next packet out of step.
 */
export function losesItsPlace({ headers }: IncomingMessage): boolean {
  return headers.upgrade !== undefined;
}

/** Tells the caller where its connection ends with this answer. */
export function ending(answered: CallerResponse, request: IncomingMessage): CallerResponse {
  if (!losesItsPlace(request) || isSwitched(answered)) return answered;
  return { ...answered, headers: [...answered.headers, ["connection", "close"]] };
}

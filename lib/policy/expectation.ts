/** What a call may be answered with, and how a broken stream of it ends. */
import type { Snapshot } from "../config/snapshot.ts";
import type { Expectation } from "../wire/examination.ts";
import type { Call } from "./identify.ts";

/** How a 2xx is looked at before it is passed on; undefined for what no model answers. */
export function expectationOf({ operation }: Call, { detection }: Snapshot) {
  if (operation === undefined) return undefined;
  const { events, kind } = operation;
  const expectation: Expectation = { events, kind, hold: detection.streamGate };
  return expectation;
}

/**
 * For how long a stream that lives may still be held for its content, in milliseconds; `Infinity` for as
 * long as content may take. @param elapsedMs since the request arrived
 */
export function holdLeftMs(elapsedMs: number, { detection: { holdMs } }: Snapshot): number {
  return holdMs === 0 ? Infinity : Math.max(0, holdMs - elapsedMs);
}

/** Words the error event that a broken stream ends with; undefined where it is only cut. */
export function errorEventOf({ operation }: Call, { detection }: Snapshot) {
  if (detection.midStreamError === "abort" || operation === undefined) return undefined;
  return (detail: string) => {
    const message = `The backend's answer broke off: ${detail}. What came so far is not complete.`;
    return operation.events.errorEvent({ status: 502, code: "stream_broken", message });
  };
}

/** Outcomes of attempts, for tests of what follows from them. */
import type { Hint } from "../../lib/policy/cooldown_length.ts";
import type { StreamGate } from "../../lib/wire/gate.ts";
import { HeldBody } from "../../lib/wire/held_body.ts";
import { type Inspection, PASSED } from "../../lib/wire/inspection.ts";
import type { Fault, FaultCode, Reply } from "../../lib/wire/outcome.ts";
import type { RawHeaders } from "../../lib/wire/headers.ts";

const NO_BACKEND = { pause() {}, resume() {}, abort() {} };

interface Said {
  readonly text?: string;
  readonly headers?: RawHeaders;
  readonly inspection?: Inspection;
  readonly gate?: StreamGate;
}

/** A complete reply; its text is the body and, where it reports an error, what was decoded of it. */
export function replyOf(
  status: number,
  { text = "", headers = [], inspection = PASSED, gate }: Said = {},
): Reply {
  const body = new HeldBody(NO_BACKEND, { holdBytes: Infinity });
  if (text !== "") body.push(new TextEncoder().encode(text));
  body.finish({ kind: "complete" });
  const errorText = status >= 400 || saysError(inspection) ? text : "";
  const looks = { errorText, inspection, gate };
  return { kind: "reply", status, headers, body, ...looks, connection: undefined };
}

function saysError({ kind }: Inspection): boolean {
  return kind === "error_body" || kind === "error_event";
}

export function faultOf(code: FaultCode, detail = "detail"): Fault {
  return { kind: "fault", code, detail };
}

/** An error body as OpenAI and most others word it. */
export function errorJson(error: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ error });
}

/** A backend that asks for that long in `Retry-After`; undefined where it asks for nothing. */
export function hintOf(ms: number | undefined): Hint | undefined {
  if (ms === undefined) return undefined;
  return { ms, why: { kind: "asked", by: "retry_after", askedMs: ms, bound: "none" } };
}

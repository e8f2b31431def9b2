/** Outcomes of attempts, for tests of what follows from them. */
import type { Fault, FaultCode, Reply } from "../../lib/wire/outcome.ts";
import { HeldBody } from "../../lib/wire/held_body.ts";
import type { RawHeaders } from "../../lib/wire/headers.ts";

const NO_BACKEND = { pause() {}, resume() {}, abort() {} };

/** A complete reply; its text is both the body and what was decoded of it. */
export function replyOf(
  status: number,
  { text = "", headers = [] }: { readonly text?: string; readonly headers?: RawHeaders } = {},
): Reply {
  const body = new HeldBody(NO_BACKEND, { holdBytes: Infinity });
  if (text !== "") body.push(new TextEncoder().encode(text));
  body.finish({ kind: "complete" });
  return { kind: "reply", status, headers, body, errorText: status < 400 ? "" : text };
}

export function faultOf(code: FaultCode, detail = "detail"): Fault {
  return { kind: "fault", code, detail };
}

/** An error body as OpenAI and most others word it. */
export function errorJson(error: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ error });
}

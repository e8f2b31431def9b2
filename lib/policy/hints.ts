/** How long a backend asks to be left alone. */
import { memberHintMs, quotedLimitMs, wordedHintMs } from "./body_hints.ts";
import { limitResetMs } from "./limit_resets.ts";
import { decimal, waitMs } from "./waits.ts";

/** What of a failed reply can hold a hint. */
export interface HintedReply {
  readonly status: number;
  /** Names in any case, repeated or not. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The decoded body of the error, or the data of the error event. */
  readonly errorText: string;
}

const SHORTEST_MS = 1000;

/**
 * Milliseconds the reply asks to wait, clamped to [1000, maxMs]; undefined when it gives no usable
 * hint. The most explicit source decides: `retry-after-ms`, `Retry-After` (RFC 9110, section
 * 10.2.3), a member of the error made for it (Gemini's `retryDelay` of google.rpc.RetryInfo,
 * `resets_in_seconds` of ChatGPT accounts …), the reset of whatever limit a 429 shows to be used up,
 * then the words of the error's message.
 */
export function retryHintMs(
  reply: HintedReply,
  options: { readonly nowMs: number; readonly maxMs: number },
): number | undefined {
  const { nowMs, maxMs } = options;
  const hintMs = headerHintMs(reply, nowMs) ?? memberHintMs(reply.errorText, nowMs) ??
    resetHintMs(reply, nowMs) ?? messageHintMs(reply);
  if (hintMs === undefined) return undefined;
  return Math.min(maxMs, Math.max(SHORTEST_MS, Math.ceil(hintMs)));
}

function headerHintMs({ headers }: HintedReply, nowMs: number): number | undefined {
  return firstUsable(headers, "retry-after-ms", decimal) ??
    firstUsable(headers, "retry-after", (value) => listedWaitMs(value, nowMs));
}

function firstUsable(
  headers: HintedReply["headers"],
  name: string,
  read: (value: string) => number | undefined,
): number | undefined {
  return headers.filter(([key]) => key.toLowerCase() === name)
    .map(([, value]) => read(value)).find((ms) => ms !== undefined);
}

/** Something on the way may have joined two lines (`20, 20`); a date has a comma of its own. */
function listedWaitMs(value: string, nowMs: number): number | undefined {
  const whole = waitMs(value, nowMs);
  if (whole !== undefined) return whole;
  const waits = value.split(",").map((member) => waitMs(member, nowMs));
  const known = waits.filter((ms) => ms !== undefined);
  return known.length < 2 || known.length < waits.length ? undefined : Math.max(...known);
}

/** Headers tell of limits on every reply; only a 429 is the refusal of one. */
function resetHintMs({ status, headers, errorText }: HintedReply, nowMs: number) {
  if (status !== 429) return quotedLimitMs(errorText, nowMs);
  const values = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
  return limitResetMs(values, nowMs) ?? quotedLimitMs(errorText, nowMs);
}

/** Other refusals may quote the prompt. */
function messageHintMs({ status, errorText }: HintedReply): number | undefined {
  const speaksOfItself = status === 429 || status >= 500 || status < 300;
  return speaksOfItself ? wordedHintMs(errorText) : undefined;
}

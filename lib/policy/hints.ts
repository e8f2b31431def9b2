/** How long a backend asks to be left alone. */
import type { Hint, HintSource } from "./cooldown_length.ts";
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
 * How long the reply asks to wait, clamped to [1000, maxMs]; undefined when it gives no usable
 * hint. The most explicit source decides: `retry-after-ms`, `Retry-After` (RFC 9110, section
 * 10.2.3), a member of the error made for it (Gemini's `retryDelay` of google.rpc.RetryInfo,
 * `resets_in_seconds` of ChatGPT accounts …), the reset of whatever limit a 429 shows to be used up,
 * then the words of the error's message.
 */
export function retryHint(reply: HintedReply, options: HintBounds): Hint | undefined {
  for (const [by, read] of SOURCES) {
    const askedMs = read(reply, options.nowMs);
    if (askedMs !== undefined) return bounded(Math.ceil(askedMs), by, options);
  }
  return undefined;
}

/** @param nowMs the wall clock, in milliseconds since the epoch */
export interface HintBounds {
  readonly nowMs: number;
  readonly maxMs: number;
}

/** The most explicit first. */
const SOURCES: readonly (readonly [HintSource, ReadHint])[] = [
  ["retry_after_ms", ({ headers }) => firstUsable(headers, "retry-after-ms", decimal)],
  ["retry_after", ({ headers }, nowMs) => {
    return firstUsable(headers, "retry-after", (value) => listedWaitMs(value, nowMs));
  }],
  ["member", ({ errorText }, nowMs) => memberHintMs(errorText, nowMs)],
  ["limit", resetHintMs],
  ["message", messageHintMs],
];

/** An account without money is left alone for as long as there is, where it names no wait. */
export function noMoneyHint(maxMs: number): Hint {
  return { ms: maxMs, why: { kind: "no_money" } };
}

type ReadHint = (reply: HintedReply, nowMs: number) => number | undefined;

function bounded(askedMs: number, by: HintSource, { maxMs }: HintBounds): Hint {
  const ms = Math.min(maxMs, Math.max(SHORTEST_MS, askedMs));
  const bound = ms === askedMs ? "none" : ms < askedMs ? "most" : "least";
  return { ms, why: { kind: "asked", by, askedMs, bound } };
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

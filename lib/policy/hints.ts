/** How long a backend asks to be left alone. */
import { isJsonObject, type JsonObject } from "../dialect/json_object.ts";
import { errorMembers } from "./error_members.ts";

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
 * 10.2.3), Gemini's `retryDelay` (google.rpc.RetryInfo), `resets_in_seconds` (ChatGPT accounts),
 * then the reset of whatever limit a 429 shows to be used up.
 */
export function retryHintMs(
  reply: HintedReply,
  options: { readonly nowMs: number; readonly maxMs: number },
): number | undefined {
  const { nowMs, maxMs } = options;
  const hintMs = headerHintMs(reply, nowMs) ?? bodyHintMs(reply.errorText) ??
    resetHintMs(reply, nowMs);
  if (hintMs === undefined) return undefined;
  return Math.min(maxMs, Math.max(SHORTEST_MS, Math.ceil(hintMs)));
}

function headerHintMs({ headers }: HintedReply, nowMs: number): number | undefined {
  return firstUsable(headers, "retry-after-ms", number) ??
    firstUsable(headers, "retry-after", (value) => secondsMs(value) ?? instantMs(value, nowMs));
}

function firstUsable(
  headers: HintedReply["headers"],
  name: string,
  read: (value: string) => number | undefined,
): number | undefined {
  return headers.filter(([key]) => key.toLowerCase() === name)
    .map(([, value]) => read(value)).find((ms) => ms !== undefined);
}

function bodyHintMs(errorText: string): number | undefined {
  const error = errorMembers(errorText);
  const details = Array.isArray(error.details) ? error.details.filter(isJsonObject) : [];
  return firstDelayMs([error, ...details], "retryDelay") ??
    firstDelayMs([error], "resets_in_seconds");
}

function firstDelayMs(places: readonly JsonObject[], name: string): number | undefined {
  return places.map((place) => place[name])
    .map((value) =>
      typeof value === "string" || typeof value === "number" ? secondsMs(`${value}`) : undefined
    )
    .find((ms) => ms !== undefined);
}

/**
 * A limit's reset header: Anthropic's `anthropic-ratelimit-tokens-reset`, OpenAI's
 * `x-ratelimit-reset-tokens`, OpenRouter's plain `x-ratelimit-reset`.
 */
const RESET = /^(?:(anthropic-ratelimit-.+)-reset|(x-ratelimit)-reset(-.+)?)$/;

/** The longest of the resets whose `remaining` is 0: until then at least one limit still refuses. */
function resetHintMs({ status, headers }: HintedReply, nowMs: number): number | undefined {
  if (status !== 429) return undefined;
  const values = new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));
  const waitsMs = [...values].flatMap(([name, value]) => {
    const match = RESET.exec(name);
    if (match === null) return [];
    const [, anthropic, plain, limit = ""] = match;
    const remaining = values.get(`${anthropic ?? plain}-remaining${limit}`);
    if (remaining === undefined || number(remaining) !== 0) return [];
    return resetMs(value, nowMs) ?? [];
  });
  return waitsMs.length > 0 ? Math.max(...waitsMs) : undefined;
}

/** A bare number from here on is an instant: as seconds it would be a wait of 31 years. */
const EPOCH_SECONDS_FROM = 1e9;
const EPOCH_MS_FROM = 1e11;

function resetMs(value: string, nowMs: number): number | undefined {
  const bare = number(value);
  if (bare !== undefined && bare >= EPOCH_MS_FROM) return bare - nowMs;
  if (bare !== undefined && bare >= EPOCH_SECONDS_FROM) return bare * 1000 - nowMs;
  return secondsMs(value) ?? instantMs(value, nowMs);
}

/** A plain decimal; no sign, exponent or word, so neither negative nor NaN. */
function number(value: string): number | undefined {
  return /^\s*\d+(?:\.\d*)?\s*$/.test(value) ? Number(value) : undefined;
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const LONGEST_SPAN_TEXT = 64;
const UNITS = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g;

/** Seconds without a unit (`34.4`), or Go's notation of a span (`34.4s`, `10h17m`, `1m30s`). */
function secondsMs(value: string): number | undefined {
  const seconds = number(value);
  if (seconds !== undefined) return seconds * 1000;
  const text = value.trim();
  // The length is bounded because UNITS takes quadratic time on digits without a unit.
  if (text === "" || text.length > LONGEST_SPAN_TEXT) return undefined;
  if (text.replaceAll(UNITS, "") !== "") return undefined;
  return [...text.matchAll(UNITS)]
    .reduce((totalMs, [, count, unit = ""]) => totalMs + Number(count) * (UNIT_MS[unit] ?? 0), 0);
}

/** An HTTP-date in any of its three forms (RFC 9110, section 5.6.7), or an instant of RFC 3339. */
const INSTANT =
  /^(?:[A-Z][a-z]{2,8}, \d\d[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d GMT|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))$/;

function instantMs(value: string, nowMs: number): number | undefined {
  const text = value.trim();
  if (!INSTANT.test(text)) return undefined; // Date.parse alone finds a year in "-5"
  const isAsctime = /\d{4}$/.test(text) && !text.includes("T");
  const atMs = Date.parse(isAsctime ? `${text} GMT` : text);
  return Number.isNaN(atMs) ? undefined : atMs - nowMs;
}

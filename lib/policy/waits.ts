/** Spans and instants as vendors write them, each read as the milliseconds until it is over. */

/** A plain decimal; no sign, exponent or word, so neither negative nor NaN. */
export function decimal(value: string): number | undefined {
  return /^\s*\d+(?:\.\d*)?\s*$/.test(value) ? Number(value) : undefined;
}

/**
 * The wait until what a value says: seconds (`34.4`), a span in Go's notation (`1m30s`), an HTTP-date, an
 * instant of RFC 3339, or one in seconds or milliseconds since the epoch. Undefined for anything else;
 * negative for an instant that has passed.
 */
export function waitMs(value: string, nowMs: number): number | undefined {
  return epochMs(value, nowMs) ?? spanMs(value) ?? instantMs(value, nowMs);
}

/** A number this close to now, as seconds or milliseconds since the epoch, is an instant and no span. */
const NEAR_MS = 366 * 86_400_000;

function epochMs(value: string, nowMs: number): number | undefined {
  const bare = decimal(value);
  if (bare === undefined) return undefined;
  return [bare * 1000 - nowMs, bare - nowMs].find((ms) => Math.abs(ms) <= NEAR_MS);
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

const LONGEST_SPAN_CHARACTERS = 64;
const UNITS = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h|d)/g;

/** Seconds without a unit (`34.4`), or Go's notation of a span (`34.4s`, `10h17m`, `1m30s`). */
export function spanMs(value: string): number | undefined {
  const seconds = decimal(value);
  if (seconds !== undefined) return seconds * 1000;
  const text = value.trim();
  // The length is bounded because UNITS takes quadratic time on digits without a unit.
  if (text === "" || text.length > LONGEST_SPAN_CHARACTERS) return undefined;
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

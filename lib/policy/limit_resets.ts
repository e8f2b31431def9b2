/** When the limits that a reply's headers show to be used up begin anew. */
import { decimal, waitMs } from "./waits.ts";

/** Headers by their lower-case name. */
export type HeaderValues = ReadonlyMap<string, string>;

/** Of each limit that is used up, the milliseconds until it begins anew. */
type ReadLimits = (headers: HeaderValues, nowMs: number) => readonly number[];

/**
 * The wait for the last of them, in milliseconds: until then at least one limit still refuses. Undefined
 * where no limit is shown to be used up.
 */
export function limitResetMs(headers: HeaderValues, nowMs: number): number | undefined {
  const waits = LIMITS.flatMap((read) => read(headers, nowMs));
  return waits.length === 0 ? undefined : Math.max(...waits);
}

const LIMITS: readonly ReadLimits[] = [
  remainingLimits,
  resetAfterLimits,
  unifiedLimits,
  codexWindows,
  listedLimits,
];

/**
 * A limit's reset: Anthropic's `anthropic-ratelimit-tokens-reset`, OpenAI's `x-ratelimit-reset-tokens`,
 * OpenRouter's plain `x-ratelimit-reset`, and `ratelimit-reset` of the IETF's draft
 * (https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-07.html).
 */
const RESET = /^(?:(anthropic-ratelimit-.+)-reset|((?:x-)?ratelimit)-reset(?!-after)(-.+)?)$/;

/** Those that stand beside a `remaining` of 0. */
function remainingLimits(headers: HeaderValues, nowMs: number): readonly number[] {
  return [...headers].flatMap(([name, value]) => {
    const [match, anthropic, plain, limit = ""] = RESET.exec(name) ?? [];
    if (match === undefined) return [];
    const remaining = headers.get(`${anthropic ?? plain}-remaining${limit}`);
    if (remaining === undefined || decimal(remaining) !== 0) return [];
    return waitMs(value, nowMs) ?? [];
  });
}

/** `x-ratelimit-reset-after` says it of the limit that was met, unless `remaining` says otherwise. */
function resetAfterLimits(headers: HeaderValues, nowMs: number): readonly number[] {
  return ["x-ratelimit", "ratelimit"].flatMap((family) => {
    const value = headers.get(`${family}-reset-after`);
    const remaining = decimal(headers.get(`${family}-remaining`) ?? "0");
    return value === undefined || remaining !== 0 ? [] : waitMs(value, nowMs) ?? [];
  });
}

const UNIFIED_STATUS = /^(anthropic-ratelimit-unified(?:-.+)?)-status$/;

/** The windows of Anthropic's subscriptions. */
function unifiedLimits(headers: HeaderValues, nowMs: number): readonly number[] {
  return [...headers].flatMap(([name, status]) => {
    const [, family] = UNIFIED_STATUS.exec(name) ?? [];
    if (family === undefined || status.trim().toLowerCase() !== "rejected") return [];
    return waitMs(headers.get(`${family}-reset`) ?? "", nowMs) ?? [];
  });
}

const CODEX_RESET = /^(x-codex-.+)-reset-(?:after-seconds|at)$/;

/** The windows of ChatGPT's subscriptions; one that does not say how far it is used may be it. */
function codexWindows(headers: HeaderValues, nowMs: number): readonly number[] {
  return [...headers].flatMap(([name, value]) => {
    const [, window] = CODEX_RESET.exec(name) ?? [];
    if (window === undefined) return [];
    const usedPercent = decimal(headers.get(`${window}-used-percent`) ?? "100") ?? 100;
    return usedPercent < 100 ? [] : waitMs(value, nowMs) ?? [];
  });
}

/**
 * `RateLimit: limit=10, remaining=0, reset=45` and `RateLimit: "default";r=0;t=45`: the IETF's drafts up
 * to 06 and from 08 on.
 */
function listedLimits(headers: HeaderValues, nowMs: number): readonly number[] {
  const value = headers.get("ratelimit");
  if (value === undefined) return [];
  const limits = /(?:^|,)\s*limit\s*=/i.test(value) ? [value] : value.split(",");
  return limits.flatMap((limit) => {
    const parameters = new Map(
      limit.split(/[,;]/).map((part) => {
        const [name = "", number = ""] = part.split("=");
        return [name.trim().toLowerCase(), number];
      }),
    );
    const remaining = parameters.get("remaining") ?? parameters.get("r");
    const reset = parameters.get("reset") ?? parameters.get("t");
    if (remaining === undefined || decimal(remaining) !== 0) return [];
    return waitMs(reset ?? "", nowMs) ?? [];
  });
}

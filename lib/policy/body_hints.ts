/** How long an error's body asks to wait, in a member for it or in its words. */
import { isJsonObject as isMembers, type JsonObject as Members } from "../dialect/json_object.ts";
import { errorMembers, parsedMembers } from "./error_members.ts";
import { type HeaderValues, limitResetMs } from "./limit_resets.ts";
import { decimal, spanMs, waitMs } from "./waits.ts";

/** Milliseconds that a member of the error, or of what stands around it, asks to wait. */
export function memberHintMs(errorText: string, nowMs: number): number | undefined {
  const places = placesIn(errorText);
  for (const { name, read } of MEMBERS) {
    for (const place of places) {
      for (const [key, value] of Object.entries(place)) {
        const ms = plain(key) === name ? read(textOf(value), nowMs) : undefined;
        if (ms !== undefined) return ms;
      }
    }
  }
  return undefined;
}

/** What limits an error quotes of headers that came to somebody before us, as OpenRouter does. */
export function quotedLimitMs(errorText: string, nowMs: number): number | undefined {
  const { metadata } = errorMembers(errorText);
  if (!isMembers(metadata) || !isMembers(metadata.headers)) return undefined;
  return limitResetMs(headersOf(metadata.headers), nowMs);
}

/**
 * Milliseconds that an error's message asks to wait: "try again in 6m0s", "reset after 27s". What it
 * quotes is not its own; of several sentences the last is the vendor's advice.
 */
export function wordedHintMs(errorText: string): number | undefined {
  const { message, detail, msg, error } = errorMembers(errorText);
  for (const words of [message, detail, msg, error]) {
    const ms = typeof words === "string" ? adviceMs(words) : undefined;
    if (ms !== undefined) return ms;
  }
  return undefined;
}

interface HintMember {
  /** Lower-case, without `_` and `-`. */
  readonly name: string;
  readonly read: (value: string, nowMs: number) => number | undefined;
}

/** The most explicit first. */
const MEMBERS: readonly HintMember[] = [
  { name: "retrydelay", read: spanMs },
  { name: "retryafterms", read: decimal },
  { name: "retryafter", read: waitMs },
  { name: "retryafterseconds", read: spanMs },
  { name: "resetsinseconds", read: spanMs },
  { name: "resetinseconds", read: spanMs },
  { name: "quotaresetdelay", read: spanMs },
  { name: "resetsat", read: waitMs },
  { name: "resetat", read: waitMs },
  { name: "quotaresettimestamp", read: waitMs },
];

/** The error, its details with their metadata, its own metadata, and what stands beside it. */
function placesIn(errorText: string): readonly Members[] {
  const error = errorMembers(errorText);
  const details = Array.isArray(error.details) ? error.details.filter(isMembers) : [];
  const inDetails = details.flatMap((detail) => [detail, detail.metadata]);
  return [error, ...inDetails, error.metadata, parsedMembers(errorText)].filter(isMembers);
}

function plain(key: string): string {
  return key.replaceAll(/[_-]/g, "").toLowerCase();
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? `${value}` : "";
}

function headersOf(members: Members): HeaderValues {
  return new Map(
    Object.entries(members).map(([name, value]) => [name.toLowerCase(), textOf(value)]),
  );
}

/** As much of a message as is looked at: a sentence for people is shorter. */
const LONGEST_WORDS = 2_000;

const QUOTED = /"[^"]*"|`[^`]*`|“[^”]*”|(?<![\w])'[^']*'(?![\w])/g;

const SPAN_UNIT =
  "(?:milliseconds?|ms|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|[smhd])(?![a-z])";
const SPAN = `\\d{1,9}(?:\\.\\d{1,9})?\\s?${SPAN_UNIT}`;
const GO_SPAN = "(?:\\d{1,9}(?:\\.\\d{1,9})?(?:ms|[smhd]))+(?![a-z\\d])";

/** Advice, and after it a span: a run such as `6m0s`, or counts with units such as `1 hour and 5 minutes`. */
const ADVICE = new RegExp(
  "(?:try(?:ing)? again|retry(?:ing)?|resets?|wait(?:ing)?(?: for)?|available(?: again)?|come back)" +
    "(?:\\s(?:in|after|for|at least|about|another))*\\s" +
    `(${GO_SPAN}|${SPAN}(?:(?:,|\\sand)?\\s${SPAN}){0,3})`,
  "gi",
);

const WORD_MS: readonly (readonly [start: string, ms: number])[] = [
  ["ms", 1],
  ["milli", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
];

function adviceMs(message: string): number | undefined {
  const own = message.slice(0, LONGEST_WORDS).replaceAll(QUOTED, "");
  const [, span] = [...own.matchAll(ADVICE)].at(-1) ?? [];
  return span === undefined ? undefined : countedMs(span);
}

function countedMs(span: string): number {
  return [...span.toLowerCase().matchAll(/([\d.]+)\s?([a-z]+)/g)].reduce(
    (total, [, count, unit = ""]) => {
      const [, ms = 0] = WORD_MS.find(([start]) => unit.startsWith(start)) ?? [];
      return total + Number(count) * ms;
    },
    0,
  );
}

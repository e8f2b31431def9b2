/** Whether one more request can be taken on, and what its caller is told where it cannot. */
import type { Problem } from "../dialect/dialect.ts";

/** Why requests are turned away. */
export type ShedReason = "max_concurrent" | "memory";

/** What JavaScript says of its memory, in bytes. */
export interface MemoryFigures {
  /** Strings and objects. What reaches the limit ends the process. */
  readonly heapBytes: number;
  readonly heapLimitBytes: number;
  /** Bytes outside the heap: bodies, what was captured of them for the record, buffers. */
  readonly externalBytes: number;
}

export interface LoadLimits {
  /** Most requests in flight; `Infinity` when there is no cap. */
  readonly maxConcurrent: number;
  /** Most bytes of request bodies held; undefined to go by how large the heap may become. */
  readonly maxHeldBytes: number | undefined;
}

const MIB = 1024 * 1024;

/** The heap may take about half of a machine's memory: a quarter of that leaves room for copies. */
const HELD_SHARE = 1 / 4;
const MOST_HELD_BYTES = 512 * MIB;

/** Most bytes of request bodies that requests in flight may hold. */
export function heldBudget(
  { maxHeldBytes }: Pick<LoadLimits, "maxHeldBytes">,
  { heapLimitBytes }: Pick<MemoryFigures, "heapLimitBytes">,
): number {
  return maxHeldBytes ?? Math.min(HELD_SHARE * heapLimitBytes, MOST_HELD_BYTES);
}

/** A body as it came, put together, with another model's name in it; and what answers take. */
const COPIES = 4;
/** Request logs that wait for a slow disk take half of this: a disk never touches a request. */
const SLACK_BYTES = 256 * MIB;

/** At this share of what there is nothing more is taken on, and below the other it is again. */
const SHORT_AT = 0.85;
const ENOUGH_AT = 0.75;

/** Whether memory is short, whatever holds it. */
export function isShortOfMemory(
  figures: MemoryFigures,
  { budgetBytes, wasShort }: { readonly budgetBytes: number; readonly wasShort: boolean },
): boolean {
  const { heapBytes, heapLimitBytes, externalBytes } = figures;
  const outsideShare = externalBytes / (COPIES * budgetBytes + SLACK_BYTES);
  const share = Math.max(heapBytes / heapLimitBytes, outsideShare);
  return share >= (wasShort ? ENOUGH_AT : SHORT_AT);
}

/**
 * Whether a body finds room beside those that are held. One alone always does, so that a large
 * `max_body_mb` is never in vain.
 *
 * @param others bytes that other requests hold
 */
export function hasRoom(
  bytes: number,
  { others, budgetBytes }: { readonly others: number; readonly budgetBytes: number },
): boolean {
  return bytes === 0 || others <= 0 || others + bytes <= budgetBytes;
}

const SOON_MS = 1_000;
const LATER_MS = 5_000;

/** What a caller is told that is turned away. */
export function overloaded(reason: ShedReason, limits: Pick<LoadLimits, "maxConcurrent">): Problem {
  const problem = { status: 503, code: "overloaded" };
  if (reason === "memory") {
    const message = "The proxy holds as much in memory as it may. Send the request again later.";
    return { ...problem, message, retryAfterMs: LATER_MS };
  }
  const message = `The proxy has ${limits.maxConcurrent} requests in flight, its ` +
    "limits.max_concurrent. Send the request again later.";
  return { ...problem, message, retryAfterMs: SOON_MS };
}

/** Gives up on an answer that nobody reads. */
import type { Writable } from "node:stream";

/** What the system may take of an answer although nobody reads it. */
const SMALL_BYTES = 64 * 1024;

/** For all of an answer that is held whole, which is 1 MiB at most: a slow line needs less. */
const PATIENCE_MS = 600_000;

/**
 * Ends the exchange where an answer that was handed over whole has not gone out in time: it would
 * stay in memory for as long as its caller likes.
 */
export function giveUpUnread(
  out: Writable,
  bytes: number,
  { patienceMs = PATIENCE_MS }: { readonly patienceMs?: number } = {},
): void {
  if (bytes <= SMALL_BYTES) return;
  const timer = setTimeout(() => out.destroy(), patienceMs);
  out.on("close", () => clearTimeout(timer));
  out.on("finish", () => clearTimeout(timer));
}

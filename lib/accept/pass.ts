/** Passes a body on as fast as the caller takes it. */
import type { Writable } from "node:stream";
import type { BodySource } from "../wire/caller_response.ts";

export interface Ends {
  /** Ends a response that is whole. */
  readonly end: () => void;
  /** Ends one whose body was cut: what was written goes out, but not the end that a whole one has. */
  readonly cut: () => void;
  /** Ends at once one that the caller does not take. */
  readonly giveUp: () => void;
}

/** Resolves when all has been handed to the connection, or there is nobody left to take it. */
export async function pass(body: BodySource, out: Writable, ends: Ends): Promise<void> {
  try {
    for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) {
      if (out.write(chunk) || await drained(out, body.patienceMs)) continue;
      body.cancel(`the caller took nothing for ${body.patienceMs / 1000} s`);
      return ends.giveUp();
    }
    ends.end();
  } catch {
    ends.cut();
  }
}

/** Above this a timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A patience as a timer takes it. */
export function timerMs(patienceMs: number): number {
  return Math.min(patienceMs, LONGEST_TIMER_MS);
}

/** Resolves with whether the caller has taken what was written, or has gone, in time. */
function drained(out: Writable, patienceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => over(false), timerMs(patienceMs));
    const done = () => over(true);
    const over = (inTime: boolean) => {
      clearTimeout(timer);
      out.off("drain", done);
      out.off("close", done);
      resolve(inTime);
    };
    out.on("drain", done);
    out.on("close", done);
  });
}

/** Rows 19 and 20 of the table: what befell a reply after its first byte had gone to the caller. */
import type { Finding } from "../state/health.ts";
import type { Reply } from "../wire/outcome.ts";
import type { Ending } from "../wire/relay.ts";
import { blamedFor } from "./blame.ts";
import { errorClassOf } from "./error_class.ts";
import { noMoneyHint, retryHint } from "./hints.ts";
import type { Circumstances } from "./judge.ts";

/** Something that went wrong too late for another attempt. */
export interface LateFailure {
  readonly row: number;
  readonly reason: string;
  readonly finding: Finding & { readonly kind: "failed" };
}

export interface EndingOptions extends Pick<Circumstances, "operation" | "auth" | "origin"> {
  /** The wall clock, in milliseconds since the epoch. */
  readonly nowMs: number;
  readonly maxCooldownMs: number;
}

/** What an ending says against the route; undefined where it says nothing. */
export function judgeEnding(
  ending: Ending,
  reply: Reply,
  options: EndingOptions,
): LateFailure | undefined {
  const { operation, nowMs, maxCooldownMs: maxMs } = options;
  if (operation?.kind !== "inference" || reply.status >= 300) return undefined;
  const errorText = reply.gate?.errorText;
  if (errorText !== undefined) {
    const about = errorClassOf({ status: reply.status, errorText });
    const isLasting = about.kind === "no_money";
    const hint = retryHint({ ...reply, errorText }, { nowMs, maxMs }) ??
      (isLasting ? noMoneyHint(maxMs) : undefined);
    const cool = blamedFor(about, options);
    return late(20, "an error event came after content", { cool, hint, isLasting });
  }
  return ending.kind === "cut"
    ? late(19, `the reply broke off after ${ending.bytes} bytes (${ending.detail})`, ROUTE)
    : undefined;
}

function late(
  row: number,
  reason: string,
  given: Pick<LateFailure["finding"], "cool" | "hint" | "isLasting">,
): LateFailure {
  return { row, reason, finding: { kind: "failed", row, reason, ...given } };
}

const ROUTE = { cool: "route", hint: undefined, isLasting: false } as const;

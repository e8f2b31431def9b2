/** Runs checks one after the other, and tells of each. */
import { within } from "../contract/providers.ts";
import type { Backends, Check, Gateway } from "./check.ts";

export type Result =
  | { readonly kind: "pass"; readonly name: string }
  | { readonly kind: "fail"; readonly name: string; readonly why: string };

/** More than any check allows anything it waits for. */
const CHECK_MS = 30_000;

/** Runs one check. Never rejects. */
export async function runCheck(
  { name, run }: Check,
  { gateway, backends }: { readonly gateway: Gateway; readonly backends: Backends },
): Promise<Result> {
  try {
    await within(run(gateway, backends), CHECK_MS, "the check ends");
    return { kind: "pass", name };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return { kind: "fail", name, why: why.replace(/\s+/g, " ").trim() };
  }
}

/** A line of the table whose names are as wide as that. */
export function lineOf(result: Result, width: number): string {
  const why = result.kind === "fail" ? `  ${result.why}` : "";
  return `${result.name.padEnd(width)}  ${result.kind}${why}`;
}

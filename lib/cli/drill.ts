/** `llm-proxy drill BACKEND`: makes one backend of the running proxy fail on purpose, for a while. */
import type { DrillAnswer } from "../admin/drill_call.ts";
import { liveCommand, type LiveOptions } from "./live_command.ts";
import type { Screen } from "./screen.ts";
import { safe } from "./table.ts";

export interface DrillOptions extends LiveOptions {
  readonly backend: string;
  /** Undefined only where a drill is ended. */
  readonly kind: string | undefined;
  /** 0 ends it. */
  readonly seconds: number;
}

/** Exit status 0, or 1 when there is no such backend or no proxy to ask. */
export async function drill(
  { backend, kind, seconds, ...options }: DrillOptions,
  screen: Screen,
): Promise<number> {
  const body = { backend, kind, seconds };
  const call = { method: "POST", target: "/api/drill", body, member: "ended" } as const;
  return await liveCommand(call, options, { screen, words: drillLines });
}

export function drillLines({ backend, drill, ended }: DrillAnswer): string[] {
  if (drill === undefined) {
    return [safe(ended ? `${backend} is asked again.` : `${backend} has no drill.`)];
  }
  return [
    safe(
      `${backend} fails on purpose (${drill.kind}) for ${drill.secondsLeft} s, until ${drill.until}.`,
    ),
    "Nothing of it is left then. To see what requests do now: llm-proxy explain MODEL",
    safe(`To end it early: llm-proxy drill ${backend} -seconds 0`),
  ];
}

/** The figures of a request, for programs that read the general log. */
import type { Entry } from "./entry.ts";
import type { LogFields } from "./general_log.ts";
import { plainLine, startOf } from "./plain_text.ts";

/** What is not known is left out. */
export function fieldsOf(entry: Entry): LogFields {
  const { arrival, call, response, attempts, ending, usage } = entry;
  const route = response?.attempt ?? attempts.at(-1);
  return {
    request: arrival.id,
    caller: arrival.callerName || undefined,
    status: response?.status,
    alias: shown(call?.alias.name),
    backend: route?.backend,
    model: shown(route?.model),
    attempts: attempts.length,
    ms: rounded(ending?.atMs),
    contentMs: rounded(response?.attempt?.notes.contentMs),
    bytes: response?.body.totalBytes,
    inputTokens: usage?.inputTokens,
    outputTokens: usage?.outputTokens,
    ending: ending?.kind,
  };
}

/** What callers make up is cut, and shows nothing that a terminal acts on. */
function shown(name: string | undefined): string | undefined {
  return name === undefined ? undefined : plainLine(startOf(name));
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}

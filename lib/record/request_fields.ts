/** The figures of a request, for programs that read the general log. */
import { ruleOf } from "../policy/rules.ts";
import type { AttemptRecord, Entry } from "./entry.ts";
import type { LogFields } from "./general_log.ts";
import { fallbacksIn } from "./next_step.ts";
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
    key: route?.key || undefined,
    rule: lastRule(entry),
    attempts: attempts.length,
    fallbacks: fallbacksIn(attempts),
    ms: rounded(ending?.atMs),
    contentMs: rounded(response?.attempt?.notes.contentMs),
    bytes: response?.body.totalBytes,
    inputTokens: usage?.inputTokens,
    cachedTokens: usage?.cachedTokens,
    outputTokens: usage?.outputTokens,
    reasoningTokens: usage?.reasoningTokens,
    ending: ending?.kind,
  };
}

/** The same of one attempt. */
export function attemptFieldsOf({ arrival, call }: Entry, attempt: AttemptRecord): LogFields {
  const { backend, model, key, outcome, verdict, change } = attempt;
  const cooled = change.kind === "cooled" ? change : undefined;
  return {
    request: arrival.id,
    caller: arrival.callerName || undefined,
    status: outcome.kind === "reply" ? outcome.status : undefined,
    alias: shown(call?.alias.name),
    backend,
    model: shown(model),
    key: key || undefined,
    rule: ruleOf(verdict.row),
    next: attempt.next.kind === "unknown" ? undefined : attempt.next.kind,
    cools: cooled?.scope,
    coolsMs: rounded(cooled?.forMs),
  };
}

/** The rule that had the last word; undefined where no backend was tried. */
export function lastRule({ late, attempts }: Entry): string | undefined {
  const row = late?.row ?? attempts.at(-1)?.verdict.row;
  return row === undefined ? undefined : ruleOf(row);
}

/** What callers make up is cut, and shows nothing that a terminal acts on. */
function shown(name: string | undefined): string | undefined {
  return name === undefined ? undefined : plainLine(startOf(name));
}

function rounded(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms);
}

/** A request's rows, made of its record: short, and without any credential, header or body. */
import { pathOf } from "../wire/receive.ts";
import type { AttemptRecord, Entry } from "./entry.ts";
import { lengthWords } from "../policy/cooldown_length.ts";
import { ruleOf } from "../policy/rules.ts";
import { lateWords } from "./decision_words.ts";
import { fallbacksIn } from "./next_step.ts";
import type { AttemptRow, HistoryRecord, RequestRow } from "./history_rows.ts";
import type { Redactor } from "./redact.ts";

const MOST_CHARACTERS = 300;
/** Looked through for credentials: one that begins in what is shown is seen whole. */
const MASKED_CHARACTERS = 4096;

/** @param redactor knows the configured secrets, and those of the request */
export function historyRecordOf(entry: Entry, redactor: Redactor): HistoryRecord {
  const words = writer(entry, redactor);
  const attempts = entry.attempts.map((attempt, index) => {
    return attemptRow(attempt, { requestId: entry.arrival.id, index, words });
  });
  return { request: requestRow(entry, words), attempts };
}

/** Writes what somebody else may have worded. */
type Words = (text: string) => string;

/** One look tells of nearly all requests that nothing in them has to be masked. */
function writer(entry: Entry, redactor: Redactor): Words {
  const all = textsOf(entry).map(bounded).join("\n");
  if (!redactor.text(all).masked) return shown;
  return (text) => shown(redactor.text(bounded(text)).text);
}

/** All of a record that goes through `Words`. */
function textsOf(entry: Entry): string[] {
  const { arrival: { method, target, callerName }, call, attempts } = entry;
  const tried = attempts.flatMap(({ backend, model, verdict }) => [backend, model, verdict.reason]);
  return [method, pathOf(target), callerName, call?.alias.name ?? "", detailOf(entry), ...tried];
}

/** The start of a text; the rest is not shown. */
function bounded(text: string): string {
  return text.length > MASKED_CHARACTERS ? text.slice(0, MASKED_CHARACTERS) : text;
}

function shown(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 1)}…` : text;
}

function requestRow(entry: Entry, words: Words): RequestRow {
  const { arrival, call, response, ending, attempts, requestBody } = entry;
  const attempt = response?.attempt;
  const route = attempt ?? attempts.at(-1);
  const usage = entry.usage;
  return {
    id: arrival.id,
    receivedAtMs: arrival.receivedAt.getTime(),
    caller: words(arrival.callerName),
    alias: words(call?.alias.name ?? ""),
    backend: words(route?.backend ?? ""),
    model: words(route?.model ?? ""),
    dialect: call?.dialect.name ?? "",
    method: words(arrival.method),
    path: words(pathOf(arrival.target)),
    status: response?.status ?? (ending?.kind === "caller_left" ? 499 : null),
    ending: ending?.kind ?? "cut",
    detail: words(detailOf(entry)),
    streamed: call?.streamed ?? false,
    attempts: attempts.length,
    fallbacks: fallbacksIn(attempts),
    headMs: rounded(attempt?.notes.headMs),
    contentMs: rounded(attempt?.notes.contentMs),
    endMs: rounded(ending?.atMs) ?? 0,
    requestBytes: requestBody?.totalBytes ?? 0,
    responseBytes: response?.body.totalBytes ?? 0,
    inputTokens: usage?.inputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
    cachedTokens: usage?.cachedTokens ?? null,
    reasoningTokens: usage?.reasoningTokens ?? null,
    tokensPerSecond: tokensPerSecond(entry, usage?.outputTokens),
    revision: arrival.snapshot.revision,
    logFile: entry.logFile,
  };
}

function detailOf({ response, ending, late }: Entry): string {
  if (response?.answered.by === "proxy") {
    const { code, message } = response.answered.problem;
    return `${code}: ${message}`;
  }
  return late === undefined ? ending?.detail ?? "" : lateWords(late);
}

/**
 * Of a stream from its head on: what is thought before the first content may be hidden, but was
 * written in that time. Other answers come at once with their head, so theirs counts from the start.
 */
function tokensPerSecond({ call, response, ending }: Entry, tokens?: number): number | null {
  const attempt = response?.attempt;
  if (attempt === undefined || ending === undefined || tokens === undefined) return null;
  const { startedMs, notes: { headMs = startedMs } } = attempt;
  const tookMs = ending.atMs - (call?.streamed === true ? headMs : startedMs);
  return tookMs > 0 ? rounded(1000 * tokens / tookMs) : null;
}

function attemptRow(
  attempt: AttemptRecord,
  { requestId, index, words }: {
    readonly requestId: string;
    readonly index: number;
    readonly words: Words;
  },
): AttemptRow {
  const { outcome, verdict, change, notes } = attempt;
  return {
    requestId,
    index,
    backend: words(attempt.backend),
    model: words(attempt.model),
    key: attempt.key,
    kind: attempt.kind,
    startedMs: rounded(attempt.startedMs) ?? 0,
    headMs: rounded(notes.headMs),
    contentMs: rounded(notes.contentMs),
    judgedMs: rounded(attempt.judgedMs) ?? 0,
    status: outcome.kind === "reply" ? outcome.status : null,
    fault: outcome.kind === "fault" ? outcome.code : null,
    row: verdict.row,
    rule: ruleOf(verdict.row),
    reason: words(verdict.reason),
    action: verdict.action,
    cooled: change.kind === "cooled" ? change.scope : null,
    cooledMs: change.kind === "cooled" ? rounded(change.forMs) : null,
    cooledWhy: change.kind === "cooled" ? lengthWords(change.forMs, change.cooldown.why) : null,
  };
}

/** To a tenth. */
function rounded(value: number | undefined): number | null {
  return value === undefined ? null : Math.round(value * 10) / 10;
}

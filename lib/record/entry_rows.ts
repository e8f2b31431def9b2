/** A record as rows, for those who list requests. Credentials of the caller's are masked. */
import { pathOf } from "../wire/receive.ts";
import type { AttemptRecord, Entry } from "./entry.ts";
import type { AttemptRow, RequestRow } from "./history_rows.ts";
import { logNameOf } from "./journal.ts";
import { createRedactor, credentialsIn } from "./redact.ts";

const LONGEST_CHARACTERS = 500;

/** The row of a request, as far as it has come. Tokens are not known here. */
export function requestRowOf(entry: Entry): RequestRow {
  const { arrival, call, response, ending, attempts, requestBody } = entry;
  const masked = maskerOf(entry);
  const last = attempts.at(-1);
  const answered = response?.answered;
  const { backend, model } = answered?.by === "backend" ? answered : last ?? NOBODY;
  const { logging } = arrival.snapshot;
  return {
    id: arrival.id,
    receivedAtMs: arrival.receivedAt.getTime(),
    caller: "",
    alias: masked(call?.alias.name ?? ""),
    backend,
    model: masked(model),
    dialect: call?.dialect.name ?? "",
    method: arrival.method,
    path: masked(pathOf(arrival.target)),
    status: response?.status ?? (ending?.kind === "caller_left" ? 499 : undefined),
    ending: ending?.kind ?? "open",
    detail: masked(detailOf(entry)),
    streamed: call?.streamed ?? false,
    attempts: attempts.length,
    fallbacks: attempts.filter(({ verdict }) => verdict.action === "fallback").length,
    headMs: response?.committedMs,
    contentMs: answered?.by === "backend" ? last?.judgedMs : undefined,
    endMs: ending?.atMs,
    requestBytes: requestBody?.totalBytes ?? 0,
    responseBytes: response?.body.totalBytes ?? 0,
    inputTokens: undefined,
    outputTokens: undefined,
    cachedTokens: undefined,
    reasoningTokens: undefined,
    tokensPerSecond: undefined,
    revision: arrival.snapshot.revision,
    logFile: logging.requestDir + logging.errorDir === "" ? "" : logNameOf(arrival),
  };
}

const NOBODY = { backend: "", model: "" };

/** The rows of its attempts so far. */
export function attemptRowsOf(entry: Entry): AttemptRow[] {
  const masked = maskerOf(entry);
  return entry.attempts.map((attempt, index) => ({
    requestId: entry.arrival.id,
    index,
    ...attemptOf(attempt, masked),
  }));
}

function attemptOf(
  { backend, model, kind, startedMs, judgedMs, outcome, verdict, change }: AttemptRecord,
  masked: (text: string) => string,
): Omit<AttemptRow, "requestId" | "index"> {
  const isReply = outcome.kind === "reply";
  return {
    backend,
    model: masked(model),
    kind,
    startedMs,
    judgedMs,
    status: isReply ? outcome.status : undefined,
    fault: isReply ? "" : outcome.code,
    row: verdict.row,
    reason: masked(verdict.reason),
    action: verdict.action,
    cooled: change.kind === "cooled" ? change.scope : "",
    cooledMs: change.kind === "cooled" ? change.forMs : undefined,
  };
}

function detailOf({ response, ending, late }: Entry): string {
  if (late !== undefined) return late.reason;
  if (response?.answered.by === "proxy") return response.answered.problem.message;
  return ending?.detail ?? "";
}

/** Masks credentials that turn up, the caller's and our own; cheap where none does. */
function maskerOf({ arrival: { headers, target, snapshot } }: Entry): (text: string) => string {
  const secrets = [...snapshot.secrets, ...credentialsIn(headers, target)];
  return (text) => {
    const isPlain = !secrets.some((secret) => text.includes(secret));
    const shown = isPlain ? text : createRedactor({ enabled: true, secrets }).text(text).text;
    return shown.length > LONGEST_CHARACTERS ? `${shown.slice(0, LONGEST_CHARACTERS)}…` : shown;
  };
}

/** A record in words, for the general log, the request log and the demo. */
import type { Outcome } from "../wire/outcome.ts";
import { pathOf } from "../wire/receive.ts";
import type { Usage } from "../dialect/usage.ts";
import { decisionWords, judgedWords, lateWords } from "./decision_words.ts";
import type { AttemptRecord, Entry } from "./entry.ts";
import { plain, plainStart } from "./plain_text.ts";

/**
 * `claude-opus -> provider-b (claude-x) 200, 2 attempts, 1234 ms (content after 321), 345 bytes, tokens
 * 1234 in (1000 cached), 56 out, complete`.
 */
export function summaryOf(entry: Entry): string {
  const { response, ending, attempts, call, usage } = entry;
  const parts = [
    [call === undefined ? "" : `${plainStart(call.alias.name)} ->`, answerWords(entry)],
    [attempts.length > 1 ? `${attempts.length} attempts` : ""],
    [
      attempts.some(({ notes }) => notes.repeat !== undefined)
        ? "sent again on a fresh connection"
        : "",
    ],
    [`${Math.round(ending?.atMs ?? entry.elapsedMs())} ms`, contentWords(entry)],
    [response === undefined ? "" : `${response.body.totalBytes} bytes`],
    [usage === undefined ? "" : tokenWords(usage)],
    [(ending?.kind ?? "open").replace("_", " ")],
  ];
  return parts.map((words) => words.filter((word) => word !== "").join(" "))
    .filter((part) => part !== "").join(", ");
}

/** `tokens 1234 in (1000 cached), 56 out`; `?` for what the backend did not tell. */
function tokenWords({ inputTokens, outputTokens, cachedTokens }: Usage): string {
  const cached = cachedTokens === undefined ? "" : ` (${cachedTokens} cached)`;
  return `tokens ${inputTokens ?? "?"} in${cached}, ${outputTokens ?? "?"} out`;
}

/** Only of a stream, whose first content is what somebody waits for. */
function contentWords({ call, response }: Entry): string {
  const contentMs = response?.attempt?.notes.contentMs;
  return contentMs === undefined || call?.streamed !== true
    ? ""
    : `(content after ${Math.round(contentMs)})`;
}

function answerWords({ response, ending }: Entry): string {
  if (response === undefined) {
    return ending?.kind === "caller_left" ? "499 no response" : "no response";
  }
  const { answered, status, attempt } = response;
  return answered.by === "proxy"
    ? `${status} ${answered.problem.code}`
    : `${routeWords({ ...answered, key: attempt?.key ?? "" })} ${status}`;
}

/** `status 429` or `connect_failed (ECONNREFUSED …)`. */
export function outcomeWords(outcome: Outcome): string {
  return outcome.kind === "reply"
    ? `status ${outcome.status}`
    : `${outcome.code} (${outcome.detail})`;
}

/** What follows when a request failed everywhere alike. */
export function easedWords(easedMs: number): string {
  const seconds = Math.round(easedMs / 1000);
  return `Every attempt failed alike, so the request may be to blame and not the backends: the cooldowns that it ` +
    `began are cut to ${seconds} s`;
}

/** Method, path and who called, on one line, without a credential that the caller put into the path. */
export function requestWords(
  { arrival: { method, target, callerName } }: Entry,
  masked: (text: string) => string,
): string {
  const by = callerName === "" ? "" : ` (${plain(callerName)})`;
  // Masked before it is cut: half a credential is not known for one.
  const safe = masked(pathOf(target));
  return `${method} ${plainStart(safe)}${by}`;
}

/** An attempt, by which rule and why it was judged so, and what followed from it. */
export function attemptWords(attempt: AttemptRecord, reason: string): string {
  const judged = judgedWords(attempt.verdict.row, reason);
  return `${routeWords(attempt)}: ${judged}; ${decisionWords(attempt)}`;
}

/** `provider-a (claude-x)`, or `provider-a (claude-x, key …a3f2)` where there is a choice of keys. */
function routeWords({ backend, model, key }: Pick<AttemptRecord, "backend" | "model" | "key">) {
  return `${backend} (${[plainStart(model), key].filter(Boolean).join(", ")})`;
}

/** `provider-a (claude-x): its caller left after 60 s of silence`, for each route that came last for that. */
export function putOffWords({ secondChoices }: Entry): readonly string[] {
  return secondChoices.map(({ backend, model, why }) => `${backend} (${plain(model)}): ${why}`);
}

/** What went wrong after the answer had begun; undefined where nothing did. */
export function troubleWords({ ending, late }: Entry): string | undefined {
  if (late !== undefined) return lateWords(late);
  return ending?.kind === "cut" ? ending.detail : undefined;
}

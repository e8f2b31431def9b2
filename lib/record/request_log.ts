/** A request's log file: readable from top to bottom, greppable, and exact but for credentials. */
import type { Call } from "../policy/identify.ts";
import type { RawHeaders } from "../wire/headers.ts";
import { bodyLines } from "./body_lines.ts";
import type { AttemptRecord, Entry } from "./entry.ts";
import {
  decisionWords,
  easedWords,
  lateWords,
  outcomeWords,
  plain,
  summaryOf,
} from "./entry_words.ts";
import { createRedactor, credentialsIn, type Redactor } from "./redact.ts";

/** The text of a request's log file. */
export async function formatRequestLog(entry: Entry): Promise<string> {
  const redactor = redactorFor(entry);
  const sections = [
    [...opening(entry, redactor)],
    await requestSection(entry, redactor),
    ...await Promise.all(
      entry.attempts.map((attempt, index) => attemptSection(attempt, index + 1, redactor)),
    ),
    passedOverSection(entry),
    await responseSection(entry, redactor),
    endingSection(entry),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join(
    "\n\n",
  ) +
    "\n";
}

function redactorFor({ arrival }: Entry): Redactor {
  const { logging, secrets } = arrival.snapshot;
  const theirs = credentialsIn(arrival.headers, arrival.target);
  return createRedactor({ enabled: logging.redact, secrets: [...secrets, ...theirs] });
}

function* opening(entry: Entry, redactor: Redactor): Iterable<string> {
  const { id, receivedAt, caller, callerName, method, target, snapshot } = entry.arrival;
  yield `llm-proxy request ${id}`;
  yield `received   ${receivedAt.toISOString()} from ${caller}`;
  if (callerName !== "") yield `caller     ${plain(callerName)}; its key was taken off the request`;
  yield `request    ${method} ${redactor.target(target)}`;
  if (entry.call !== undefined) {
    const { alias, dialect } = entry.call;
    const shape = shapeOf(entry.call);
    yield `alias      ${JSON.stringify(alias.name)} (${dialect.name}, ${shape})`;
  }
  if (entry.affinity !== "") yield `affinity   ${entry.affinity}`;
  yield `result     ${summaryOf(entry)}`;
  yield `revision   ${snapshot.revision}`;
}

function shapeOf({ upgrade, streamed }: Call): string {
  if (upgrade) return "WebSocket";
  return streamed ? "streamed" : "not streamed";
}

async function requestSection(
  { arrival, requestBody }: Entry,
  redactor: Redactor,
): Promise<string[]> {
  const head = [
    "== request head",
    `${arrival.method} ${redactor.target(arrival.target)}`,
    ...headerLines(arrival.headers, redactor),
    "",
  ];
  if (requestBody === undefined) return [...head, "== request body: it did not arrive whole"];
  return [...head, ...await bodyLines("request body", requestBody, arrival.headers, redactor)];
}

async function attemptSection(
  attempt: AttemptRecord,
  number: number,
  redactor: Redactor,
): Promise<string[]> {
  const { outcome, verdict, startedMs, judgedMs } = attempt;
  const lines = [
    `== attempt ${number}: ${attempt.backend} (${attempt.model})`,
    `url        ${redactor.target(attempt.url)}`,
    `outcome    ${redactor.text(outcomeWords(outcome)).text}`,
    `time       ${milliseconds(judgedMs - startedMs)}, begun at ${milliseconds(startedMs)}` +
    (attempt.kind === "regular" ? "" : ` (${attempt.kind.replace("_", " ")})`),
    ...timelineLines(attempt),
    `decision   ${decisionWords(attempt)}`,
    `reason     row ${verdict.row}: ${redactor.text(verdict.reason).text}`,
  ];
  if (outcome.kind === "fault") return lines;
  if (outcome.status < 400 && verdict.action !== "fallback") return lines;
  lines.push("", ...headerLines(outcome.headers, redactor), "");
  return [...lines, ...await bodyLines("error body", attempt.errorBody, outcome.headers, redactor)];
}

/** When what of its reply came, since the request's arrival. */
function timelineLines({ notes: { headMs, contentMs } }: AttemptRecord): string[] {
  if (headMs === undefined) return [];
  const content = contentMs === undefined ? "" : `, first content at ${milliseconds(contentMs)}`;
  return [`reply      head at ${milliseconds(headMs)}${content}`];
}

function passedOverSection({ passedOver, easedMs }: Entry): string[] {
  const eased = easedMs === undefined ? [] : ["== cooldowns", easedWords(easedMs)];
  if (passedOver.length === 0) return eased;
  const routes = passedOver.map(({ backend, model, reason }) => `${backend} (${model}): ${reason}`);
  return [...eased, "== routes passed over", ...routes];
}

async function responseSection({ response }: Entry, redactor: Redactor): Promise<string[]> {
  if (response === undefined) return ["== response: none"];
  const { status, headers, answered, body } = response;
  const from = answered.by === "proxy"
    ? "llm-proxy itself"
    : `${answered.backend} (${answered.model})`;
  return [
    `== response head, from ${from}, at ${milliseconds(response.committedMs)}`,
    String(status),
    ...headerLines(headers, redactor),
    "",
    ...await bodyLines("response body", body, headers, redactor),
  ];
}

function endingSection({ ending, late }: Entry): string[] {
  if (ending === undefined) return [];
  const detail = ending.detail === "" ? "" : ` (${ending.detail})`;
  const kind = ending.kind.replace("_", " ");
  return [
    "== ending",
    `${kind} after ${ending.bytes} bytes, ${milliseconds(ending.atMs)}${detail}`,
    ...(late === undefined ? [] : [lateWords(late)]),
  ];
}

function headerLines(headers: RawHeaders, redactor: Redactor): string[] {
  return redactor.headers(headers).map(([name, value]) => `${name}: ${value}`);
}

function milliseconds(ms: number): string {
  return `${Math.round(ms)} ms`;
}

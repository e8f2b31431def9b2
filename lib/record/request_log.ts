/** A request's log file: readable from top to bottom, greppable, and exact but for credentials. */
import type { Call } from "../policy/identify.ts";
import {
  attemptSection,
  headerLines,
  type Line,
  milliseconds,
  type Show,
} from "./attempt_section.ts";
import type { BodyCapture } from "./body_capture.ts";
import { bodyLines, type CapturedBody, capturedBody } from "./body_lines.ts";
import type { Entry } from "./entry.ts";
import { lateWords, passedOverWords } from "./decision_words.ts";
import { easedWords, putOffWords, summaryOf } from "./entry_words.ts";
import type { Snapshot } from "../config/snapshot.ts";
import { plain, plainLine, plainValue } from "./plain_text.ts";
import type { Redactor } from "./redact.ts";
import { RequestRedactors } from "./request_redactors.ts";

/** The text of a request's log file. */
export async function formatRequestLog(
  entry: Entry,
  redactor: Redactor = new RequestRedactors().for(entry.arrival),
): Promise<string> {
  const bodies = bodiesOf(entry, redactor);
  const ready = isReady(bodies) ? bodies : await Promise.all(bodies);
  return sectionsOf(entry, new Map(ready.map((body) => [body.capture, body])), redactor);
}

/** The bodies that the log shows. */
function bodiesOf({ arrival, requestBody, attempts, response }: Entry, redactor: Redactor) {
  const bodies: ReturnType<typeof capturedBody>[] = [];
  if (requestBody !== undefined) bodies.push(capturedBody(requestBody, arrival.headers, redactor));
  for (const { outcome, errorBody } of attempts) {
    if (outcome.kind === "reply") bodies.push(capturedBody(errorBody, outcome.headers, redactor));
  }
  if (response !== undefined) bodies.push(capturedBody(response.body, response.headers, redactor));
  return bodies;
}

function isReady(
  bodies: readonly (CapturedBody | Promise<CapturedBody>)[],
): bodies is CapturedBody[] {
  return bodies.every((body) => !(body instanceof Promise));
}

type Bodies = ReadonlyMap<BodyCapture, CapturedBody>;

function sectionsOf(entry: Entry, bodies: Bodies, redactor: Redactor): string {
  const shown: Show = (name, capture) => {
    const body = bodies.get(capture);
    if (body === undefined) return [];
    const { heading, text } = bodyLines(name, body);
    return text === undefined ? [heading] : [heading, { body: text }];
  };
  const target = redactor.target(entry.arrival.target);
  const sections: Line[][] = [
    [...opening(entry, target)],
    requestSection(entry, { target, redactor, shown }),
    ...entry.attempts.map((attempt, index) => attemptSection(attempt, index + 1, redactor, shown)),
    passedOverSection(entry),
    responseSection(entry, redactor, shown),
    endingSection(entry),
  ];
  const masked = lineMask(sections, redactor);
  const texts = sections.filter((lines) => lines.length > 0).map((lines) => {
    return lines.map((line) => typeof line === "string" ? plainLine(masked(line)) : line.body).join(
      "\n",
    );
  });
  return `${texts.join("\n\n")}\n`;
}

/**
 * The one way out for all lines: whoever worded what they hold, no credential passes. One look tells of
 * nearly all logs that nothing in them has to be masked any more.
 */
function lineMask(sections: readonly Line[][], redactor: Redactor): (line: string) => string {
  const lines = sections.flat().filter((line) => typeof line === "string");
  if (!redactor.text(lines.join("\n")).masked) return (line) => line;
  return (line) => redactor.text(line).text;
}

function* opening(entry: Entry, target: string): Iterable<string> {
  const { id, receivedAt, caller, callerName, method, snapshot } = entry.arrival;
  yield `llm-proxy request ${id}`;
  yield `received   ${receivedAt.toISOString()} from ${caller}`;
  if (callerName !== "") yield `caller     ${plain(callerName)}; its key was taken off the request`;
  yield `request    ${method} ${target}`;
  if (entry.call !== undefined) {
    const { alias, dialect } = entry.call;
    const shape = shapeOf(entry.call);
    yield `alias      ${JSON.stringify(alias.name)} (${dialect.name}, ${shape})`;
  }
  if (entry.affinity !== "") yield `affinity   ${entry.affinity}`;
  for (const words of putOffWords(entry)) yield `put off    ${words}`;
  yield `result     ${summaryOf(entry)}`;
  yield `settings   ${settingsWords(snapshot)}`;
}

/** Which configuration it was served under: the general log tells of each reload by its number. */
function settingsWords({ revision }: Snapshot): string {
  return revision === 1 ? "as the proxy started" : `as of reload ${revision - 1} since the start`;
}

function shapeOf({ upgrade, streamed }: Call): string {
  if (upgrade) return "WebSocket";
  return streamed ? "streamed" : "not streamed";
}

function requestSection(
  { arrival, requestBody }: Entry,
  { target, redactor, shown }: {
    readonly target: string;
    readonly redactor: Redactor;
    readonly shown: Show;
  },
): Line[] {
  const head = [
    "== request head",
    `${arrival.method} ${plainValue(target)}`,
    ...headerLines(arrival.headers, redactor),
    "",
  ];
  if (requestBody === undefined) return [...head, "== request body: it did not arrive whole"];
  return [...head, ...shown("request body", requestBody)];
}

function passedOverSection({ passedOver, easedMs }: Entry): string[] {
  const eased = easedMs === undefined ? [] : ["== cooldowns", easedWords(easedMs)];
  if (passedOver.length === 0) return eased;
  const routes = passedOver.map(passedOverWords);
  return [...eased, "== routes passed over", ...routes];
}

function responseSection({ response }: Entry, redactor: Redactor, shown: Show): Line[] {
  if (response === undefined) return ["== response: none"];
  const { status, headers, answered, body } = response;
  const from = answered.by === "proxy"
    ? "llm-proxy itself"
    : `${answered.backend} (${plain(answered.model)})`;
  return [
    `== response head, from ${from}, at ${milliseconds(response.committedMs)}`,
    String(status),
    ...headerLines(headers, redactor),
    "",
    ...shown("response body", body),
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

/** The section of a request's log that tells of one attempt, and what sections are made of. */
import type { RawHeaders } from "../wire/headers.ts";
import type { AttemptRecord } from "./attempt_record.ts";
import type { BodyCapture } from "./body_capture.ts";
import { decisionWords, judgedWords } from "./decision_words.ts";
import { outcomeWords } from "./entry_words.ts";
import { plain, plainLine, plainValue } from "./plain_text.ts";
import type { Redactor } from "./redact.ts";

/** A body's text, masked as a whole; everything else is masked line by line. */
interface BodyText {
  readonly body: string;
}

export type Line = string | BodyText;

/** The lines of a body, by its name and what was captured of it. */
export type Show = (name: string, capture: BodyCapture) => Line[];

export function attemptSection(
  attempt: AttemptRecord,
  number: number,
  redactor: Redactor,
  shown: Show,
): Line[] {
  const { outcome, verdict, startedMs, judgedMs } = attempt;
  const lines: Line[] = [
    `== attempt ${number}: ${attempt.backend} (${plain(attempt.model)})`,
    `url        ${redactor.target(attempt.url)}`,
    ...(attempt.key === "" ? [] : [`key        ${attempt.key.replace(/^key /, "")}`]),
    `outcome    ${outcomeWords(outcome)}`,
    `time       ${milliseconds(judgedMs - startedMs)}, begun at ${milliseconds(startedMs)}` +
    (attempt.kind === "regular" ? "" : ` (${attempt.kind.replace("_", " ")})`),
    ...repeatLines(attempt, redactor),
    ...timelineLines(attempt),
    `decision   ${decisionWords(attempt)}`,
    `reason     ${judgedWords(verdict.row, verdict.reason)}`,
  ];
  if (outcome.kind === "fault") return lines;
  if (outcome.status < 400 && verdict.action !== "fallback") return lines;
  lines.push("", ...headerLines(outcome.headers, redactor), "");
  return [...lines, ...shown("error body", attempt.errorBody)];
}

/** That it went out twice, on a kept connection and then on a fresh one. */
function repeatLines({ notes: { repeat } }: AttemptRecord, redactor: Redactor): string[] {
  if (repeat === undefined) return [];
  const { text } = redactor.text(repeat.detail);
  return [
    `repeated   on a fresh connection: the kept one was lost after ${
      milliseconds(repeat.afterMs)
    } (${text})`,
  ];
}

/** When what of its reply came, since the request's arrival. */
function timelineLines({ notes: { headMs, contentMs } }: AttemptRecord): string[] {
  if (headMs === undefined) return [];
  const content = contentMs === undefined ? "" : `, first content at ${milliseconds(contentMs)}`;
  return [`reply      head at ${milliseconds(headMs)}${content}`];
}

export function headerLines(headers: RawHeaders, redactor: Redactor): string[] {
  return redactor.headers(headers).map(([name, value]) =>
    `${plainLine(name)}: ${plainValue(value)}`
  );
}

export function milliseconds(ms: number): string {
  return `${Math.round(ms)} ms`;
}

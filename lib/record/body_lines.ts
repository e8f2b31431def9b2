/** A body as a log file shows it: exact but for credentials, or with a word on what is different. */
import { Buffer } from "node:buffer";
import { decodeCopy, type DecodedCopy } from "../wire/decode.ts";
import { headerValue, type RawHeaders } from "../wire/headers.ts";
import type { BodyCapture } from "./body_capture.ts";
import type { Redactor } from "./redact.ts";

/** A captured body and the headers it came under. */
export interface CapturedBody {
  readonly capture: BodyCapture;
  readonly headers: RawHeaders;
  /** What it is decoded; undefined where it cannot be. */
  readonly decoded: DecodedCopy | undefined;
}

/** A body made ready for `bodyLines()`. Only one under a coding has to be waited for. */
export function capturedBody(
  capture: BodyCapture,
  headers: RawHeaders,
): CapturedBody | Promise<CapturedBody> {
  const coding = codingOf(headers);
  const bytes = capture.bytes();
  if (coding === "identity") {
    return { capture, headers, decoded: { bytes, complete: !capture.truncated } };
  }
  return decodeCopy(bytes, coding, { maxBytes: capture.keptAtMostBytes })
    .then((decoded) => ({ capture, headers, decoded }));
}

function codingOf(headers: RawHeaders): string {
  return headerValue(headers, "content-encoding") ?? "identity";
}

/**
 * A heading that says what follows and how exact it is, then the body's text. Where that is not as long
 * as the body was, the heading says how many bytes follow, so that no text can pass for the next heading.
 */
export function bodyLines(name: string, body: CapturedBody, redactor: Redactor): string[] {
  const { capture } = body;
  if (!capture.keeps) return [`== ${name}: ${capture.totalBytes} bytes of a WebSocket, not kept`];
  if (capture.totalBytes === 0) return [`== ${name}: empty`];
  const { text, notes, truncated } = printable(body);
  const redacted = redactor.text(text);
  const shown = truncated ? startOf(redacted.text, capture.limitBytes) : redacted.text;
  if (redacted.masked) notes.push("credentials masked");
  if (truncated) notes.push(`truncated to ${capture.limitBytes} bytes`);
  const followBytes = Buffer.byteLength(shown);
  if (followBytes !== capture.totalBytes) notes.push(`${followBytes} follow`);
  return [`== ${name}: ${[`${capture.totalBytes} bytes`, ...notes].join(", ")}`, shown];
}

interface Printable {
  readonly text: string;
  readonly notes: string[];
  /** Whether there is more than the log shows. */
  readonly truncated: boolean;
}

function printable({ capture, headers, decoded }: CapturedBody): Printable {
  const coding = codingOf(headers);
  const text = decoded === undefined ? undefined : utf8(decoded.bytes, !decoded.complete);
  if (decoded === undefined || text === undefined) {
    return { text: "(not text; not shown)", notes: ["binary"], truncated: false };
  }
  const truncated = capture.truncated || decoded.bytes.length > capture.limitBytes;
  const extent = truncated || decoded.complete ? "" : ", as far as it goes";
  const notes = coding === "identity" ? [] : [`decoded from ${coding}${extent}`];
  return { text, notes, truncated };
}

/** The start of a text, whole characters of it, in UTF-8. */
function startOf(text: string, maxBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}

/** The text of bytes that are UTF-8, but for a character cut at the end; else undefined. */
function utf8(bytes: Uint8Array, cut: boolean): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, {
      stream: cut,
    });
  } catch {
    return undefined;
  }
}

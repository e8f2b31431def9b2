/** A body as a log file shows it: exact but for credentials, or with a word on what is different. */
import { decodeCopy, type DecodedCopy } from "../wire/decode.ts";
import { headerValue, type RawHeaders } from "../wire/headers.ts";
import type { BodyCapture } from "./body_capture.ts";
import type { Redactor } from "./redact.ts";

/**
 * A heading that says what follows and how exact it is, then the body's text. Where that is not as long
 * as the body was, the heading says how many bytes follow, so that no text can pass for the next heading.
 */
export async function bodyLines(
  name: string,
  capture: BodyCapture,
  headers: RawHeaders,
  redactor: Redactor,
): Promise<string[]> {
  if (!capture.keeps) return [`== ${name}: ${capture.totalBytes} bytes of a WebSocket, not kept`];
  if (capture.totalBytes === 0) return [`== ${name}: empty`];
  const { text, notes, truncated } = await printable(capture, headers);
  const redacted = redactor.text(text);
  const shown = truncated ? startOf(redacted.text, capture.limitBytes) : redacted.text;
  if (redacted.masked) notes.push("credentials masked");
  if (truncated) notes.push(`truncated to ${capture.limitBytes} bytes`);
  const followBytes = new TextEncoder().encode(shown).length;
  if (followBytes !== capture.totalBytes) notes.push(`${followBytes} follow`);
  return [`== ${name}: ${[`${capture.totalBytes} bytes`, ...notes].join(", ")}`, shown];
}

interface Printable {
  readonly text: string;
  readonly notes: string[];
  /** Whether there is more than the log shows. */
  readonly truncated: boolean;
}

async function printable(capture: BodyCapture, headers: RawHeaders): Promise<Printable> {
  const coding = headerValue(headers, "content-encoding") ?? "identity";
  const decoded = await decodedCapture(capture, coding);
  const text = decoded === undefined ? undefined : utf8(decoded.bytes, !decoded.complete);
  if (decoded === undefined || text === undefined) {
    return { text: "(not text; not shown)", notes: ["binary"], truncated: false };
  }
  const truncated = capture.truncated || decoded.bytes.length > capture.limitBytes;
  const extent = truncated || decoded.complete ? "" : ", as far as it goes";
  const notes = coding === "identity" ? [] : [`decoded from ${coding}${extent}`];
  return { text, notes, truncated };
}

async function decodedCapture(
  capture: BodyCapture,
  coding: string,
): Promise<DecodedCopy | undefined> {
  const bytes = capture.bytes();
  if (coding === "identity") return { bytes, complete: !capture.truncated };
  return await decodeCopy(bytes, coding, { maxBytes: capture.keptAtMostBytes });
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

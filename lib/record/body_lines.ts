/** A body as a log file shows it: exact but for credentials, or with a word on what is different. */
import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import { decodeCopy, type DecodedCopy } from "../wire/decode.ts";
import { headerValue, type RawHeaders } from "../wire/headers.ts";
import type { BodyCapture } from "./body_capture.ts";
import type { MaskedBytes, Redactor } from "./redact.ts";

/** A captured body, its credentials masked, and the headers it came under. */
export interface CapturedBody {
  readonly capture: BodyCapture;
  readonly headers: RawHeaders;
  /** What it is decoded; undefined where it cannot be, or is no text. */
  readonly shown: MaskedText | undefined;
}

interface MaskedText {
  readonly text: string;
  readonly masked: boolean;
  /** Whether all there was could be decoded. */
  readonly complete: boolean;
  /** Whether there is more than the log shows. */
  readonly truncated: boolean;
}

/** Longer bodies are masked in steps, between which the event loop does other work. */
const AT_ONCE_BYTES = 16 * 1024;

/** A body made ready for `bodyLines()`. Only one that is long or under a coding has to be waited for. */
export function capturedBody(
  capture: BodyCapture,
  headers: RawHeaders,
  redactor: Redactor,
): CapturedBody | Promise<CapturedBody> {
  const coding = codingOf(headers);
  const bytes = capture.bytes();
  if (coding !== "identity") return decodedBody({ capture, headers, redactor, bytes, coding });
  const decoded = { bytes, complete: !capture.truncated };
  if (bytes.length > AT_ONCE_BYTES) {
    return maskedInTurns(decoded, capture, redactor)
      .then((shown) => ({ capture, headers, shown }));
  }
  const extent = extentOf(decoded, capture);
  if (extent === undefined) return { capture, headers, shown: undefined };
  return { capture, headers, shown: textOf(redactor.bytes(bytes), extent) };
}

async function decodedBody(
  { capture, headers, redactor, bytes, coding }: {
    readonly capture: BodyCapture;
    readonly headers: RawHeaders;
    readonly redactor: Redactor;
    readonly bytes: Uint8Array;
    readonly coding: string;
  },
): Promise<CapturedBody> {
  const decoded = await decodeCopy(bytes, coding, { maxBytes: capture.keptAtMostBytes });
  const shown = decoded && await maskedInTurns(decoded, capture, redactor);
  return { capture, headers, shown };
}

async function maskedInTurns(
  decoded: DecodedCopy,
  capture: BodyCapture,
  redactor: Redactor,
): Promise<MaskedText | undefined> {
  const extent = extentOf(decoded, capture);
  if (extent === undefined) return undefined;
  const options = { turn, shownBytes: extent.truncated ? capture.limitBytes : undefined };
  return textOf(await redactor.bytesInTurns(decoded.bytes, options), extent);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

type Extent = Pick<MaskedText, "complete" | "truncated">;

/** How much of a body there is; undefined where it is no text. */
function extentOf({ bytes, complete }: DecodedCopy, capture: BodyCapture): Extent | undefined {
  if (!isUtf8(bytes, !complete)) return undefined;
  return { complete, truncated: capture.truncated || bytes.length > capture.limitBytes };
}

/** Where a text is cut, perhaps within a character, that one is left out. */
function textOf({ bytes, masked }: MaskedBytes, extent: Extent): MaskedText {
  const isCut = extent.truncated || !extent.complete;
  const text = isCut ? newDecoder().decode(bytes, { stream: true }) : whole.decode(bytes);
  return { text, masked, ...extent };
}

function codingOf(headers: RawHeaders): string {
  return headerValue(headers, "content-encoding") ?? "identity";
}

/**
 * A heading that says what follows and how exact it is, then the body's text. Where that is not as long
 * as the body was, the heading says how many bytes follow, so that no text can pass for the next heading.
 */
export function bodyLines(
  name: string,
  { capture, headers, shown }: CapturedBody,
): { readonly heading: string; readonly text: string | undefined } {
  const only = (heading: string) => ({ heading: `== ${name}: ${heading}`, text: undefined });
  if (!capture.keeps) return only(`${capture.totalBytes} bytes of a WebSocket, not kept`);
  if (capture.totalBytes === 0) return only("empty");
  const text = textToShow(shown, capture);
  const followBytes = Buffer.byteLength(text);
  const notes = notesOf(shown, { capture, coding: codingOf(headers) });
  if (followBytes !== capture.totalBytes) notes.push(`${followBytes} follow`);
  const heading = `== ${name}: ${[`${capture.totalBytes} bytes`, ...notes].join(", ")}`;
  return { heading, text };
}

function textToShow(shown: MaskedText | undefined, { limitBytes }: BodyCapture): string {
  if (shown === undefined) return "(not text; not shown)";
  return shown.truncated ? startOf(shown.text, limitBytes) : shown.text;
}

/** What is different from the body as it was. */
function notesOf(
  shown: MaskedText | undefined,
  { capture, coding }: { readonly capture: BodyCapture; readonly coding: string },
): string[] {
  if (shown === undefined) return ["binary"];
  const { complete, truncated, masked } = shown;
  const extent = truncated || complete ? "" : ", as far as it goes";
  return [
    ...(coding === "identity" ? [] : [`decoded from ${coding}${extent}`]),
    ...(masked ? ["credentials masked"] : []),
    ...(truncated ? [`truncated to ${capture.limitBytes} bytes`] : []),
  ];
}

/** The start of a text, whole characters of it, in UTF-8. */
function startOf(text: string, maxBytes: number): string {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(maxBytes));
  return text.slice(0, read);
}

function newDecoder(): TextDecoder {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
}

const whole = newDecoder();

/** Whether bytes are UTF-8, but for a character cut at the end. */
function isUtf8(bytes: Uint8Array, cut: boolean): boolean {
  try {
    // A decoder that is told of a stream remembers what was cut.
    if (cut) newDecoder().decode(bytes, { stream: true });
    else whole.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

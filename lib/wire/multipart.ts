/**
 * Finds the fields of a form without parsing it: `multipart/form-data`, RFC 7578 on RFC 2046, section
 * 5.1. Every byte is looked at once or twice. Where readers may disagree on what a form says, it is
 * read as any of them might, or refused.
 */
import type { Span } from "./json_string.ts";
import { blockOf, type Boundary, type Delimiter, nextDelimiter } from "./multipart_delimiter.ts";
import type { Steps } from "./turns.ts";
import { type PartHead, partHeadOf } from "./multipart_head.ts";

/** A part of a form that is no file. */
export interface FormField {
  readonly name: string;
  readonly value: Span;
  /** The digits of its own Content-Length; undefined where it has none. */
  readonly length: Span | undefined;
}

export type FormScan =
  /** The fields of the wanted names, in the order written. */
  | { readonly kind: "form"; readonly fields: readonly FormField[] }
  /** `detail` says why, for a person. */
  | { readonly kind: "malformed"; readonly detail: string };

/** The heads of so many are read in some milliseconds. */
const PARTS_AT_ONCE = 8;

/** As many as other readers take: 1000 fields and 1000 files. */
const MOST_PARTS = 2000;

/**
 * The fields of these names, with a pause after every few parts. A form may lack its last boundary: its last part then goes on to the end.
 *
 * @param boundary one character a byte, as the Content-Type has it
 */
export function* formInSteps(
  body: Uint8Array,
  boundary: string,
  wanted: readonly string[],
): Steps<FormScan> {
  const mark: Boundary = { bytes: latin1Bytes(`--${boundary}`) };
  const fields: FormField[] = [];
  const first = yield* nextDelimiter(body, mark, 0);
  let delimiter = first;
  for (let parts = 0; delimiter !== undefined; parts++) {
    const next: Delimiter | undefined = yield* nextDelimiter(body, mark, delimiter.end);
    const detail = whyUnclear({ first, delimiter, next, parts });
    if (detail !== undefined) return { kind: "malformed", detail };
    const found = delimiter.closes ? undefined : fieldIn(body, delimiter, { next, wanted });
    if (typeof found === "string") return { kind: "malformed", detail: found };
    if (found !== undefined) fields.push(found);
    delimiter = next;
    if (parts % PARTS_AT_ONCE === PARTS_AT_ONCE - 1) yield;
  }
  return { kind: "form", fields };
}

interface Progress {
  readonly first: Delimiter | undefined;
  readonly delimiter: Delimiter;
  readonly next: Delimiter | undefined;
  readonly parts: number;
}

function whyUnclear({ first, delimiter, next, parts }: Progress): string | undefined {
  if (parts > MOST_PARTS) return `it has more than ${MOST_PARTS} parts`;
  if (next === undefined) return undefined;
  if (delimiter.closes) return `a part follows the closing boundary, at byte ${next.start}`;
  if (next.afterCrlf === first?.lineEndsInCrlf) return undefined;
  return `the line before byte ${next.start} ends otherwise than the first boundary's`;
}

/** The wanted field that the part after a delimiter is, or why it cannot be read. */
function fieldIn(
  body: Uint8Array,
  delimiter: Delimiter,
  { next, wanted }: { readonly next: Delimiter | undefined; readonly wanted: readonly string[] },
): FormField | string | undefined {
  const block = blockOf(body, delimiter, next);
  const head = partHeadOf(body, block);
  if (head === "too_long") return `the head of the part at byte ${block.start} is too long`;
  const name = head && fieldName(head, wanted);
  if (name === undefined || head === undefined || head.end > block.end) return undefined;
  if (head.encoding === undefined) {
    return { name, value: { start: head.end, end: block.end }, length: head.length };
  }
  const coding = JSON.stringify(head.encoding);
  return `its field ${name} has the Content-Transfer-Encoding ${coding}, not binary, 8bit or 7bit`;
}

function fieldName({ names, isFile }: PartHead, wanted: readonly string[]): string | undefined {
  return isFile ? undefined : wanted.find((name) => names.has(name));
}

function latin1Bytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** What the head of a part of a form says of it. */
import { type Parameter, parameterReadings } from "./header_parameters.ts";
import type { Span } from "./json_string.ts";
import { afterLine } from "./multipart_delimiter.ts";

export interface PartHead {
  /** Every name that a reader may take for the field's. */
  readonly names: ReadonlySet<string>;
  /** Whether every reader sees a file's name there, and so an upload and no field. */
  readonly isFile: boolean;
  /** Where the content begins. */
  readonly end: number;
  /** A transfer encoding that is more than a label; undefined where there is none. */
  readonly encoding: string | undefined;
  /** The digits of its Content-Length. */
  readonly length: Span | undefined;
}

const LONGEST_HEAD_BYTES = 16 * 1024;

/** The head that begins a block; undefined where no blank line ends one. */
export function partHeadOf(
  body: Uint8Array,
  { start, end: blockEnd }: Span,
): PartHead | "too_long" | undefined {
  let line = start;
  for (let next = line; line < body.length; line = next) {
    if (line - start > LONGEST_HEAD_BYTES) return "too_long";
    if (line > blockEnd) return undefined;
    next = afterLine(body, line);
    const isBlank = body[line] === LINE_FEED ||
      (body[line] === RETURN && body[line + 1] === LINE_FEED);
    if (isBlank) return read(body, { start, end: line }, next);
  }
  return undefined;
}

function read(body: Uint8Array, { start, end: headEnd }: Span, end: number): PartHead {
  const text = new TextDecoder("latin1").decode(body.subarray(start, headEnd));
  const fields = text.replace(FOLD, " ").split(/\r?\n/);
  const readings = valuesOf(fields, "content-disposition").flatMap(parameterReadings);
  const encodings = valuesOf(fields, "content-transfer-encoding");
  return {
    names: new Set(readings.flat().filter(isName).flatMap(spellingsOf)),
    isFile: readings.length > 0 && readings.every((parameters) => parameters.some(isFilename)),
    end,
    encoding: encodings.find((encoding) => !/^(?:binary|8bit|7bit|)$/i.test(encoding)),
    length: lengthIn(text, start),
  };
}

/** A line that begins with white space goes on the one before. */
const FOLD = /\r?\n[ \t]+/g;

function valuesOf(fields: readonly string[], name: string): string[] {
  return fields.map((field) => [field, field.indexOf(":")] as const)
    .filter(([field, colon]) => field.slice(0, colon).trim().toLowerCase() === name)
    .map(([field, colon]) => field.slice(colon + 1).trim());
}

const LENGTH = /^(content-length[ \t]*:[ \t]*)(\d+)[ \t]*\r?$/im;

function lengthIn(head: string, headStart: number): Span | undefined {
  const found = LENGTH.exec(head);
  const [, before = "", digits = ""] = found ?? [];
  if (found === null) return undefined;
  const start = headStart + found.index + before.length;
  return { start, end: start + digits.length };
}

/** `name*` and `name*0` are how RFC 2231 spells it; RFC 7578 forbids that, but not all readers do. */
function isName({ name }: Parameter): boolean {
  return /^name(?:\*|$)/.test(name);
}

function isFilename({ name, value }: Parameter): boolean {
  return name === "filename" && value !== "";
}

/** As it is; with what browsers escape; and RFC 2231's `utf-8''model`. */
function spellingsOf({ value }: Parameter): string[] {
  return [value, unescaped(value), unescaped(value.replace(/^[\w-]*'[\w-]*'/, ""))];
}

function unescaped(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

const LINE_FEED = 0x0a;
const RETURN = 0x0d;

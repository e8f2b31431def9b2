/** A query or a form held against the models that its caller may use, by its fields' names alone. */
import { Buffer } from "node:buffer";
import { LONGEST_NAME_BYTES, meaningOf, meaningOfParameter } from "../dialect/model_names.ts";
import { heldValue } from "./held_value.ts";
import type { Span } from "./json_string.ts";
import { blockOf, type Boundary, type Delimiter, nextDelimiter } from "./multipart_delimiter.ts";
import { type PartHead, partHeadOf } from "./multipart_head.ts";
import { type Allows, type ModelFinding, unclear } from "./model_finding.ts";
import { atOnce } from "./turns.ts";
import { urlDecoded } from "./url_values.ts";

/** As many as other readers take. */
const MOST_FIELDS = 2000;

/**
 * The first other model among parameters that are written as in a query: `a=b`, separated by `&`, or as some
 * take them by `;` or another `?`.
 *
 * @param text one character a byte
 */
export function otherInParameters(
  text: string,
  { allows, place }: { readonly allows: Allows; readonly place: string },
): ModelFinding | undefined {
  let fields = 0;
  for (const [, written = "", value = ""] of text.matchAll(FIELD)) {
    if (++fields > MOST_PARAMETERS) {
      return unclear(`${place} has more than ${MOST_PARAMETERS} fields`);
    }
    if (isUsual(written)) continue;
    const name = urlDecoded(written);
    if (name === "_method") return unclear(`_method in ${place} may ask for another call`);
    const where = `${JSON.stringify(name)} in ${place}`;
    const meaning = meaningOfParameter(name);
    const finding = heldValue(urlDecoded(value), { meaning, where, allows });
    if (finding !== undefined) return finding;
  }
  return undefined;
}

/** Name and value, up to any separator. A longer name is none that is looked for. */
const FIELD = new RegExp(`(?:^|[&;?])([^&;?=]{1,${LONGEST_NAME_BYTES}})=([^&;?]*)`, "g");

/** More than a form has, and as many as are looked at without holding up others. */
const MOST_PARAMETERS = 20_000;

/** Whether a name as it is written has nothing of a model's name in it: nearly every one is so. */
function isUsual(written: string): boolean {
  return !ENCODED.test(written) && !LETTERS_OF_MODELS.test(written.replace(NO_LETTERS, ""));
}

const ENCODED = /[%\x80-\xff]/;
const NO_LETTERS = /[^a-z]+/gi;
const LETTERS_OF_MODELS = /mod|fal|plu|typ|pre|dep|eng|api|bas|cus|lit|tar|use|meth/i;

/** The first other model in a body that may be read as `application/x-www-form-urlencoded`. */
export function otherInUrlencoded(body: Uint8Array, allows: Allows): ModelFinding | undefined {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
  return otherInParameters(text, { allows, place: "the form" });
}

/**
 * The first other model among the parts of a form, files or not; or why its parts are not the same to
 * every reader. RFC 7578, and no more of RFC 2046 than clients write.
 */
export function otherInMultipart(
  body: Uint8Array,
  boundary: string,
  allows: Allows,
): ModelFinding | undefined {
  const mark: Boundary = { bytes: new TextEncoder().encode(`--${boundary}`) };
  let delimiter = atOnce(nextDelimiter(body, mark, 0));
  if (delimiter === undefined || !isBlank(body, { start: 0, end: delimiter.start })) {
    return unclear("its form does not begin with its boundary");
  }
  let delimiters = 0;
  for (; delimiter !== undefined; delimiters++) {
    if (delimiters > MOST_FIELDS) return unclear(`its form has more than ${MOST_FIELDS} parts`);
    const next: Delimiter | undefined = atOnce(nextDelimiter(body, mark, delimiter.end));
    const finding = otherInPart(body, { delimiter, next, allows });
    if (finding !== undefined) return finding;
    delimiter = next;
  }
  return occurrences(body, mark.bytes) === delimiters
    ? undefined
    : unclear("its form has its boundary within a part");
}

interface Part {
  readonly delimiter: Delimiter;
  readonly next: Delimiter | undefined;
  readonly allows: Allows;
}

function otherInPart(
  body: Uint8Array,
  { delimiter, next, allows }: Part,
): ModelFinding | undefined {
  const block = blockOf(body, delimiter, next);
  if (delimiter.closes) {
    return isBlank(body, block) ? undefined : unclear("something follows its form's last boundary");
  }
  const head = delimiter.lineEndsInCrlf ? partHeadOf(body, block) : undefined;
  if (head === undefined || head === "too_long" || head.end > block.end) {
    return unclear(`the part of its form at byte ${block.start} has no plain head`);
  }
  const text = Buffer.from(body.subarray(block.start, head.end)).toString("latin1");
  const names = modelNamesIn(head, text);
  if (names === undefined) {
    return unclear(
      `the part of its form at byte ${block.start} has a head that readers may differ on`,
    );
  }
  const [name] = names;
  if (name === undefined) return undefined;
  const value = { start: head.end, end: block.end };
  return otherInField(body, value, { allows, name, text });
}

function otherInField(
  body: Uint8Array,
  { start, end }: Span,
  { allows, name, text }: {
    readonly allows: Allows;
    readonly name: string;
    readonly text: string;
  },
): ModelFinding | undefined {
  const where = `${JSON.stringify(name)} in the form`;
  if (/charset(?!\s*=\s*"?utf-?8\b)/i.test(text) || /transfer-encoding/i.test(text)) {
    return unclear(`${where} is under a coding. Send it plain`);
  }
  const isShort = end - start <= LONGEST_NAME_BYTES;
  const value = isShort ? Buffer.from(body.subarray(start, end)).toString("utf8") : undefined;
  return heldValue(value, { meaning: meaningOfParameter(name), where, allows });
}

/** One line of a head, and what clients write into the one that tells the name. */
const LINE = /^[\w-]+:[ \t]*[^\r\n\0]*$/;
const DISPOSITIONS = [
  dispositionWith(String.raw`"(?:\\.|[^"\\])*"`),
  dispositionWith(`"[^"]*"`), // browsers escape nothing by a backslash
];
const NAME_EXTENDED = /;[ \t]*name\*/i;

/** How a reader finds a name that does not care what a quote is. */
const NAIVE_NAME = /(?:^|[^\w-])name\s*=\s*["']?([^"';\r\n]*)/gi;

/** Each text matches in one way at most, so that a long one is no work. */
function dispositionWith(quoted: string): RegExp {
  const parameter = String.raw`[ \t]*;[ \t]*[\w-]+\*?=(?:${quoted}|[^\s;"]+)`;
  return new RegExp(
    String.raw`^content-disposition:[ \t]*form-data(?:${parameter})*[ \t]*;?$`,
    "i",
  );
}

/** The part's names that mean a model to some reader; undefined where its head is not plain. */
function modelNamesIn({ names }: PartHead, text: string): readonly string[] | undefined {
  const lines = text.replace(/(?:\r\n){2}$/, "").split("\r\n");
  if (!lines.every((line) => LINE.test(line))) return undefined;
  const dispositions = lines.filter((line) => /^content-disposition:/i.test(line));
  const [disposition = ""] = dispositions;
  if (dispositions.length !== 1) return undefined;
  if (!DISPOSITIONS.some((grammar) => grammar.test(disposition))) return undefined;
  const parsed = [...names].map(utf8Of);
  const naive = [...disposition.matchAll(NAIVE_NAME)].map(([, name = ""]) => utf8Of(name));
  const isPlain = !NAME_EXTENDED.test(disposition) &&
    [...parsed, ...naive].every((name) => !name.includes("=?") && name !== "_charset_");
  if (!isPlain) return undefined;
  return [
    ...parsed.filter((name) => meaningOfParameter(name) !== "none"),
    // It may be a part of a file's name, such as model.wav: no field's name then.
    ...naive.filter((name) => !name.includes(".") && meaningOf(name, true) !== "none"),
  ];
}

function utf8Of(octets: string): string {
  return Buffer.from(octets, "latin1").toString("utf8");
}

/** Whether nothing but line ends and white space stands there. */
function isBlank(body: Uint8Array, { start, end }: Span): boolean {
  for (let at = start; at < end; at++) {
    const byte = body[at];
    if (byte !== 0x0d && byte !== 0x0a && byte !== 0x20 && byte !== 0x09) return false;
  }
  return true;
}

function occurrences(body: Uint8Array, mark: Uint8Array): number {
  const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let count = 0;
  for (let at = buffer.indexOf(mark); at >= 0; at = buffer.indexOf(mark, at + mark.length)) {
    count++;
  }
  return count;
}

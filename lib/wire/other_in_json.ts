/** A JSON body held against the models that its caller may use: every member, at any depth, in any spelling. */
import { Buffer } from "node:buffer";
import {
  LONGEST_NAME_BYTES,
  meaningOf,
  type NameMeaning,
  namesOne,
  type Region,
  regionBelow,
} from "../dialect/model_names.ts";
import { type Span, stringAt } from "./json_scan.ts";
import { skipKey, skipValue } from "./json_skip.ts";
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipScalar,
  skipSpace,
} from "./json_token.ts";
import { type Allows, type ModelFinding, unclear } from "./model_finding.ts";

interface Options {
  readonly allows: Allows;
  /** What may stand before a model's name. */
  readonly modelPrefix: string;
}

interface Search extends Options {
  readonly body: Uint8Array;
  found: ModelFinding | undefined;
}

/** How the value of a member is read. */
interface Reading {
  readonly region: Region;
  /** model: strings in it are names · fallbacks: those at any depth · none. */
  readonly meaning: NameMeaning;
  /** The member that means so, for a person. */
  readonly key: string;
  readonly depth: number;
}

/** Deeper than anybody writes, and as deep as many readers go. */
const DEEPEST = 256;

/**
 * The first other model; undefined where there is none.
 *
 * @param body one JSON object, known to be well-formed but for what is between quotes
 */
export function otherInJson(body: Uint8Array, options: Options): ModelFinding | undefined {
  const search: Search = { ...options, body, found: undefined };
  const start = body.indexOf(OPEN_BRACE);
  readObject(search, start, { region: "plain", meaning: "none", key: "", depth: 0 });
  return search.found;
}

/** The end of a value. Of no meaning once something is found. */
function readValue(search: Search, at: number, reading: Reading): number {
  const { body } = search;
  if (reading.depth > DEEPEST) return found(search, TOO_DEEP);
  switch (body[at]) {
    case OPEN_BRACE:
      return readObject(search, at, reading);
    case OPEN_BRACKET:
      return readList(search, at, reading);
  }
  const end = skipScalar(body, at);
  if (reading.meaning !== "none") readName(search, { start: at, end }, reading);
  return end;
}

const TOO_DEEP = unclear(`its JSON is nested more than ${DEEPEST} levels deep`);

function readList(search: Search, open: number, reading: Reading): number {
  const { body } = search;
  const inner = { ...reading, depth: reading.depth + 1 };
  let at = skipSpace(body, open + 1);
  while (search.found === undefined && body[at] !== CLOSE_BRACKET) {
    at = skipSpace(body, readValue(search, at, inner));
    if (body[at] !== CLOSE_BRACKET) at = skipSpace(body, at + 1);
  }
  return at + 1;
}

function readObject(search: Search, open: number, reading: Reading): number {
  const { body } = search;
  let at = skipSpace(body, open + 1);
  while (search.found === undefined && body[at] !== CLOSE_BRACE) {
    at = skipSpace(body, readMember(search, at, reading));
    if (body[at] !== CLOSE_BRACE) at = skipSpace(body, at + 1);
  }
  return at + 1;
}

function readMember(search: Search, at: number, outer: Reading): number {
  const { body } = search;
  const keyEnd = skipKey(body, at);
  const start = skipSpace(body, skipSpace(body, keyEnd) + 1);
  const reading = readingOf(search, { start: at, end: keyEnd }, start, outer);
  if (reading === undefined) return skipValue(body, start);
  return readValue(search, start, reading);
}

/** Undefined where what the member holds is no matter. */
function readingOf(
  search: Search,
  span: Span,
  start: number,
  outer: Reading,
): Reading | undefined {
  const { body } = search;
  const holds = body[start] === OPEN_BRACE || body[start] === OPEN_BRACKET;
  const depth = outer.depth + 1;
  if (outer.meaning === "fallbacks") return { ...outer, depth };
  if (!holds && body[start] !== QUOTE) return undefined;
  if (!holds && outer.meaning === "none" && !mayNameModel(body, span)) return undefined;
  const key = span.end - span.start > LONGEST_NAME_BYTES ? "" : keyAt(body, span);
  if (key === undefined) {
    found(search, unclear(`a member's name at byte ${span.start} is no JSON string`));
    return undefined;
  }
  const region = holds ? regionBelow(key, outer.region) : outer.region;
  if (region === "opaque") return undefined;
  const meaning = memberMeaning(key, { outer, holds });
  if (meaning === "none" && !holds) return undefined;
  return { region, meaning, key: meaning === "none" ? "" : `${key}" at byte ${start}`, depth };
}

/** At the top there is no schema to be mistaken for a list of models: all that it holds names them. */
function memberMeaning(
  key: string,
  { outer, holds }: { readonly outer: Reading; readonly holds: boolean },
): NameMeaning {
  const isTop = outer.depth === 0;
  const isOne = outer.meaning === "model" && namesOne(key);
  const meaning = isOne ? "model" : meaningOf(key, isTop);
  return meaning === "model" && isTop && holds ? "fallbacks" : meaning;
}

/** Whether a key begins as some name of a model may: anything but plain letters might. */
function mayNameModel(body: Uint8Array, { start, end }: Span): boolean {
  if (end - start < SHORTEST_NAME) return false;
  const first = body[start + 1] ?? 0;
  const letter = first | LOWER_CASE;
  return letter < LETTER_A || letter > LETTER_Z || FIRST_LETTERS.has(letter);
}

/** `model`, in quotes. */
const SHORTEST_NAME = 7;
const LOWER_CASE = 0x20;
const LETTER_A = 0x61;
const LETTER_Z = 0x7a;
const FIRST_LETTERS: ReadonlySet<number> = new Set(
  ["m", "f", "c", "d", "e"].map((letter) => letter.charCodeAt(0)),
);

/** A key as text, however it is written; undefined where it cannot be decoded. */
function keyAt(body: Uint8Array, { start, end }: Span): string | undefined {
  for (let at = start + 1; at < end - 1; at++) {
    const byte = body[at] ?? 0;
    if (byte < SPACE || byte >= DELETE || byte === BACKSLASH) return stringAt(body, { start, end });
  }
  return Buffer.from(body.buffer, body.byteOffset + start + 1, end - start - 2).toString("latin1");
}

const SPACE = 0x20;
const DELETE = 0x7f;

/** Holds a name against the list. What is no string names nothing, but for what stands at the top. */
function readName(search: Search, span: Span, reading: Reading): void {
  const { body, allows, modelPrefix } = search;
  if (body[span.start] !== QUOTE) return;
  const isShort = span.end - span.start <= LONGEST_VALUE_BYTES;
  const name = isShort ? stringAt(body, span) : undefined;
  if (name === "") return;
  const bare = name?.startsWith(modelPrefix) ? name.slice(modelPrefix.length) : name;
  if (bare !== undefined && allows(bare)) return;
  found(search, { kind: "other_model", name, where: whereOf(reading) });
}

const LONGEST_VALUE_BYTES = 2048;

function whereOf({ key }: Reading): string {
  return `"${key} of the JSON body`;
}

/** Ends the search; any offset will do. */
function found(search: Search, finding: ModelFinding): number {
  search.found ??= finding;
  return search.body.length;
}

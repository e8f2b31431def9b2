/** A JSON body held against the models that its caller may use: every member, at any depth, in any spelling. */
import {
  LONGEST_NAME_BYTES,
  meaningOf,
  namesOne,
  type Region,
  REGION_KEYS,
  regionBelow,
} from "../dialect/model_names.ts";
import { type Span, stringAt } from "./json_string.ts";
import { WantedKeys } from "./wanted_keys.ts";
import { skipKey, skipScalar, skipValue } from "./json_skip.ts";
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  skipSpace,
} from "./json_token.ts";
import { heldValue } from "./held_value.ts";
import { isType, mayNameModel } from "./may_name_model.ts";
import { type Allows, type ModelFinding, unclear } from "./model_finding.ts";
import { meansAll, type Member, NO_NAME, type Reading, readingOf } from "./model_reading.ts";
import { StringEnds } from "./string_ends.ts";

interface Options {
  readonly allows: Allows;
  /** What may stand before a model's name. */
  readonly modelPrefix: string;
}

interface Search extends Options {
  readonly body: Uint8Array;
  readonly ends: StringEnds;
  /** How many lists and objects are open. */
  depth: number;
  /** How many names have been decoded: of members that may name a model, and of models. */
  names: number;
  /** Of the object that is read, where its keys may be models. */
  keys: Keys | undefined;
  found: ModelFinding | undefined;
}

interface Keys {
  /** Whether a member says which model the object stands for: its keys are none then. */
  saysWhich: boolean;
  /** The first that is not allowed. */
  other: ModelFinding | undefined;
}

/** Deeper than anybody writes, and as deep as many readers go. */
const DEEPEST = 256;

/**
 * The first other model; undefined where there is none.
 *
 * @param body one JSON object, known to be well-formed but for what is between quotes
 */
export function otherInJson(body: Uint8Array, options: Options): ModelFinding | undefined {
  const search: Search = {
    ...options,
    body,
    ends: new StringEnds(body),
    depth: 0,
    names: 0,
    ...NOTHING,
  };
  readObject(search, body.indexOf(OPEN_BRACE), NO_NAME.plain);
  return search.found;
}

const NOTHING = { keys: undefined, found: undefined } as const;

/** The end of a value. Of no meaning once something is found. */
function readValue(search: Search, at: number, reading: Reading): number {
  const { body } = search;
  if (search.depth > DEEPEST) return found(search, TOO_DEEP);
  if (body[at] === OPEN_BRACE) return readObject(search, at, reading);
  if (body[at] === OPEN_BRACKET) return readList(search, at, reading);
  const end = skipScalar(body, at, search.ends);
  if (reading.meaning !== "none") readName(search, { start: at, end }, reading);
  return end;
}

/** As many as are decoded without holding up others; a long conversation has some hundreds. */
const MOST_NAMES = 50_000;
const TOO_MANY = unclear(`its JSON has more than ${MOST_NAMES} names that may be a model's`);

const TOO_DEEP = unclear(`its JSON is nested more than ${DEEPEST} levels deep`);

function readList(search: Search, open: number, reading: Reading): number {
  const { body } = search;
  search.depth++;
  let at = skipSpace(body, open + 1);
  while (search.found === undefined && body[at] !== CLOSE_BRACKET) {
    at = skipSpace(body, readValue(search, at, reading));
    if (body[at] !== CLOSE_BRACKET) at = skipSpace(body, at + 1);
  }
  search.depth--;
  return at + 1;
}

function readObject(search: Search, open: number, reading: Reading): number {
  const { body, keys: outer } = search;
  search.keys = reading.namesKeys ? { saysWhich: false, other: undefined } : undefined;
  search.depth++;
  let at = skipSpace(body, open + 1);
  while (search.found === undefined && body[at] !== CLOSE_BRACE) {
    at = skipSpace(body, readMember(search, at, reading));
    if (body[at] !== CLOSE_BRACE) at = skipSpace(body, at + 1);
  }
  search.depth--;
  if (search.keys?.saysWhich === false) search.found ??= search.keys.other;
  search.keys = outer;
  return at + 1;
}

function readMember(search: Search, start: number, outer: Reading): number {
  const { body } = search;
  const end = skipKey(body, start, search.ends);
  const at = skipSpace(body, skipSpace(body, end) + 1);
  const holds = body[at] === OPEN_BRACE || body[at] === OPEN_BRACKET;
  const isNamed = outer.meaning !== "none" || mayNameModel(body, start, end) ||
    (outer.region !== "conversation" && isType(body, start, end));
  if (!isNamed && !holds) return skipScalar(body, at, search.ends);
  const key = { start, end };
  const region = holds ? regionAt(body, key, outer) : outer.region;
  if (region === "opaque" && !meansAll(outer)) return skipValue(body, at);
  const reading = isNamed ? namedReading(search, key, { outer, region, holds }) : NO_NAME[region];
  return readValue(search, at, reading);
}

/** Only a key in its plain spelling leads into another region. */
function regionAt(body: Uint8Array, key: Span, { region }: Reading): Region {
  const spelt = REGION_KEYS_WANTED.spelt(body, key.start, key.end);
  return spelt === undefined ? region : regionBelow(spelt, region);
}

const REGION_KEYS_WANTED = new WantedKeys(REGION_KEYS);

/** How the value of a member is read that may mean something. */
function namedReading(search: Search, span: Span, member: Member): Reading {
  const { outer } = member;
  if (meansAll(outer) && !outer.namesKeys) return outer;
  const key = keyAt(search, span);
  if (key === undefined) return outer;
  const where = `${JSON.stringify(key)} at byte ${span.start} of the JSON body`;
  if (!meansAll(outer)) return readingOf(key, { ...member, where, isTop: search.depth === 1 });
  noteKey(search, key, where);
  return { ...outer, namesKeys: false };
}

/** A key decoded; undefined where it cannot be, and then that is found. */
function keyAt(search: Search, span: Span): string | undefined {
  if (++search.names > MOST_NAMES) found(search, TOO_MANY);
  const isShort = span.end - span.start <= LONGEST_NAME_BYTES;
  const key = isShort ? stringAt(search.body, span) : undefined;
  if (key === undefined) {
    found(search, unclear(`a member's name at byte ${span.start} is too long or no JSON string`));
  }
  return key;
}

/** `{ "cheap": "dear" }` has names for keys, `{ "model": "cheap", "temperature": 1 }` has none. */
function noteKey({ keys, allows }: Search, key: string, where: string): void {
  if (keys === undefined) return;
  if (namesOne(key) || meaningOf(key, false) === "model") keys.saysWhich = true;
  else if (!allows(key)) keys.other ??= { kind: "other_model", name: key, where };
}

/** Holds a string against what its member means. What is none names nothing. */
function readName(search: Search, span: Span, reading: Reading): void {
  const { body, allows, modelPrefix } = search;
  if (body[span.start] !== QUOTE) return;
  if (++search.names > MOST_NAMES) found(search, TOO_MANY);
  const isShort = span.end - span.start <= LONGEST_VALUE_BYTES;
  const name = isShort ? stringAt(body, span) : undefined;
  const { meaning, where } = reading;
  const bare = name?.startsWith(modelPrefix) ? name.slice(modelPrefix.length) : name;
  search.found ??= heldValue(bare, { meaning, where, allows });
}

const LONGEST_VALUE_BYTES = 2048;

/** Ends the search; any offset will do. */
function found(search: Search, finding: ModelFinding): number {
  search.found ??= finding;
  return search.body.length;
}

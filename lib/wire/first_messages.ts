/** Tells conversations apart by how they began, where nothing in the request names them. */
import { Buffer } from "node:buffer";
import { digestOf } from "./digest.ts";
import { jsonOf, latin1Of } from "./ids_under.ts";
import { elementsIn } from "./json_list.ts";
import { scanInSteps, scanTopLevel } from "./json_scan.ts";
import type { Span } from "./json_string.ts";
import { WantedKeys } from "./wanted_keys.ts";
import { type Members, stringIn, valueIn } from "./members.ts";
import { SLICE_BYTES, type Steps } from "./turns.ts";

/** The turns of a conversation, whichever vendor's; the first that is there. */
export const TURNS: readonly string[] = ["messages", "input", "contents"];

/** What stands before the turns, where it does not stand among them. */
const INSTRUCTIONS = ["system", "instructions", "systemInstruction", "system_instruction"];

export interface FirstMessages {
  /** Of the instructions and of the turns up to the user's first: the same while a conversation grows. */
  readonly digest: string;
  /** Whether neither the model nor a tool has had an earlier turn. */
  readonly isFirstTurn: boolean;
}

/** How the conversation began; undefined where that cannot be told. */
export function* firstMessagesInSteps(
  body: Uint8Array,
  members: Members,
): Steps<FirstMessages | undefined> {
  const turns = TURNS.map((key) => members.get(key)?.at(-1)).find((span) => span !== undefined);
  const opening = turns === undefined ? undefined : yield* openingOf(body, turns);
  if (opening === undefined) return undefined;
  const { isFirstTurn } = opening;
  // What it goes on from is kept at its backend: here is no beginning.
  if (isFirstTurn && wordIn(body, members, "previous_response_id") !== undefined) return undefined;
  const instructions = INSTRUCTIONS.flatMap((key) => valueIn(body, members, key) ?? []);
  const told = toldBy([...instructions, ...opening.turns]);
  return told === undefined ? undefined : { digest: digestOf("first_messages", told), isFirstTurn };
}

/** A longer beginning is not taken apart. */
const LONGEST_PARSED_BYTES = 512 * 1024;
/** How much of each of its parts tells it from others then: a file that is sent anew begins the same. */
const TOLD_BYTES = 4096;

function toldBy(parts: readonly Uint8Array[]): string | undefined {
  const bytes = parts.reduce((sum, { length }) => sum + length, 0);
  if (bytes > LONGEST_PARSED_BYTES) {
    return parts.map((part) => latin1Of(part.subarray(0, TOLD_BYTES))).join("\0");
  }
  const values = parts.map(jsonOf);
  return values.includes(undefined) ? undefined : written(values.map(essenceOf));
}

/** Where the model has not spoken in so many turns, this is no conversation. */
const MOST_LOOKED_AT = 1000;

interface Opening {
  /** Up to the user's first. */
  readonly turns: readonly Uint8Array[];
  /** Whether no turn before the last is the model's or a tool's. */
  readonly isFirstTurn: boolean;
}

function* openingOf(body: Uint8Array, turns: Span): Steps<Opening | undefined> {
  if (body[turns.start] === QUOTE) return { turns: [asTurn(body, turns)], isFirstTurn: true };
  const opening: Uint8Array[] = [];
  let asked = false;
  let modelSpoke = false;
  let hasEarlier = false;
  let looked = 0;
  for (const span of elementsIn(body, turns)) {
    if (span === undefined) {
      yield;
      continue;
    }
    const element = body.subarray(span.start, span.end);
    if (++looked > MOST_LOOKED_AT) return undefined;
    // The model's words at the very end are no earlier turn: the caller puts them into its mouth.
    hasEarlier ||= modelSpoke;
    const speaker = yield* speakerOf(element);
    if (!asked) opening.push(element);
    asked ||= speaker === "user";
    modelSpoke ||= speaker === "model";
    hasEarlier ||= speaker === "tool";
    if (asked && hasEarlier) return { turns: opening, isFirstTurn: false };
  }
  return asked ? { turns: opening, isFirstTurn: true } : undefined;
}

const QUOTE = 0x22;

/** A first turn that is a mere text, as the list of a later request repeats it. */
function asTurn(body: Uint8Array, { start, end }: Span): Uint8Array {
  const text = body.subarray(start, end);
  if (text.length > LONGEST_PARSED_BYTES) return text;
  return new Uint8Array(Buffer.concat([Buffer.from('{"role":"user","content":'), text, BRACE]));
}

const BRACE = Buffer.from("}");

type Speaker = "user" | "model" | "tool" | "operator";

/** Items of OpenAI Responses that only a running conversation has. */
const RUNNING_ITEM = /^(?:reasoning|compaction|item_reference)$|_call(?:_output)?$/;

const SPEAKING = new WantedKeys(["role", "type"]);

function* speakerOf(element: Uint8Array): Steps<Speaker> {
  const scan = element.length > SLICE_BYTES
    ? yield* scanInSteps(element, SPEAKING)
    : scanTopLevel(element, SPEAKING);
  const members: Members = scan.kind === "object" ? scan.members : new Map();
  const [role, type] = ["role", "type"].map((key) => wordIn(element, members, key));
  if (role !== undefined) return SPEAKERS.get(role) ?? "operator";
  // Gemini's callers may leave the role out.
  if (type === undefined) return "user";
  return RUNNING_ITEM.test(type) ? "tool" : "operator";
}

const LONGEST_WORD_BYTES = 256;

/** A member that is a short text. */
function wordIn(element: Uint8Array, members: Members, key: string): string | undefined {
  const written = valueIn(element, members, key);
  if (written === undefined) return undefined;
  return written.length > LONGEST_WORD_BYTES ? "" : stringIn(element, members, key);
}

const SPEAKERS: ReadonlyMap<string, Speaker> = new Map([
  ["user", "user"],
  ["assistant", "model"],
  ["model", "model"],
  ["tool", "tool"],
  ["function", "tool"],
]);

/**
 * What is said and who says it. A text is the same as a string or as a list of one part, because
 * clients write it as a list in the turns that carry a cache marker.
 */
function essenceOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return textsOf(value);
  if ("role" in value && "content" in value) return [value.role, textsOf(value.content)];
  return value;
}

function textsOf(content: unknown): unknown {
  if (!Array.isArray(content)) return [content];
  return content.map((part: unknown) => {
    const isObject = typeof part === "object" && part !== null;
    return isObject && "text" in part && typeof part.text === "string" ? part.text : part;
  });
}

/** As JSON without cache markers; undefined when it is nested too deeply to be written. */
function written(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (key, inner) => key === "cache_control" ? undefined : inner);
  } catch {
    return undefined;
  }
}

/** Tells conversations apart by how they began, where nothing in the request names them. */
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

/**
 * The digest of the instructions and of the turns up to the user's first, which stay the same while
 * a conversation grows. Undefined until the request holds an earlier turn of the model or of a tool:
 * a first turn belongs nowhere yet.
 */
export function* firstMessagesInSteps(
  body: Uint8Array,
  members: Members,
): Steps<string | undefined> {
  const turns = TURNS.map((key) => members.get(key)?.at(-1)).find((span) => span !== undefined);
  const opening = turns === undefined ? undefined : yield* openingOf(body, turns);
  if (opening === undefined) return undefined;
  const instructions = INSTRUCTIONS.flatMap((key) => valueIn(body, members, key) ?? []);
  const told = toldBy([...instructions, ...opening]);
  return told === undefined ? undefined : digestOf("first_messages", told);
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

/** The turns up to the user's first, if there are turns before the last that are not the user's. */
function* openingOf(
  body: Uint8Array,
  turns: Span,
): Steps<readonly Uint8Array[] | undefined> {
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
    if (asked && hasEarlier) return opening;
  }
  return undefined;
}

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

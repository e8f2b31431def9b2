/** What in a request says where it belongs: to the backend that knows the rest of it. */
import { conversationInSteps } from "./conversation.ts";
import {
  isStoredId,
  ISSUED_KEYS,
  issuedDigest,
  responseInPath,
  storedDigest,
  storedInPath,
} from "./id_places.ts";
import { idsInSteps, patternOf } from "./ids_under.ts";
import { idsIn } from "./members.ts";
import { once } from "./once.ts";
import type { Received } from "./receive.ts";
import { atOnce, inTurns, SLICE_BYTES, type Steps } from "./turns.ts";

/** Digests only: nothing of a prompt and no id is kept. */
export interface Belonging {
  /** Of ids that some backend issued, newest first. */
  readonly issued: readonly string[];
  /** Of the strongest key of the conversation it belongs to; undefined when it has none. */
  readonly conversation: string | undefined;
  /**
   * Whether only its opening tells the conversation, and it is no more than that: who serves it is
   * noted, but another conversation that began alike says nothing of where this one belongs.
   */
  readonly isFirstTurn: boolean;
  /** Of ids of stored objects named in the path or the body. */
  readonly stored: readonly string[];
}

/** Top-level keys whose values are ids of stored objects. */
const STORED_MEMBERS: readonly string[] = [
  "assistant_id",
  "cachedContent",
  "cached_content",
  "container",
  "conversation",
  "file_id",
  "file_ids",
  "input_file_id",
  "thread_id",
  "training_file",
  "validation_file",
  "vector_store_ids",
];

/** What is searched for at any depth, by the top-level key whose vendor puts it there. */
const SEARCHES: readonly (readonly [string, RegExp])[] = [
  ["messages", patternOf(["signature", "encrypted_content", "thought_signature", "file_id"])],
  ["input", patternOf(["encrypted_content", "file_id", "vector_store_ids"])],
  ["contents", patternOf(["thoughtSignature", "thought_signature", "fileUri", "file_uri"])],
];

/** The top-level keys that `belongingOf()` reads, for a scan of its caller's own. */
export const BELONGING_KEYS: readonly string[] = [
  ...SEARCHES.map(([member]) => member),
  ...STORED_MEMBERS,
  "instructions",
  "metadata",
  "previous_response_id",
  "prompt_cache_key",
  "system",
  "systemInstruction",
  "system_instruction",
];

/** Where a request belongs, asked once or never; of a large one it is found out now, in turns of the loop. */
export function belongingFor(
  received: Received,
): (() => Belonging) | Promise<() => Belonging> {
  return received.body.length > SLICE_BYTES
    ? inTurns(belongingInSteps(received)).then((belonging) => () => belonging)
    : once(() => belongingOf(received));
}

/**
 * Where a request belongs. It never throws, whatever the body is, and reads no byte of it more than
 * a few times.
 */
export function belongingOf(received: Received): Belonging {
  return atOnce(belongingInSteps(received));
}

function* belongingInSteps(received: Received): Steps<Belonging> {
  const { body, path, members } = received;
  const [, pattern] = SEARCHES.find(([member]) => members.has(member)) ?? [];
  const found = pattern === undefined ? [] : yield* idsInSteps(body, pattern);
  const under = (isIssued: boolean) =>
    found.filter(({ key }) => ISSUED_KEYS.includes(key) === isIssued).map(({ id }) => id);
  const named = (key: string) => idsIn(body, members, key);
  const issued = [responseInPath(path) ?? [], named("previous_response_id"), under(true)].flat();
  const stored = [storedInPath(path), STORED_MEMBERS.flatMap(named), under(false)].flat();
  const conversation = yield* conversationInSteps(received, members);
  return {
    issued: unique(yield* digestsOf(issued)),
    conversation: conversation?.digest,
    isFirstTurn: conversation?.isFirstTurn ?? false,
    stored: unique(stored.filter(isStoredId).map(storedDigest)),
  };
}

/** Some may be as long as a thought. */
function* digestsOf(issued: readonly string[]): Steps<string[]> {
  const digests: string[] = [];
  for (const id of issued) {
    digests.push(issuedDigest(id));
    if (id.length > LONG_ID_CHARACTERS) yield;
  }
  return digests;
}

const LONG_ID_CHARACTERS = 64 * 1024;

function unique(digests: readonly string[]): string[] {
  return [...new Set(digests)];
}

/** The conversation that a request belongs to, by the strongest key it carries. */
import { digestOf } from "./digest.ts";
import { type FirstMessages, firstMessagesInSteps } from "./first_messages.ts";
import type { Steps } from "./turns.ts";
import { headerValue } from "./headers.ts";
import { WantedKeys } from "./wanted_keys.ts";
import { idsIn, type Members, membersOf, stringIn, valueIn } from "./members.ts";
import type { Received } from "./receive.ts";

/** Where agents name the session, in the order of trust. Names that change with each request: no. */
const SESSION_HEADERS: readonly string[] = [
  "x-claude-code-session-id",
  "session_id", // Codex
  "session-id", // Codex, newer
  "conversation_id", // Codex, older
  "x-session-affinity", // opencode, Crush
  "x-session-id", // opencode, Crush, pi
  "x-opencode-session",
  "x-amp-thread-id",
];

const LONGEST_KEY = 1024;

/** The conversation; undefined when nothing tells it from others. */
export function* conversationInSteps(
  { headers, body }: Pick<Received, "headers" | "body">,
  members: Members,
): Steps<FirstMessages | undefined> {
  for (const name of SESSION_HEADERS) {
    const session = headerValue(headers, name);
    if (isKey(session)) return named(name, session);
  }
  for (const [kind, read] of BODY_KEYS) {
    const key = read(body, members);
    if (isKey(key)) return named(kind, key);
  }
  return yield* firstMessagesInSteps(body, members);
}

/** Who names a conversation knows it from the first turn on. */
function named(kind: string, key: string): FirstMessages {
  return { digest: digestOf(kind, key), isFirstTurn: false };
}

type ReadKey = (body: Uint8Array, members: Members) => string | undefined;

const BODY_KEYS: readonly (readonly [string, ReadKey])[] = [
  ["prompt_cache_key", cacheKey],
  ["conversation", (body, members) => idsIn(body, members, "conversation")[0]],
  ["user_id", userId],
];

/** A key in which every character is escaped, in its quotes. */
const LONGEST_WRITTEN = 6 * LONGEST_KEY + 2;

function cacheKey(body: Uint8Array, members: Members): string | undefined {
  const written = valueIn(body, members, "prompt_cache_key");
  const isLong = written !== undefined && written.length > LONGEST_WRITTEN;
  return isLong ? undefined : stringIn(body, members, "prompt_cache_key");
}

/** OpenAI allows 16 pairs of half a kilobyte; what is much larger names nobody. */
const LONGEST_METADATA = 64 * 1024;

const USER_ID = new WantedKeys(["user_id"]);

function userId(body: Uint8Array, members: Members): string | undefined {
  const metadata = valueIn(body, members, "metadata");
  if (metadata === undefined || metadata.length > LONGEST_METADATA) return undefined;
  return stringIn(metadata, membersOf(metadata, USER_ID), "user_id");
}

function isKey(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== "" && value.length <= LONGEST_KEY;
}

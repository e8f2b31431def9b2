/** What tells another try of a request from a new request. */
import type { Belonging } from "./belonging.ts";
import { digestOf } from "./digest.ts";
import { TURNS } from "./first_messages.ts";
import { headerValue } from "./headers.ts";
import { elementsIn } from "./json_list.ts";
import type { Span } from "./json_string.ts";
import type { Received } from "./receive.ts";

/** Digests only: nothing of a prompt is kept. */
export interface Repetition {
  /** Of the conversation's key; of the whole body where it has none. */
  readonly conversation: string;
  /** Of the last message, whichever vendor's; of the whole body where there are no messages. */
  readonly request: () => string;
  /** Whether its client says that it is another try: the SDKs of OpenAI and Anthropic send 0 on a first. */
  readonly isRetry: boolean;
}

/** What of a request tells. */
export type Repeatable = Pick<Received, "body" | "members" | "headers">;

/** Where a request might be one that has been sent before. */
export function repetitionOf(
  { body, members, headers }: Repeatable,
  { conversation }: Pick<Belonging, "conversation">,
): Repetition {
  const list = TURNS.map((key) => members.get(key)?.at(-1)).find((span) => span !== undefined);
  return {
    conversation: conversation ?? digestOf("request", toldBy(body)),
    request: () => digestOf("request", toldBy(list === undefined ? body : lastMessage(body, list))),
    isRetry: Number(headerValue(headers, "x-stainless-retry-count") ?? 0) > 0,
  };
}

/** Of what is longer, the last bytes tell enough. */
const LOOKED_AT_BYTES = 512 * 1024;

function toldBy(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(Math.max(0, bytes.length - LOOKED_AT_BYTES));
}

/** The last element of a list that is not too long to be walked; else the whole value. */
function lastMessage(body: Uint8Array, list: Span): Uint8Array {
  let last = list;
  if (list.end - list.start <= LOOKED_AT_BYTES) {
    for (const span of elementsIn(body, list)) last = span ?? last;
  }
  return body.subarray(last.start, last.end);
}

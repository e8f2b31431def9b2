/** Requests that were left in silence, as far as state/departures.ts looks at them. */
import type { Alias } from "../lib/config/snapshot.ts";
import { operationOf } from "../lib/dialect/operations.ts";
import type { LeftRequest } from "../lib/state/departures.ts";
import { WantedKeys } from "../lib/wire/wanted_keys.ts";
import { membersOf } from "../lib/wire/members.ts";
import { type Repeatable, type Repetition, repetitionOf } from "../lib/wire/repetition.ts";

export const NO_CONTENT = { contentMs: undefined, signMs: undefined };

/** What stands in a request's list of messages, if it is one, is its last message. */
export function repeatable(
  body: string,
  headers: Repeatable["headers"] = [],
): Repeatable {
  const bytes = new TextEncoder().encode(body);
  const keys = new WantedKeys(["messages", "input", "contents"]);
  return { body: bytes, members: membersOf(bytes, keys), headers };
}

/** A request of a conversation that has been silent that long. */
export function requestOf(
  conversation: string,
  { alias, silentMs, lines = [] }: {
    readonly alias: Alias;
    readonly silentMs: number;
    readonly lines?: Repeatable["headers"];
  },
): LeftRequest & { readonly repetition: () => Repetition } {
  const received = repeatable(`{"messages":[{"role":"user","content":"Hi"}]}`, lines);
  const belonging = () => ({ conversation });
  return {
    call: { alias, operation: operationOf("POST", "/v1/chat/completions") },
    received,
    belonging,
    entry: { attempts: [{ startedMs: 0, notes: NO_CONTENT }], elapsedMs: () => silentMs },
    metDrill: () => false,
    repetition: () => repetitionOf(received, belonging()),
  };
}

/** Requests as the proxy has received them, and what they belong to. */
import { type Belonging, BELONGING_KEYS, belongingOf } from "../../lib/wire/belonging.ts";
import type { RawHeaders } from "../../lib/wire/headers.ts";
import { issuedDigest, storedDigest } from "../../lib/wire/id_places.ts";
import { WantedKeys } from "../../lib/wire/wanted_keys.ts";
import { membersOf } from "../../lib/wire/members.ts";
import type { Received } from "../../lib/wire/receive.ts";

export interface Asked {
  readonly path?: string;
  readonly headers?: RawHeaders;
}

/** A request with this body; text is sent as it is, anything else as JSON. */
export function received(body: unknown, { path = "/v1/x", headers = [] }: Asked = {}): Received {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(text);
  const request = { method: "POST", target: path, path, headers };
  const members = membersOf(bytes, new WantedKeys(BELONGING_KEYS));
  return {
    kind: "received",
    ...request,
    body: bytes,
    rest: undefined,
    fields: { kind: "none" },
    members,
    coded: undefined,
    models: [],
  };
}

export function belonging(body: unknown, asked: Asked = {}): Belonging {
  return belongingOf(received(body, asked));
}

/** The conversation whose home is asked for; undefined for one that is only being opened. */
export function conversation(body: unknown, headers: RawHeaders = []): string | undefined {
  const { conversation, isFirstTurn } = belonging(body, { headers });
  return isFirstTurn ? undefined : conversation;
}

/** The conversation whose home is noted. */
export function noted(body: unknown): string | undefined {
  return belonging(body).conversation;
}

export function issued(...ids: readonly string[]): string[] {
  return ids.map(issuedDigest);
}

export function stored(...ids: readonly string[]): string[] {
  return ids.map(storedDigest);
}

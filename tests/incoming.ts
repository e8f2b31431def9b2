/** A caller's request that has come in whole, without a listener. */
import type { RawHeaders } from "../lib/wire/headers.ts";
import type { Incoming } from "../lib/wire/incoming.ts";

export interface GivenIncoming {
  readonly method?: string;
  /** Made a path and query as a URL has them. */
  readonly target: string;
  readonly headers: RawHeaders;
  readonly body: string;
}

export function incomingOf({ method = "POST", target, headers, body }: GivenIncoming): Incoming {
  const bytes = new TextEncoder().encode(body);
  let left: Uint8Array | undefined = bytes;
  return {
    method,
    target: new URL(target, "http://proxy").href.slice("http://proxy".length),
    headers,
    caller: "127.0.0.1:9",
    signal: new AbortController().signal,
    read: () => Promise.resolve(bytes),
    reader: () => () => {
      const next = left;
      left = undefined;
      return Promise.resolve(next);
    },
  };
}

/** Sends a request again, and hands over what comes back as it comes. */
import type { Backend } from "../config/snapshot.ts";
import { Pools, type ProxyFor } from "../connections/pools.ts";
import { attempt } from "../wire/attempt.ts";
import type { RawHeaders } from "../wire/headers.ts";
import { Departure } from "../wire/leaving.ts";
import type { Outgoing } from "../wire/outgoing.ts";
import { NO_READING } from "../wire/reading.ts";

export interface SendOptions {
  readonly backend: Backend;
  readonly streamed: boolean;
  /** The environment's proxies, for a backend that says nothing of one; default none. */
  readonly proxyFor?: ProxyFor;
  readonly onHead: (status: number, headers: RawHeaders) => void;
  readonly onChunk: (chunk: Uint8Array) => Promise<void>;
}

/** How it went: undefined where the reply came whole, else what broke, for a person. */
export async function send(request: Outgoing, options: SendOptions): Promise<string | undefined> {
  const { backend, streamed, proxyFor, onHead, onChunk } = options;
  const pools = new Pools(proxyFor);
  try {
    const outcome = await attempt(request, {
      connections: pools.for(backend),
      timeouts: backend.timeouts,
      streamed,
      upgrade: false,
      // Whoever asks for a request to be sent again has it sent once.
      mayCreate: true,
      expects: undefined,
      reading: NO_READING,
      signal: new Departure(),
    });
    if (outcome.kind === "fault") return `${outcome.code} (${outcome.detail})`;
    onHead(outcome.status, outcome.headers);
    const { body } = outcome;
    for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) {
      await onChunk(chunk);
    }
    return body.end?.kind === "cut" ? `the reply broke off: ${body.end.detail}` : undefined;
  } finally {
    await pools.destroy();
  }
}

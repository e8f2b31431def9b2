/** Attempts on a scripted peer over real connections, and raw peers that need not speak HTTP. */
import { responseOf } from "../../lib/accept/deno_serve.ts";
import { createServer, type Socket } from "node:net";
import { once } from "node:events";
import type { Backend, Timeouts } from "../../lib/config/snapshot.ts";
import { Pools } from "../../lib/connections/pools.ts";
import { attempt, type AttemptOptions } from "../../lib/wire/attempt.ts";
import type { Fault, Outcome, Reply } from "../../lib/wire/outcome.ts";
import type { Outgoing } from "../../lib/wire/outgoing.ts";
import { NO_READING } from "../../lib/wire/reading.ts";
import { type Ending, relay } from "../../lib/wire/relay.ts";
import { backendOf } from "../routing.ts";

export interface Sent
  extends Partial<Outgoing>, Partial<Omit<AttemptOptions, "connections" | "timeouts">> {}

export interface Trial extends AsyncDisposable {
  /** One attempt: a POST of `{}` unless told otherwise. */
  send(sent?: Sent): Promise<Outcome>;
  /** One attempt that must be answered. */
  reply(sent?: Sent): Promise<Reply>;
  /** One attempt that must not be answered. */
  fault(sent?: Sent): Promise<Fault>;
}

const BODY = new TextEncoder().encode("{}");

/** Attempts on `origin`; what is connected is closed at the end. */
export function startTrial(
  origin: string,
  timeouts: Partial<Timeouts> = {},
  given: Partial<Backend> = {},
): Trial {
  const pools = new Pools();
  const defaults = backendOf("peer", { origin, ...given });
  const backend = { ...defaults, timeouts: { ...defaults.timeouts, ...timeouts } };
  async function send(
    { signal, streamed, upgrade, mayCreate, expects, reading, ...given }: Sent = {},
  ) {
    const content = { headers: [], body: BODY, refusal: undefined, rest: undefined };
    const request = { method: "POST", origin, target: "/x", ...content, ...given };
    return await attempt(request, {
      connections: pools.for(backend),
      timeouts: backend.timeouts,
      streamed: streamed ?? false,
      upgrade: upgrade ?? false,
      mayCreate: mayCreate ?? false,
      expects,
      reading: reading ?? NO_READING,
      signal: signal ?? new AbortController().signal,
    });
  }
  return {
    send,
    async reply(sent) {
      const outcome = await send(sent);
      if (outcome.kind === "reply") return outcome;
      throw new Error(`fault ${outcome.code}: ${outcome.detail}`);
    },
    async fault(sent) {
      const outcome = await send(sent);
      if (outcome.kind === "fault") return outcome;
      throw new Error(`reply ${outcome.status}`);
    },
    [Symbol.asyncDispose]: () => pools.destroy(),
  };
}

/** A reply on its way to the caller. */
export interface Relayed {
  readonly response: Response;
  /** What `onEnd` was told, as often as it was. */
  readonly endings: readonly Ending[];
  /** Resolves with the first ending. */
  readonly ended: Promise<Ending>;
  /** Bytes that `onChunk` saw. */
  readonly seenBytes: () => number;
}

/** What a relay needs to know only for a switch of protocols. */
export const NO_TUNNEL = { onCallerChunk() {}, patienceMs: Infinity };

export function relayed(reply: Reply, method = "POST"): Relayed {
  const endings: Ending[] = [];
  const { promise: ended, resolve } = Promise.withResolvers<Ending>();
  let seen = 0;
  const relaying = relay(reply, {
    method,
    errorEvent: undefined,
    onChunk: (chunk) => seen += chunk.length,
    ...NO_TUNNEL,
    onEnd: (ending) => {
      endings.push(ending);
      resolve(ending);
    },
  });
  const response = responseOf(method, relaying);
  return { response, endings, ended, seenBytes: () => seen };
}

/** Lets callbacks that are due run; a connection is free for the next request only then. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

export interface RawPeer extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
}

/** A TCP server that does with each connection as it is told. */
export async function startRawPeer(onConnection: (socket: Socket) => void): Promise<RawPeer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onConnection(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    address: `127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      sockets.forEach((socket) => socket.destroy());
      await closed;
    },
  };
}

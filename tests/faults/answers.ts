/** Backends in a line that answer as told, one caller before them, and what each request left behind. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { callRaw, passedLines, type RawReply, type RawRequest } from "../caller.ts";
import { chain } from "../chain.ts";
import { type Peer, rawReply, type Script, startPeer, startReplier } from "../peer.ts";
import { startProxy, type TestProxy, type TestProxyOptions } from "../proxy.ts";
import { backendOf, routeOf } from "../routing.ts";
import type { AttemptRecord, Entry } from "../../lib/record/entry.ts";

/** A reply told from others by every part of it. */
export interface Answer {
  readonly status: number;
  readonly lines: readonly string[];
  readonly body: string | Uint8Array;
  /** All of it on the wire. */
  readonly bytes: Uint8Array;
}

const JSON_LINES = ["Content-Type: application/json"];

export function answer(
  status: number,
  body: string | Uint8Array,
  lines: readonly string[] = JSON_LINES,
): Answer {
  return { status, lines, body, bytes: rawReply(status, lines, body) };
}

/** A JSON answer with further header lines. */
export function jsonAnswer(status: number, body: unknown, ...lines: readonly string[]): Answer {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return answer(status, text, [...JSON_LINES, ...lines]);
}

/** A chat completion, as good as any. */
export const GOOD = jsonAnswer(200, {
  id: "c1",
  choices: [{ index: 0, message: { role: "assistant", content: "Servus" }, finish_reason: "stop" }],
}, "X-Request-ID: good-1");

/** The caller got this answer, byte for byte. */
export function isAnswer(got: RawReply, { status, lines, body }: Answer): void {
  assert.equal(got.status, status);
  assert.deepEqual(passedLines(got), lines);
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  assert.equal(got.ending, "whole");
  assert.ok(Buffer.from(got.body).equals(bytes), `other bytes than the answer of ${status}`);
}

/** A request of the alias `chat` that asks for an answer in one piece. */
export const CHAT: RawRequest = {
  target: "/v1/chat/completions",
  lines: ["Content-Type: application/json"],
  body: `{"model":"chat","messages":[{"role":"user","content":"Grüß Gott"}]}`,
};

/** The same, streamed. */
export const STREAMED: RawRequest = {
  ...CHAT,
  body: `{"model":"chat","stream":true,"messages":[{"role":"user","content":"Grüß Gott"}]}`,
};

/** One request, and what came of it. */
export interface Asked {
  readonly got: RawReply;
  /** Each attempt as recorded, in order: `primary: row 12 cools the route for 7 s`. */
  readonly attempts: readonly string[];
  readonly entry: Entry;
}

export interface Line extends AsyncDisposable {
  readonly proxy: TestProxy;
  /** A backend's peer. */
  peer(name: string): Peer;
  /** Asks and waits until the request is recorded; one at a time. */
  ask(request?: RawRequest): Promise<Asked>;
  /** The seconds for which a backend's route is still cooling; 0 where it may be tried. */
  cooling(name: string): number;
}

export interface LineOptions extends Pick<TestProxyOptions, "ledger"> {
  /** Further top-level keys of the configuration, as YAML. */
  readonly rest?: string;
  /** The keys of backends on `auth: inject`. */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
}

/** A backend for each behaviour, the first one tried first; `name` knows `chat` as `name-model`. */
export async function startLine(
  behaviours: Readonly<Record<string, Answer | Script>>,
  { rest = "", keys = {}, ledger }: LineOptions = {},
): Promise<Line> {
  const stack = new AsyncDisposableStack();
  const peers = new Map<string, Peer>();
  for (const [name, behaviour] of Object.entries(behaviours)) {
    const isScript = typeof behaviour === "function";
    const peer = await (isScript ? startPeer(behaviour) : startReplier(behaviour.bytes));
    peers.set(name, stack.use(peer));
  }
  const yaml = injecting(chain(Object.fromEntries(peers), rest), keys);
  const proxy = stack.use(await startProxy(yaml, { ledger }));
  return {
    proxy,
    peer: (name) => peers.get(name) ?? assert.fail(`no backend ${name}`),
    ask: (request = CHAT) => ask(proxy, request),
    cooling: (name) => coolingSeconds(proxy, name, keys[name]),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Asks a proxy and waits until the request is recorded; one request at a time. */
export async function ask(proxy: TestProxy, request: RawRequest = CHAT): Promise<Asked> {
  const { promise, resolve } = Promise.withResolvers<Entry>();
  const unwatch = proxy.state.journal.watch({ onAttempt: () => {}, onEnd: resolve });
  try {
    const got = await callRaw(proxy.url, request);
    const entry = await promise;
    return { got, entry, attempts: entry.attempts.map(attemptWords) };
  } finally {
    unwatch();
  }
}

/** The recorded log of the last request of a proxy. */
export async function lastLog({ logs }: TestProxy): Promise<string> {
  return (await logs()).at(-1) ?? assert.fail("no request was recorded");
}

function injecting(yaml: string, keys: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(keys).reduce(
    (text, [name, pool]) =>
      text.replace(
        `{ name: ${name},`,
        `{ name: ${name}, auth: inject, api_key: ${JSON.stringify(pool)},`,
      ),
    yaml,
  );
}

function attemptWords({ backend, verdict, change }: AttemptRecord): string {
  const decided = verdict.row === 0 ? "answered" : `row ${verdict.row}`;
  if (change.kind === "recovered") return `${backend}: ${decided}, recovered`;
  if (change.kind !== "cooled") return `${backend}: ${decided}`;
  return `${backend}: ${decided} cools the ${change.scope} for ${change.forMs / 1000} s`;
}

function coolingSeconds(
  { state: { clock, health } }: TestProxy,
  name: string,
  keys: readonly string[] | undefined,
): number {
  const backend = backendOf(name, keys === undefined ? {} : { keys });
  const { phase, untilMs } = health.look(routeOf(backend, { model: `${name}-model` }));
  return phase === "open" ? (untilMs - clock.monotonicMs()) / 1000 : 0;
}

/** A proxy with two backends, a call that presents credentials, and the search for where they went. */
import assert from "node:assert/strict";
import { join } from "node:path";
import type { RawRequest } from "../caller.ts";
import { chain } from "../chain.ts";
import { type Peer, reply, type Script, startPeer } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";
import { canary, type Place, secretsOf } from "./canaries.ts";
import { type Leak, leaksIn } from "./leaks.ts";
import { filesUnder, leakLine, leaksUnder } from "./logged.ts";

/** How backends are sent credentials: `first` and `second` each in its own way. */
export type Auth = "passthrough" | "inject";

export interface Stage extends AsyncDisposable {
  readonly proxy: TestProxy;
  readonly first: Peer;
  readonly second: Peer;
  /** The keys of each backend, injected or for the record. */
  readonly keys: Readonly<Record<"first" | "second", readonly string[]>>;
}

export interface StageOptions {
  readonly first: Script;
  /** Default: one that is well. */
  readonly second?: Script;
  readonly auth: Auth;
  /** Further top-level keys, as YAML. */
  readonly rest?: string;
}

const WELL: Script = ({ write }) =>
  write(reply(200, `{"choices":[{"message":{"content":"well"}}]}`));

export async function startStage(
  { first, second = WELL, auth, rest = "" }: StageOptions,
): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const peers = {
    first: stack.use(await startPeer(first)),
    second: stack.use(await startPeer(second)),
  };
  const keys = {
    first: [canary("sk-or-v1-", "one"), canary("", "two")],
    second: [canary("gsk_", "sec")],
  };
  let yaml = chain(peers, `timeouts: { first_byte_seconds: 1, idle_seconds: 1 }\n${rest}`);
  for (const name of ["first", "second"] as const) {
    const keyed = `auth: ${auth}, api_key: ${JSON.stringify(keys[name])}`;
    yaml = yaml.replace(`{ name: ${name},`, `{ name: ${name}, ${keyed},`);
  }
  const proxy = stack.use(await startProxy(yaml));
  const owned = stack.move();
  return { proxy, ...peers, keys, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** A call that presents these, in its head and once more in its body as people paste them. */
export function callWith(places: readonly Place[]): RawRequest {
  const parameters = places.flatMap(({ parameter }) => parameter ?? []);
  return {
    target: `/v1/chat/completions?${["a=1", ...parameters].join("&")}`,
    lines: places.flatMap(({ line }) => line ?? []),
    body: JSON.stringify({
      model: "chat",
      messages: [{ role: "user", content: `mine: ${places.map(({ value }) => value).join(", ")}` }],
    }),
  };
}

/** Neither in a log, nor on the console, nor in an answer of ours. */
export async function assertMasked(
  { proxy }: Stage,
  credentials: readonly string[],
): Promise<void> {
  await proxy.drain(0);
  const directory = join(proxy.directory, "logs");
  assert.ok((await filesUnder(directory)).length > 0, "nothing was logged");
  const secrets = secretsOf(credentials);
  const own = [...proxy.ledger?.ownBodies ?? []].join("\n");
  isNowhere([
    ...leaksIn("the console", proxy.lines.join("\n"), secrets),
    ...leaksIn("an answer of ours", own, secrets),
    ...await leaksUnder(directory, secrets),
  ]);
}

/** The same where the request is turned away before it has a log of its own. */
export function assertMaskedOnConsole({ proxy }: Stage, credentials: readonly string[]): void {
  assert.ok(proxy.lines.length > 0, "nothing was logged");
  isNowhere(leaksIn("the console", proxy.lines.join("\n"), secretsOf(credentials)));
}

/** Not in anything that this backend was sent. */
export function assertUnknownTo(
  { proxy, ...peers }: Stage,
  name: "first" | "second",
  credentials: readonly string[],
): void {
  const received = proxy.ledger?.receivedBy().get(peers[name].url)?.toString("latin1") ?? "";
  isNowhere(leaksIn(`what ${name} got`, headsOf(received), secretsOf(credentials)));
}

/** Without the bodies: what a caller writes to a model is for the model. */
function headsOf(received: string): string {
  return received.replace(/\r\n\r\n\{.*?\}\]\}/gs, "\r\n\r\n");
}

function isNowhere(leaks: readonly Leak[]): void {
  assert.deepEqual(leaks.map(leakLine), []);
}

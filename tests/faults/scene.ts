/** A proxy in front of a backend that fails and one that is well, and all that shows what it did. */
import { ruleOf } from "../../lib/policy/rules.ts";
import assert from "node:assert/strict";
import type { Entry } from "../../lib/record/entry.ts";
import { callRaw, passedLines, type RawReply, type RawRequest, textOf } from "../caller.ts";
import { watchAttempts } from "../chain.ts";
import { rawReply, startReplier } from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";

/** A backend: where it is, and further keys of its as YAML, such as `max_concurrent: 1`. */
export interface Place {
  readonly url: string;
  readonly keys?: string;
  /** Whether it must be reached without a relay in between, which would accept for it. */
  readonly untapped?: boolean;
}

/** The alias `chat` over backends in a line; `other` is another model of each. */
export interface Scene extends AsyncDisposable {
  readonly proxy: TestProxy;
  /** Calls `chat`, unless told otherwise. */
  ask(request?: RawRequest): Promise<RawReply>;
  /** The backends tried since the last look. */
  tried(): string[];
  /** The models out of use, once there was an attempt. */
  cooling(): string[];
  /** The log file of the request that ended last, once the one asked last has ended. */
  record(): Promise<string>;
}

export const CALL: RawRequest = { body: `{"model":"chat","messages":[]}` };

const WELL_LINES = ["Content-Type: application/json", "X-From: good", "x-from: again"];
const WELL_BODY = `{ "choices":[{"message":{"role":"assistant","content":"hi"}}] }\n`;

/** What a healthy backend answers to `CALL`. */
export const WELL = rawReply(200, WELL_LINES, WELL_BODY);

/** The caller has the healthy backend's answer, and nothing but that. */
export function isWell(got: RawReply): void {
  assert.equal(got.status, 200);
  assert.deepEqual(passedLines(got), WELL_LINES);
  assert.equal(textOf(got), WELL_BODY);
  assert.equal(got.ending, "whole");
}

/** Starts a proxy over these backends, the first one first. */
export async function startScene(places: Readonly<Record<string, Place>>): Promise<Scene> {
  const proxy = await startProxy(yamlOf(places), {
    ledger: !Object.values(places).some(({ untapped }) => untapped),
  });
  const attempts = watchAttempts(proxy);
  let latest: Entry | undefined;
  let ended = Promise.withResolvers<Entry>();
  proxy.state.journal.watch({
    onAttempt: (entry) => void (latest = entry),
    onEnd: (entry) => ended.resolve(entry),
  });
  return {
    proxy,
    ask(request = CALL) {
      ended = Promise.withResolvers();
      return callRaw(proxy.url, request);
    },
    tried: () => attempts.take(),
    cooling() {
      const aliases = [...latest?.arrival.snapshot.aliases.values() ?? []];
      const routes = aliases.flatMap(({ routes }) => routes);
      return routes.filter((route) => proxy.state.health.look(route).phase === "open")
        .map(({ model }) => model);
    },
    async record() {
      const { arrival: { id } } = await ended.promise;
      return (await proxy.logs()).find((log) => log.startsWith(`llm-proxy request ${id}\n`)) ?? "";
    },
    [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
  };
}

function yamlOf(places: Readonly<Record<string, Place>>): string {
  const backends = Object.entries(places).map(([name, { url, keys }]) =>
    `  - { name: ${name}, url: "${url}"${keys === undefined ? "" : `, ${keys}`} }`
  );
  const routes = (kind: string) =>
    Object.keys(places).map((name, index) =>
      `    - { backend: ${name}, model: ${name}-${kind}, priority: ${index + 1} }`
    );
  return [
    "backends:",
    ...backends,
    "models:",
    "  chat:",
    ...routes("chat"),
    "  other:",
    ...routes("other"),
  ].join("\n");
}

/** The models that are out of use when the route of `bad` cools, and when all of it does. */
export const ROUTE = ["bad-chat"];
export const BACKEND = ["bad-chat", "bad-other"];

/** What a failure of `bad` is to lead to. */
export interface Consequence {
  /** The row of the table of failures. */
  readonly row: number;
  /** In words for a person, the start of the reason. */
  readonly because: string;
  readonly cools: readonly string[];
  /** The status of our own answer when there is no other backend; 502 unless told otherwise. */
  readonly status?: number;
}

/** A failure is hidden from the caller, and seen by whoever has no other backend. */
export async function failsOver(bad: Place, consequence: Consequence): Promise<void> {
  await isHidden(bad, consequence);
  await isTold(bad, consequence);
}

/** The caller gets the healthy backend's answer; `bad` is then left alone, and the record tells why. */
export async function isHidden(bad: Place, { row, because, cools }: Consequence): Promise<void> {
  await using good = await startReplier(WELL);
  await using scene = await startScene({ bad, good });
  isWell(await scene.ask());
  assert.deepEqual(scene.tried(), ["bad", "good"]);
  assert.deepEqual(good.requests.map(textOf), [`{"model":"good-chat","messages":[]}`]);
  assert.deepEqual(scene.cooling(), cools);
  const record = await scene.record();
  includes(record, "\n== attempt 1: bad (bad-chat)\n");
  includes(record, `\nreason     ${ruleOf(row)}: ${because}`);
  includes(record, "\n== response head, from good (good-chat),");
  assert.deepEqual(await scene.proxy.logs("errors"), [record]);
  includes(scene.proxy.lines.join("\n"), ` bad (bad-chat): ${ruleOf(row)}: ${because}`);
  isWell(await scene.ask());
  assert.deepEqual(scene.tried(), ["good"]);
}

/** The caller gets an answer of ours that names the backend and the reason. */
export async function isTold(bad: Place, consequence: Consequence): Promise<RawReply> {
  const { row, because, cools, status = 502 } = consequence;
  await using scene = await startScene({ bad });
  const got = await scene.ask();
  assert.equal(got.status, status);
  assert.deepEqual(passedLines(got), ["content-type: application/json"]);
  const { error } = JSON.parse(textOf(got));
  includes(error.message, `No backend answered. bad (bad-chat): ${because}`);
  assert.deepEqual(scene.cooling(), cools);
  const record = await scene.record();
  includes(record, `\nreason     ${ruleOf(row)}: ${because}`);
  includes(record, "\n== response head, from llm-proxy itself,");
  return got;
}

export function includes(text: string, part: string): void {
  assert.ok(text.includes(part), `${JSON.stringify(part)} is not in:\n${text}`);
}

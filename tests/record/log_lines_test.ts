/** The general log as somebody reads it who has read no other page: its lines, word by word. */
import assert from "node:assert/strict";
import { callRaw, type RawRequest } from "../caller.ts";
import {
  chunk,
  type Peer,
  reply,
  type Script,
  startPeer,
  startReplier,
  STREAM_HEAD,
} from "../peer.ts";
import { startProxy, type TestProxy } from "../proxy.ts";
import { fallbacksIn } from "../../lib/record/next_step.ts";

const CALL: RawRequest = { body: `{"model":"claude-opus","messages":[]}`, target: "/v1/messages" };
const STREAMED: RawRequest = {
  ...CALL,
  body: `{"model":"claude-opus","stream":true,"messages":[]}`,
};
const WORDS = `event: content_block_delta\ndata: ` +
  `{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Servus"}}\n\n`;
const OVERLOADED = `{"type":"error","error":{"type":"overloaded_error","message":"Busy"}}`;
const USAGE = { input_tokens: 234, cache_read_input_tokens: 1000, output_tokens: 56 };
const GOOD = reply(
  200,
  JSON.stringify({ content: [{ type: "text", text: "Servus" }], usage: USAGE }),
);
const OUT_OF_MONEY = reply(402, `{"error":{"code":"insufficient_quota","message":"Pay."}}`);

type Bytes = Uint8Array<ArrayBufferLike> | string;

interface Scene {
  readonly a: Bytes | Script;
  readonly b?: Bytes | Script;
  readonly keys?: readonly string[];
  /** Further top-level keys, as YAML. */
  readonly rest?: string;
  readonly streamed?: boolean;
  /** How many requests are made, one after the other; default one. */
  readonly requests?: number;
}

function configOf({ keys = [], rest = "" }: Scene, a: Peer, b: Peer | undefined): string {
  const auth = keys.length === 0 ? "" : `, auth: inject, api_key: ${JSON.stringify(keys)}`;
  return [
    "backends:",
    `  - { name: provider-a, url: "${a.url}"${auth} }`,
    ...(b === undefined ? [] : [`  - { name: provider-b, url: "${b.url}" }`]),
    "models:",
    "  claude-opus:",
    "    - { backend: provider-a, model: claude-opus-4, priority: 1 }",
    ...(b === undefined ? [] : ["    - { backend: provider-b, model: claude-x, priority: 2 }"]),
    rest,
  ].join("\n");
}

/** What the log says of the last request, and what the history counts as its fallbacks. */
async function said(scene: Scene): Promise<{ lines: string[]; fallbacks: number | undefined }> {
  await using a = await startPeerOf(scene.a);
  await using b = scene.b === undefined ? undefined : await startPeerOf(scene.b);
  await using proxy = await startProxy(configOf(scene, a, b), { ledger: false });
  let from = 0;
  let fallbacks: number | undefined;
  proxy.state.journal.watch({
    onAttempt: () => {},
    onEnd: ({ attempts }) => void (fallbacks = fallbacksIn(attempts)),
  });
  for (let request = 0; request < (scene.requests ?? 1); request++) {
    from = (await linesOf(proxy)).length;
    await callRaw(proxy.url, scene.streamed === true ? STREAMED : CALL);
  }
  return { lines: (await linesOf(proxy)).slice(from), fallbacks };
}

function startPeerOf(answer: Bytes | Script): Promise<Peer> {
  return typeof answer === "function" ? startPeer(answer) : startReplier(answer);
}

async function linesOf({ state, lines }: TestProxy): Promise<string[]> {
  await state.log.flush();
  return lines.filter((line) => /\[[\da-f]{8}\]$/.test(line))
    .map((line) => line.replace(/^\S+ /, "").replace(/\[[\da-f]{8}\]$/, "[id]"));
}

const A = "provider-a (claude-opus-4)";
const ANSWERED =
  "INFO  POST /v1/messages claude-opus -> provider-b (claude-x) 200, 2 attempts, 0 ms, 124 bytes, " +
  "tokens 1234 in (1000 cached), 56 out, complete [id]";

interface Happening extends Scene {
  readonly says: readonly string[];
  readonly fallbacks: number;
}

const HAPPENINGS: Readonly<Record<string, Happening>> = {
  "an answer": {
    a: GOOD,
    says: [
      "INFO  POST /v1/messages claude-opus -> provider-a (claude-opus-4) 200, 0 ms, 124 bytes, " +
      "tokens 1234 in (1000 cached), 56 out, complete [id]",
    ],
    fallbacks: 0,
  },
  "a fallback": {
    a: reply(503, "{}"),
    b: GOOD,
    says: [
      `WARN  ${A}: error code: status 503, one of error_codes; fallback to provider-b (claude-x); ` +
      "the route cools for 300 s, set by cooldown_seconds [id]",
      ANSWERED,
    ],
    fallbacks: 1,
  },
  "a wait that the backend asked for": {
    a: reply(429, "{}", { "retry-after": "17" }),
    b: GOOD,
    says: [
      `WARN  ${A}: error code: status 429, one of error_codes; fallback to provider-b (claude-x); ` +
      "the route cools for 17 s, as Retry-After said [id]",
      ANSWERED,
    ],
    fallbacks: 1,
  },
  "a wait that is too long": {
    a: reply(429, "{}", { "retry-after": "7200" }),
    b: GOOD,
    rest: "fallback: { max_cooldown_seconds: 600 }",
    says: [
      `WARN  ${A}: error code: status 429, one of error_codes; fallback to provider-b (claude-x); ` +
      "the route cools for 600 s at most (max_cooldown_seconds), Retry-After said 7200 s [id]",
      ANSWERED,
    ],
    fallbacks: 1,
  },
  "an account without money": {
    a: OUT_OF_MONEY,
    b: GOOD,
    says: [
      `WARN  ${A}: out of money: status 402, one of error_codes, the account is out of money; ` +
      "fallback to provider-b (claude-x); the route cools for 3600 s, " +
      "set by max_cooldown_seconds for an account without money [id]",
      ANSWERED,
    ],
    fallbacks: 1,
  },
  "the only attempt has failed": {
    a: reply(503, "{}"),
    says: [
      `WARN  ${A}: error code: status 503, one of error_codes; no other route; ` +
      "the route cools for 300 s, set by cooldown_seconds [id]",
      "INFO  POST /v1/messages claude-opus -> provider-a (claude-opus-4) 503, 0 ms, 2 bytes, " +
      "complete [id]",
    ],
    fallbacks: 0,
  },
  "all attempts have failed": {
    a: reply(503, "{}", { "retry-after": "9" }),
    b: reply(503, "{}", { "retry-after": "8" }),
    says: [
      `WARN  ${A}: error code: status 503, one of error_codes; fallback to provider-b (claude-x); ` +
      "the route cools for 9 s, as Retry-After said [id]",
      "WARN  provider-b (claude-x): error code: status 503, one of error_codes; no other route; " +
      "the route cools for 8 s, as Retry-After said [id]",
      "INFO  POST /v1/messages claude-opus -> provider-a (claude-opus-4) 503, 2 attempts, 0 ms, " +
      "2 bytes, complete [id]",
    ],
    fallbacks: 1,
  },
  "every attempt has failed alike": {
    a: reply(503, "{}"),
    b: reply(503, "{}"),
    says: [
      `WARN  ${A}: error code: status 503, one of error_codes; fallback to provider-b (claude-x); ` +
      "the route cools for 300 s, set by cooldown_seconds [id]",
      "WARN  provider-b (claude-x): error code: status 503, one of error_codes; no other route; " +
      "the route cools for 300 s, set by cooldown_seconds [id]",
      "WARN  Every attempt failed alike, so the request may be to blame and not the backends: " +
      "the cooldowns that it began are cut to 10 s [id]",
      "INFO  POST /v1/messages claude-opus -> provider-a (claude-opus-4) 503, 2 attempts, 0 ms, " +
      "2 bytes, complete [id]",
    ],
    fallbacks: 1,
  },
  "the attempts are used up": {
    a: reply(503, "{}"),
    b: GOOD,
    rest: "fallback: { max_retries: 1 }",
    says: [
      `WARN  ${A}: error code: status 503, one of error_codes; ` +
      "no other route: provider-b (claude-x): not asked, because max_retries allows 1 attempt; " +
      "the route cools for 300 s, set by cooldown_seconds [id]",
      "INFO  POST /v1/messages claude-opus -> provider-a (claude-opus-4) 503, 0 ms, 2 bytes, " +
      "complete [id]",
    ],
    fallbacks: 0,
  },
  "another key of the same backend": {
    a: ({ index, write }) => write(index === 0 ? reply(429, "{}") : GOOD),
    keys: ["sk-first-0123456789a3f2", "sk-other-0123456789b7c1"],
    says: [
      "WARN  provider-a (claude-opus-4, key …a3f2): key rate limited: status 429, one of error_codes; " +
      "next key: …b7c1; the key cools for 300 s, set by cooldown_seconds [id]",
      "INFO  POST /v1/messages claude-opus -> provider-a (claude-opus-4, key …b7c1) 200, 2 attempts, " +
      "0 ms, 124 bytes, tokens 1234 in (1000 cached), 56 out, complete [id]",
    ],
    fallbacks: 0,
  },
  "keys too short to be shown": {
    a: ({ index, write }) => write(index === 0 ? reply(429, "{}") : GOOD),
    keys: ["sk-1-short", "sk-2-short", "sk-3-short"],
    says: [
      "WARN  provider-a (claude-opus-4, key 1 of 3): key rate limited: status 429, one of " +
      "error_codes; next key: 2 of 3; the key cools for 300 s, set by cooldown_seconds [id]",
      "INFO  POST /v1/messages claude-opus -> provider-a (claude-opus-4, key 2 of 3) 200, 2 attempts, " +
      "0 ms, 124 bytes, tokens 1234 in (1000 cached), 56 out, complete [id]",
    ],
    fallbacks: 0,
  },
  "another route that cools": {
    a: reply(503, "{}"),
    b: reply(429, "{}", { "retry-after": "12" }),
    rest: "fallback: { when_all_cooling: reject, cooldown_seconds: 0, max_cooldown_seconds: 60 }",
    requests: 2,
    says: [
      `WARN  ${A}: error code: status 503, one of error_codes; no other route: provider-b (claude-x): ` +
      "cooling for another 12 s after status 429, one of error_codes [id]",
      "INFO  POST /v1/messages claude-opus -> provider-a (claude-opus-4) 503, 0 ms, 2 bytes, " +
      "complete [id]",
    ],
    fallbacks: 0,
  },
  "a last resort": {
    a: ({ index, write }) => write(index === 0 ? reply(503, "{}", { "retry-after": "20" }) : GOOD),
    b: ({ index, write }) => write(index === 0 ? GOOD : reply(503, "{}", { "retry-after": "30" })),
    requests: 2,
    says: [
      "WARN  provider-b (claude-x): error code: status 503, one of error_codes; " +
      "fallback, as a last resort, to provider-a (claude-opus-4); " +
      "the route cools for 30 s, as Retry-After said [id]",
      `INFO  ${A}: answer: status 200; passed on to the caller; the route is back in use [id]`,
      "INFO  POST /v1/messages claude-opus -> provider-a (claude-opus-4) 200, 2 attempts, 0 ms, " +
      "124 bytes, tokens 1234 in (1000 cached), 56 out, complete [id]",
    ],
    fallbacks: 1,
  },
  "a stream that breaks off": {
    a: STREAM_HEAD + chunk(WORDS) + chunk(""),
    streamed: true,
    says: [
      "WARN  POST /v1/messages claude-opus -> provider-a (claude-opus-4) 200, 0 ms (content after 0), " +
      "121 bytes, cut (stream cut: the reply broke off after 121 bytes " +
      "(the stream ended without a terminal event); " +
      "the route cools for 300 s, set by cooldown_seconds) [id]",
    ],
    fallbacks: 0,
  },
  "an error in the midst of a stream": {
    a: STREAM_HEAD + chunk(WORDS) + chunk(`event: error\ndata: ${OVERLOADED}\n\n`) + chunk(""),
    streamed: true,
    says: [
      "WARN  POST /v1/messages claude-opus -> provider-a (claude-opus-4) 200, 0 ms (content after 0), " +
      "211 bytes, complete (late error: an error event came after content; " +
      "the route cools for 300 s, set by cooldown_seconds) [id]",
    ],
    fallbacks: 0,
  },
  "a route that is back": {
    a: ({ index, write }) => write(index === 0 ? reply(503, "{}") : GOOD),
    requests: 2,
    says: [
      `INFO  ${A}: answer: status 200; passed on to the caller; the route is back in use [id]`,
      "INFO  POST /v1/messages claude-opus -> provider-a (claude-opus-4) 200, 0 ms, 124 bytes, " +
      "tokens 1234 in (1000 cached), 56 out, complete [id]",
    ],
    fallbacks: 0,
  },
};

for (const [what, { says, fallbacks, ...scene }] of Object.entries(HAPPENINGS)) {
  Deno.test(`cases 14: the general log tells of ${what} in words`, async () => {
    const told = await said(scene);
    assert.deepEqual(told.lines, says);
    assert.equal(told.fallbacks, fallbacks);
  });
}

Deno.test("cases 14: lines in JSON have rule, key, tokens and fallbacks as fields", async () => {
  const { lines } = await saidJson();
  const [failed, summary] = lines;
  assert.equal(failed?.rule, "key rate limited");
  assert.deepEqual([failed?.key, failed?.next, failed?.cools, failed?.coolsMs], [
    "key …a3f2",
    "key",
    "key",
    300_000,
  ]);
  const { rule, key, inputTokens, cachedTokens, outputTokens, fallbacks } = summary ?? {};
  assert.deepEqual([rule, key, inputTokens, cachedTokens, outputTokens, fallbacks], [
    "answer",
    "key …b7c1",
    1234,
    1000,
    56,
    0,
  ]);
});

async function saidJson() {
  const keys = ["sk-first-0123456789a3f2", "sk-other-0123456789b7c1"];
  const scene: Scene = {
    a: ({ index, write }) => write(index === 0 ? reply(429, "{}") : GOOD),
    keys,
    rest: "logging: { format: json }",
  };
  await using a = await startPeerOf(scene.a);
  await using proxy = await startProxy(configOf(scene, a, undefined), { ledger: false });
  await callRaw(proxy.url, CALL);
  await proxy.state.log.flush();
  return { lines: proxy.lines.map((line) => JSON.parse(line)).filter(({ request }) => request) };
}

/** A line of an example, less its time, its id and what is counted. */
function plainExample(line: string): string {
  return line.replace(/^\S+ /, "").replace(/\[[\da-f]{8}\]$/, "[id]")
    .replaceAll(/\d+(?= (?:ms|bytes))|(?<=content after )\d+/g, "N");
}

Deno.test("cases 14: docs/operations.md shows lines that these happenings have", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/operations.md", import.meta.url));
  const examples = page.match(/^2026-01-01T\S+ (?:WARN|INFO) .*\[[\da-f]{8}\]$/gm) ?? [];
  const all = Object.values(HAPPENINGS).flatMap(({ says }) => says);
  const produced = all.map((line) => plainExample(`time ${line}`));
  assert.ok(examples.length >= 5);
  for (const line of examples) assert.ok(produced.includes(plainExample(line)), line);
});

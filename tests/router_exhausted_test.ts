import assert from "node:assert/strict";
import { callRaw, lineValue, passedLines, type RawReply, textOf } from "./caller.ts";
import { chain, watchAttempts } from "./chain.ts";
import { CLOSED_PORT, rawReply, reply, startPeer, startReplier } from "./peer.ts";
import { startProxy } from "./proxy.ts";

const CALL = { body: `{"model":"chat"}` };

/** A failed answer, told from others by every part of it. */
function failing(status: number) {
  const lines = [
    "Content-Type: text/x-odd",
    `X-From: ${status}`,
    "X-From: again",
    "retry-After: 9",
  ];
  const body = `\ufeff{ "error" : "${status}" }\n`;
  return { lines, body, bytes: rawReply(status, lines, body) };
}

/** Orders of failing backends, and whose answer is the most useful one. */
const MIXED: readonly (readonly [readonly number[], number])[] = [
  [[500, 429, 503], 429],
  [[429, 500], 429],
  [[503, 402], 402],
  [[402, 503], 402],
];

for (const [statuses, best] of MIXED) {
  Deno.test(`route() gives the ${best} of ${statuses}, whole`, async () => {
    await using stack = new AsyncDisposableStack();
    const peers = [];
    for (const status of statuses) peers.push(stack.use(await startReplier(failing(status).bytes)));
    const backends = Object.fromEntries(peers.map((peer, index) => [`b${index}`, peer]));
    const proxy = stack.use(await startProxy(chain(backends)));
    isAnswer(await callRaw(proxy.url, CALL), best);
  });
}

function isAnswer(got: RawReply, status: number): void {
  assert.equal(got.status, status);
  assert.deepEqual(passedLines(got), failing(status).lines);
  assert.equal(textOf(got), failing(status).body);
}

Deno.test("route() gives a backend's answer rather than report another's broken line", async () => {
  await using answering = await startReplier(failing(500).bytes);
  const dead = { url: `http://127.0.0.1:${CLOSED_PORT}` };
  await using before = await startProxy(chain({ dead, answering }));
  isAnswer(await callRaw(before.url, CALL), 500);
  await using after = await startProxy(chain({ answering, dead }));
  isAnswer(await callRaw(after.url, CALL), 500);
});

Deno.test("route() gives an error body over a mebibyte to its last byte", async () => {
  const body = `{"error":"${"x".repeat(3 * 1024 * 1024)}"}`;
  await using backend = await startReplier(reply(500, body));
  await using proxy = await startProxy(chain({ backend }));
  const got = await callRaw(proxy.url, CALL);
  assert.equal(got.status, 500);
  assert.ok(textOf(got) === body);
});

const VENDORS = { OpenAI: "/v1/chat/completions", Anthropic: "/v1/messages" };

for (const [vendor, target] of Object.entries(VENDORS)) {
  Deno.test(`route() names every attempt when no backend answered: ${vendor}`, async () => {
    await using resetting = await startPeer(({ reset }) => reset());
    const dead = { url: `http://127.0.0.1:${CLOSED_PORT}` };
    await using proxy = await startProxy(chain({ resetting, dead }));
    const got = await callRaw(proxy.url, { ...CALL, target });
    assert.equal(got.status, 502);
    const { error } = JSON.parse(textOf(got));
    assert.match(
      error.message,
      /^No backend answered\. resetting \(resetting-model\): .*ECONNRESET/,
    );
    assert.match(error.message, /; dead \(dead-model\): cannot connect .*ECONNREFUSED/);
    assert.equal(error.type, "api_error");
  });
}

Deno.test("route() answers 504 when every backend was silent for too long", async () => {
  await using silent = await startPeer(() => {});
  const rest = "timeouts: { first_byte_seconds: 0.1 }";
  await using proxy = await startProxy(chain({ one: silent, two: silent }, rest));
  const got = await callRaw(proxy.url, CALL);
  assert.equal(got.status, 504);
  const { error } = JSON.parse(textOf(got));
  assert.equal(error.code, "all_backends_timed_out");
  assert.match(
    error.message,
    /one \(one-model\): no response head in time .*; two \(two-model\): /,
  );
});

Deno.test("route() answers 502 when one backend was silent and another unreachable", async () => {
  await using silent = await startPeer(() => {});
  const dead = { url: `http://127.0.0.1:${CLOSED_PORT}` };
  const rest = "timeouts: { first_byte_seconds: 0.1 }";
  await using proxy = await startProxy(chain({ silent, dead }, rest));
  assert.equal((await callRaw(proxy.url, CALL)).status, 502);
});

Deno.test("route() tries what is cooling when nothing else is left", async () => {
  await using slow = await startReplier(reply(429, `{"from":"slow"}`, { "retry-after": "100" }));
  await using soon = await startReplier(reply(429, `{"from":"soon"}`, { "retry-after": "50" }));
  await using proxy = await startProxy(chain({ slow, soon }));
  const attempts = watchAttempts(proxy);
  await callRaw(proxy.url, CALL);
  assert.deepEqual(attempts.take(), ["slow", "soon"]);
  const got = await callRaw(proxy.url, CALL);
  assert.deepEqual(attempts.take(), ["soon", "slow"]);
  assert.deepEqual([got.status, textOf(got)], [429, `{"from":"soon"}`]);
});

Deno.test("cases 4: A is cooling and well again, B answers 503: the caller gets A's answer", async () => {
  await using a = await startPeer(({ index, write }) =>
    write(reply(index === 0 ? 500 : 200, `{"from":"a"}`))
  );
  await using b = await startPeer(({ index, write }) =>
    write(reply(index === 0 ? 200 : 503, `{"from":"b"}`))
  );
  await using proxy = await startProxy(chain({ a, b }));
  const attempts = watchAttempts(proxy);
  await callRaw(proxy.url, CALL);
  assert.deepEqual(attempts.take(), ["a", "b"]);
  const got = await callRaw(proxy.url, CALL);
  assert.deepEqual(attempts.take(), ["b", "a"]);
  assert.deepEqual([got.status, textOf(got)], [200, `{"from":"a"}`]);
});

Deno.test("cases 15: where all routes cool, the retries of a client go to one after the other", async () => {
  await using a = await startReplier(reply(429, `{"from":"a"}`));
  await using b = await startPeer(({ index, write }) =>
    write(reply(index === 0 ? 429 : 200, `{"from":"b"}`))
  );
  await using proxy = await startProxy(chain({ a, b }));
  assert.equal((await callRaw(proxy.url, CALL)).status, 429);
  const got = await callRaw(proxy.url, CALL);
  assert.deepEqual([got.status, textOf(got)], [200, `{"from":"b"}`]);
});

Deno.test("route() clears a cooldown when the last resort answers", async () => {
  await using only = await startPeer(({ index, write }) =>
    write(reply(index === 0 ? 503 : 200, `{"ok":1}`))
  );
  await using proxy = await startProxy(chain({ only }));
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await callRaw(proxy.url, CALL)).status);
  assert.deepEqual(statuses, [503, 200, 200]);
  const decisions = (await proxy.logs()).flatMap((log) => /^decision .*$/m.exec(log) ?? []);
  assert.deepEqual(decisions.sort(), [
    "decision   no other route; the route cools for 300 s, set by cooldown_seconds",
    "decision   passed on to the caller",
    "decision   passed on to the caller; the route is back in use",
  ]);
});

Deno.test("route() rejects with 503 and Retry-After when all are cooling and it is told to", async () => {
  await using slow = await startReplier(reply(429, "{}", { "retry-after": "100" }));
  await using soon = await startReplier(reply(429, "{}", { "retry-after": "50" }));
  const rest = `fallback: { when_all_cooling: "reject" }`;
  await using proxy = await startProxy(chain({ slow, soon }, rest));
  const attempts = watchAttempts(proxy);
  await callRaw(proxy.url, CALL);
  attempts.take();
  proxy.pass(0.5);
  const got = await callRaw(proxy.url, CALL);
  assert.deepEqual(attempts.take(), []);
  assert.equal(got.status, 503);
  assert.equal(lineValue(got, "retry-after"), "50");
  const { error } = JSON.parse(textOf(got));
  assert.equal(error.code, "no_backend_available");
  assert.match(error.message, /slow \(slow-model\): cooling for another 100 s after status 429/);
  assert.match(error.message, /soon \(soon-model\): cooling for another 50 s/);
});

Deno.test("route() says that every route is turned off, and why", async () => {
  await using proxy = await startProxy(`
backends:
  - { name: off, url: "http://127.0.0.1:9", enabled: false }
models:
  chat: [{ backend: off, model: m }]
`);
  const got = await callRaw(proxy.url, CALL);
  assert.equal(got.status, 503);
  assert.equal(lineValue(got, "retry-after"), "30");
  assert.match(JSON.parse(textOf(got)).error.message, /off \(m\): the backend is turned off/);
});

Deno.test("route() passes a backend over at its max_concurrent, and uses it after", async () => {
  const release = Promise.withResolvers<void>();
  await using primary = await startPeer(async ({ index, write }) => {
    if (index === 0) await release.promise;
    await write(reply(200, `{"from":"primary"}`));
  });
  await using secondary = await startReplier(reply(200, `{"from":"secondary"}`));
  await using proxy = await startProxy(`
backends:
  - { name: primary, url: "${primary.url}", max_concurrent: 1 }
  - { name: secondary, url: "${secondary.url}" }
models:
  chat:
    - { backend: primary, model: m, priority: 1 }
    - { backend: secondary, model: m, priority: 2 }
`);
  const first = callRaw(proxy.url, CALL);
  await primary.seen(0);
  assert.equal(textOf(await callRaw(proxy.url, CALL)), `{"from":"secondary"}`);
  release.resolve();
  assert.equal(textOf(await first), `{"from":"primary"}`);
  assert.equal(textOf(await callRaw(proxy.url, CALL)), `{"from":"primary"}`);
});

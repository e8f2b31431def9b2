import assert from "node:assert/strict";
import { callRaw, connectTo, passedLines, requestBytes, textOf } from "./caller.ts";
import { chain, SEED_DETECTION, watchAttempts } from "./chain.ts";
import { CLOSED_PORT, type Peer, reply, startPeer, startReplier } from "./peer.ts";
import { startProxy } from "./proxy.ts";
import { VENDOR_CALLS, type VendorCall } from "./vendor_calls.ts";

/** Ways for a backend to fail so that the next one is tried. */
const FAILURES: Readonly<Record<string, () => Promise<Failing>>> = {
  "answers 402": () => startReplier(reply(402, `{"error":"payment"}`)),
  "answers 429": () => startReplier(reply(429, `{"error":"slow down"}`)),
  "answers 500": () => startReplier(reply(500, "oops", { "content-type": "text/plain" })),
  "answers 502": () => startReplier(reply(502)),
  "answers 503": () => startReplier(reply(503, "{}")),
  "answers 504": () => startReplier(reply(504, "{}")),
  "matches an error pattern": () =>
    startReplier(reply(403, `{"error":{"type":"rate_limit_error","message":"slow"}}`)),
  "resets": () => startPeer(({ reset }) => reset()),
  "closes without an answer": () => startPeer(({ close }) => close()),
  "answers what is not HTTP": () => startPeer(({ write }) => write("SSH-2.0-OpenSSH_9.2\r\n\r\n")),
  "refuses connections": refusing,
};

type Failing = Pick<Peer, "url"> & AsyncDisposable;

function refusing(): Promise<Failing> {
  const url = `http://127.0.0.1:${CLOSED_PORT}`;
  return Promise.resolve({ url, [Symbol.asyncDispose]: () => Promise.resolve() });
}

for (const [failure, start] of Object.entries(FAILURES)) {
  for (const call of VENDOR_CALLS) {
    Deno.test(`route() hides a primary that ${failure}: ${call.name}`, async () => {
      await using primary = await start();
      await hidesPrimary(primary, call);
    });
  }
}

/** The secondary's answer only; then the primary is left alone, and after its cooldown used again. */
async function hidesPrimary(primary: Failing, call: VendorCall): Promise<void> {
  await using secondary = await startReplier(call.answer);
  await using proxy = await startProxy(chain({ primary, secondary }, SEED_DETECTION));
  const attempts = watchAttempts(proxy);
  await answersWhole(proxy.url, call);
  assert.deepEqual(attempts.take(), ["primary", "secondary"]);
  proxy.pass(299);
  await answersWhole(proxy.url, call);
  assert.deepEqual(attempts.take(), ["secondary"]);
  proxy.pass(1);
  await answersWhole(proxy.url, call);
  assert.deepEqual(attempts.take(), ["primary", "secondary"]);
}

async function answersWhole(url: string, call: VendorCall): Promise<void> {
  const got = await callRaw(url, call.request);
  assert.equal(got.status, 200);
  assert.deepEqual(passedLines(got), call.answerLines);
  assert.equal(textOf(got), call.answerBody);
  assert.equal(got.ending, "whole");
}

Deno.test("route() gives a primary that has recovered its place back", async () => {
  await using primary = await startPeer(({ index, write }) =>
    write(reply(index === 0 ? 503 : 200, `{"from":"primary"}`))
  );
  await using secondary = await startReplier(reply(200, `{"from":"secondary"}`));
  await using proxy = await startProxy(chain({ primary, secondary }));
  const ask = async () => textOf(await callRaw(proxy.url, { body: `{"model":"chat"}` }));
  assert.equal(await ask(), `{"from":"secondary"}`);
  proxy.pass(300);
  assert.equal(await ask(), `{"from":"primary"}`);
  assert.equal(await ask(), `{"from":"primary"}`);
});

Deno.test("route() leaves a backend alone for as long as its Retry-After says", async () => {
  await using primary = await startReplier(reply(429, "{}", { "retry-after": "7" }));
  await using secondary = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ primary, secondary }));
  const attempts = watchAttempts(proxy);
  const tried = async () => {
    await callRaw(proxy.url, { body: `{"model":"chat"}` });
    return attempts.take();
  };
  assert.deepEqual(await tried(), ["primary", "secondary"]);
  proxy.pass(6.9);
  assert.deepEqual(await tried(), ["secondary"]);
  proxy.pass(0.1);
  assert.deepEqual(await tried(), ["primary", "secondary"]);
});

Deno.test("route() cools one model of a backend, not its others, for a status", async () => {
  await using shared = await startPeer(({ request, write }) =>
    write(reply(textOf(request).includes("bad") ? 503 : 200, `{"ok":1}`))
  );
  await using proxy = await startProxy(`
backends: [{ name: shared, url: "${shared.url}" }]
models:
  chat:
    - { backend: shared, model: bad, priority: 1 }
    - { backend: shared, model: good, priority: 2 }
`);
  for (let i = 0; i < 2; i++) await callRaw(proxy.url, { body: `{"model":"chat"}` });
  assert.deepEqual(shared.requests.map(textOf), [
    `{"model":"bad"}`,
    `{"model":"good"}`,
    `{"model":"good"}`,
  ]);
});

Deno.test("route() cools a backend whole when nobody listens there", async () => {
  await using good = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(`
backends:
  - { name: dead, url: "http://127.0.0.1:${CLOSED_PORT}" }
  - { name: good, url: "${good.url}" }
models:
  one: [{ backend: dead, model: m1, priority: 1 }, { backend: good, model: g, priority: 2 }]
  two: [{ backend: dead, model: m2, priority: 1 }, { backend: good, model: g, priority: 2 }]
`);
  const attempts = watchAttempts(proxy);
  await callRaw(proxy.url, { body: `{"model":"one"}` });
  assert.deepEqual(attempts.take(), ["dead", "good"]);
  await callRaw(proxy.url, { body: `{"model":"two"}` });
  assert.deepEqual(attempts.take(), ["good"]);
});

for (const [maxRetries, expected] of [[1, 1], [2, 2], [3, 3], [0, 4]] as const) {
  Deno.test(`route() makes ${expected} attempts of 4 with max_retries ${maxRetries}`, async () => {
    await using bad = await startReplier(reply(503, "{}"));
    const chainOf4 = { one: bad, two: bad, three: bad, four: bad };
    const more = `fallback: { max_retries: ${maxRetries} }`;
    await using proxy = await startProxy(chain(chainOf4, more));
    const got = await callRaw(proxy.url, { body: `{"model":"chat"}` });
    assert.equal(got.status, 503);
    assert.equal(bad.requests.length, expected);
  });
}

Deno.test("route() tries three routes when max_retries is not set", async () => {
  await using bad = await startReplier(reply(503, "{}"));
  await using proxy = await startProxy(chain({ one: bad, two: bad, three: bad, four: bad }));
  await callRaw(proxy.url, { body: `{"model":"chat"}` });
  assert.equal(bad.requests.length, 3);
});

Deno.test("route() shares the load of equal priorities by weight", async () => {
  await using heavy = await startReplier(reply(200, `{"ok":1}`));
  await using light = await startReplier(reply(200, `{"ok":1}`));
  await using later = await startReplier(reply(200, `{"ok":1}`));
  const yaml = `
backends:
  - { name: heavy, url: "${heavy.url}" }
  - { name: light, url: "${light.url}" }
  - { name: later, url: "${later.url}" }
models:
  chat:
    - { backend: later, model: m, priority: 2 }
    - { backend: heavy, model: m, priority: 1, weight: 3 }
    - { backend: light, model: m, priority: 1, weight: 1 }
`;
  await using proxy = await startProxy(yaml, { random: seededRandom(7) });
  await using caller = await connectTo(proxy.url);
  for (let i = 0; i < 200; i++) {
    await caller.send(requestBytes({ body: `{"model":"chat"}` }));
    await caller.reply();
  }
  const { length } = heavy.requests;
  assert.ok(length > 130 && length < 170, `${length} of 200 went to the heavy one`);
  assert.equal(heavy.requests.length + light.requests.length, 200);
  assert.equal(later.requests.length, 0);
});

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

Deno.test("route() leaves an account without money alone for max_cooldown_seconds", async () => {
  const broke = `{"error":{"code":"insufficient_quota","message":"top up"}}`;
  await using primary = await startReplier(reply(429, broke));
  await using secondary = await startReplier(reply(200, `{"ok":1}`));
  const rest = "fallback: { cooldown_seconds: 10, max_cooldown_seconds: 600 }";
  await using proxy = await startProxy(chain({ primary, secondary }, rest));
  const attempts = watchAttempts(proxy);
  await callRaw(proxy.url, { body: `{"model":"chat"}` });
  proxy.pass(599);
  await callRaw(proxy.url, { body: `{"model":"chat"}` });
  proxy.pass(1);
  await callRaw(proxy.url, { body: `{"model":"chat"}` });
  assert.deepEqual(attempts.take(), ["primary", "secondary", "secondary", "primary", "secondary"]);
});

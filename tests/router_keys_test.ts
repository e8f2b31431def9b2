import assert from "node:assert/strict";
import { callRaw, lineValue, type RawRequest, textOf } from "./caller.ts";
import { chain, watchAttempts } from "./chain.ts";
import { type Peer, reply, type SeenRequest, startPeer, startReplier } from "./peer.ts";
import { startProxy } from "./proxy.ts";

const CALL: RawRequest = { body: `{"model":"chat"}` };
const [KEY_1, KEY_2, KEY_3] = ["sk-pool-1-aaaaaaaa", "sk-pool-2-bbbbbbbb", "sk-pool-3-cccccccc"];

/** The alias `chat`: a backend that injects its keys, then one on passthrough. */
function pool(injecting: Peer, other: Peer, keys: readonly unknown[] = [KEY_1, KEY_2]): string {
  return `
backends:
  - { name: pool, url: "${injecting.url}", auth: inject, api_key: ${JSON.stringify(keys)} }
  - { name: other, url: "${other.url}" }
models:
  chat:
    - { backend: pool, model: m, priority: 1 }
    - { backend: other, model: m, priority: 2 }
`;
}

function valueIn({ headers }: SeenRequest, name: string): string | undefined {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}

/** The keys a peer was given, in the order of its requests. */
function keysOf({ requests }: Peer): (string | undefined)[] {
  return requests.map((request) => valueIn(request, "authorization")?.replace("Bearer ", ""));
}

/** A backend that answers each key with a status. */
function startLock(statuses: Readonly<Record<string, number>>): Promise<Peer> {
  return startPeer(({ request, write }) => {
    const key = valueIn(request, "authorization")?.replace("Bearer ", "") ?? "";
    return write(reply(statuses[key] ?? 200, `{"from":"pool"}`));
  });
}

for (const status of [401, 403]) {
  Deno.test(`route() gives a caller the ${status} that its own key got`, async () => {
    await using primary = await startReplier(reply(status, `{"error":"whose key?"}`));
    await using secondary = await startReplier(reply(200, `{"ok":1}`));
    await using proxy = await startProxy(chain({ primary, secondary }));
    for (let i = 0; i < 2; i++) {
      const got = await callRaw(proxy.url, CALL);
      assert.deepEqual([got.status, textOf(got)], [status, `{"error":"whose key?"}`]);
    }
    assert.equal(secondary.connections, 0);
  });

  Deno.test(`route() goes on past a ${status} of a later backend, which cools nothing`, async () => {
    await using first = await startReplier(reply(503, "{}", { "retry-after": "1" }));
    await using second = await startReplier(reply(status, "{}"));
    await using third = await startReplier(reply(200, `{"from":"third"}`));
    await using proxy = await startProxy(chain({ first, second, third }));
    const attempts = watchAttempts(proxy);
    assert.equal(textOf(await callRaw(proxy.url, CALL)), `{"from":"third"}`);
    proxy.pass(1);
    assert.equal(textOf(await callRaw(proxy.url, CALL)), `{"from":"third"}`);
    assert.deepEqual(attempts.take(), ["first", "second", "third", "first", "second", "third"]);
  });

  Deno.test(`route() tries the pool's next key after a ${status}, and cools the refused one`, async () => {
    await using injecting = await startLock({ [KEY_1]: status });
    await using other = await startReplier(reply(200, `{"from":"other"}`));
    await using proxy = await startProxy(pool(injecting, other));
    for (let i = 0; i < 3; i++) {
      assert.equal(textOf(await callRaw(proxy.url, CALL)), `{"from":"pool"}`);
    }
    assert.deepEqual(keysOf(injecting), [KEY_1, KEY_2, KEY_2, KEY_2]);
    assert.equal(other.connections, 0);
  });

  Deno.test(`route() moves on when every key of the pool got a ${status}`, async () => {
    await using injecting = await startLock({ [KEY_1]: status, [KEY_2]: status });
    await using other = await startReplier(reply(200, `{"from":"other"}`));
    await using proxy = await startProxy(pool(injecting, other));
    for (let i = 0; i < 2; i++) {
      assert.equal(textOf(await callRaw(proxy.url, CALL)), `{"from":"other"}`);
    }
    assert.deepEqual(keysOf(injecting), [KEY_1, KEY_2]);
  });
}

Deno.test("route() tries the pool's next key after a 429", async () => {
  await using injecting = await startLock({ [KEY_1]: 429 });
  await using other = await startReplier(reply(200, `{"from":"other"}`));
  await using proxy = await startProxy(pool(injecting, other));
  assert.equal(textOf(await callRaw(proxy.url, CALL)), `{"from":"pool"}`);
  assert.deepEqual(keysOf(injecting), [KEY_1, KEY_2]);
});

Deno.test("cases 5: a pool of refused keys is one attempt, and the next backend is asked", async () => {
  await using injecting = await startLock({ [KEY_1]: 401, [KEY_2]: 401, [KEY_3]: 401 });
  await using other = await startReplier(reply(200, `{"from":"other"}`));
  await using proxy = await startProxy(pool(injecting, other, [KEY_1, KEY_2, KEY_3]));
  assert.equal((await callRaw(proxy.url, CALL)).status, 200);
  assert.deepEqual(keysOf(injecting), [KEY_1, KEY_2, KEY_3]);
});

Deno.test("route() uses the keys of a pool in turn", async () => {
  await using injecting = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(pool(injecting, injecting, [KEY_1, KEY_2, KEY_3]));
  for (let i = 0; i < 4; i++) await callRaw(proxy.url, CALL);
  assert.deepEqual(keysOf(injecting), [KEY_1, KEY_2, KEY_3, KEY_1]);
});

/** Where callers put their credential, and where the backend's key must then stand, alone. */
const PLACES: readonly { readonly request: RawRequest; readonly sent: readonly string[] }[] = [
  {
    request: { lines: ["Authorization: Bearer sk-mine"] },
    sent: [`authorization: Bearer ${KEY_1}`],
  },
  { request: { lines: ["x-api-key: sk-mine"] }, sent: [`x-api-key: ${KEY_1}`] },
  { request: { lines: ["x-goog-api-key: sk-mine"] }, sent: [`x-goog-api-key: ${KEY_1}`] },
  { request: { lines: ["api-key: sk-mine"] }, sent: [`api-key: ${KEY_1}`] },
  { request: { lines: [] }, sent: [`authorization: Bearer ${KEY_1}`] },
  { request: { target: "/v1/messages", lines: [] }, sent: [`x-api-key: ${KEY_1}`] },
  {
    request: {
      lines: ["x-api-key: sk-mine", "Authorization: Bearer sk-mine", "Cookie: s=sk-mine"],
    },
    sent: [`authorization: Bearer ${KEY_1}`],
  },
];

for (const { request, sent } of PLACES) {
  const given = request.lines?.length ? request.lines.join(" and ") : "no credential";
  Deno.test(`route() injects ${sent} for ${given} on ${request.target ?? "chat"}`, async () => {
    await using injecting = await startReplier(reply(200, `{"ok":1}`));
    await using proxy = await startProxy(pool(injecting, injecting, [KEY_1]));
    await callRaw(proxy.url, { ...CALL, ...request });
    const head = injecting.requests[0]?.head ?? "";
    assert.deepEqual(head.match(/^[\w-]+: .*sk-.*$/gm), sent);
  });
}

Deno.test("route() takes a caller's key= out of the query when it injects, and nothing else", async () => {
  await using injecting = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(pool(injecting, injecting, [KEY_1]));
  await callRaw(proxy.url, { ...CALL, target: "/v1/x?alt=sse&key=sk-mine&keys=a%2Cb" });
  assert.equal(injecting.requests[0]?.target, "/v1/x?alt=sse&keys=a%2Cb");
});

Deno.test("route() sends the caller's own key, never api_key, under passthrough", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(`
backends: [{ name: backend, url: "${backend.url}", api_key: "${KEY_1}" }]
models: { chat: [{ backend: backend, model: m }] }
`);
  const lines = ["Authorization: Bearer sk-mine", "x-api-key: sk-other"];
  await callRaw(proxy.url, { ...CALL, target: "/v1/x?key=sk-query", lines });
  const [seen] = backend.requests;
  assert.ok(seen);
  assert.equal(valueIn(seen, "authorization"), "Bearer sk-mine");
  assert.equal(valueIn(seen, "x-api-key"), "sk-other");
  assert.equal(seen.target, "/v1/x?key=sk-query");
  assert.ok(!seen.head.includes(KEY_1));
});

Deno.test("route() never shows a caller the injected key in its own answers", async () => {
  await using resetting = await startPeer(({ reset }) => reset());
  await using proxy = await startProxy(pool(resetting, resetting, [KEY_1]));
  const got = await callRaw(proxy.url, CALL);
  assert.equal(got.status, 502);
  assert.equal(lineValue(got, "content-type"), "application/json");
  assert.ok(!textOf(got).includes(KEY_1));
});

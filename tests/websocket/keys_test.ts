import assert from "node:assert/strict";
import { connectTo } from "../caller.ts";
import { startProxy } from "../proxy.ts";
import { openSocket, refusedSocket, startSocketBackend } from "../websockets.ts";
import { startRawBackend, SWITCHING, upgradeBytes } from "./raw.ts";

const PATH = "/v1/realtime?model=chat";
/** Where keys among the subprotocols go is what is tested here; the ledger knows nothing of them. */
const UNLEDGERED = { ledger: false };
const THEIRS = "sk-caller-0123456789abcdef";
const OURS = "sk-ours-fedcba9876543210";
const BROWSER = ["realtime", `openai-insecure-api-key.${THEIRS}`, "openai-beta.realtime-v1"];

function configured(url: string, auth: string): string {
  return `backends: [{ name: only, url: "${url}", api_key: "${OURS}", auth: ${auth} }]
models: { chat: [{ backend: only, model: m }] }`;
}

Deno.test("a key among the subprotocols is swapped in its place, and no other is left", async () => {
  await using backend = await startSocketBackend();
  await using proxy = await startProxy(configured(backend.url, "inject"));
  const headers = { authorization: `Bearer ${THEIRS}`, cookie: "session=1" };
  await using caller = await openSocket(proxy.url + PATH, { protocols: BROWSER, headers });
  assert.equal(caller.connection.protocol, "realtime");
  const got = backend.requests[0]!.headers;
  const expected = `realtime,openai-insecure-api-key.${OURS},openai-beta.realtime-v1`;
  assert.equal(got["sec-websocket-protocol"], expected);
  assert.deepEqual([got.authorization, got.cookie], [undefined, undefined]);
});

Deno.test("a key is injected where the dialect wants it when the caller sent none", async () => {
  await using backend = await startSocketBackend();
  await using proxy = await startProxy(configured(backend.url, "inject"));
  await using _caller = await openSocket(proxy.url + PATH, { protocols: ["realtime"] });
  const got = backend.requests[0]!.headers;
  assert.equal(got.authorization, `Bearer ${OURS}`);
  assert.equal(got["sec-websocket-protocol"], "realtime");
});

Deno.test("a caller's own key among the subprotocols passes under passthrough", async () => {
  await using backend = await startSocketBackend();
  await using proxy = await startProxy(configured(backend.url, "passthrough"));
  await using _caller = await openSocket(proxy.url + PATH, { protocols: BROWSER });
  assert.equal(backend.requests[0]!.headers["sec-websocket-protocol"], BROWSER.join(","));
});

Deno.test("a backend that chooses the entry with its key shows that key to nobody", async () => {
  const choice = { handleProtocols: (offered: Set<string>) => [...offered][1] ?? false as const };
  await using backend = await startSocketBackend(undefined, choice);
  await using proxy = await startProxy(configured(backend.url, "inject"), UNLEDGERED);
  await using caller = await openSocket(proxy.url + PATH, { protocols: BROWSER });
  assert.equal(caller.connection.protocol, BROWSER[1]);
});

Deno.test("no key of an upgrade stands in a log", async () => {
  const chosen = `Sec-WebSocket-Protocol: openai-insecure-api-key.${OURS}\r\n\r\n`;
  await using backend = await startRawBackend(({ socket }) => {
    socket.end(SWITCHING.replace(/\r\n$/, chosen) + OURS);
  });
  await using proxy = await startProxy(configured(backend.url, "inject"), UNLEDGERED);
  await using caller = await connectTo(proxy.url);
  const protocols = `Sec-WebSocket-Protocol: ${BROWSER.join(", ")}`;
  await caller.send(upgradeBytes(PATH, [protocols]));
  await caller.until(OURS);
  await caller.closed;
  await proxy.drain(5);
  const told = [...await proxy.logs(), ...proxy.lines].join("\n");
  assert.match(told, /sec-websocket-protocol: realtime, openai-insecure-api-key\.sk-ca\*/i);
  for (const secret of [THEIRS, OURS]) assert.ok(!told.includes(secret), secret);
});

Deno.test("a page of somebody else's opens no WebSocket that spends a key", async () => {
  await using backend = await startSocketBackend();
  await using proxy = await startProxy(configured(backend.url, "inject"));
  const foreign = { headers: { origin: "https://evil.example" } };
  const { status, body } = await refusedSocket(proxy.url + PATH, foreign);
  assert.deepEqual([status, JSON.parse(body).error.code], [403, "foreign_origin"]);
  assert.equal(backend.requests.length, 0);
  const own = { headers: { origin: "http://localhost:3000" } };
  await using _caller = await openSocket(proxy.url + PATH, own);
});

Deno.test("an upgrade with a Host that is none is turned away at the door", async () => {
  await using backend = await startSocketBackend();
  await using proxy = await startProxy(configured(backend.url, "passthrough"));
  await using caller = await connectTo(proxy.url);
  const request = new TextDecoder().decode(upgradeBytes(PATH)).replace(
    "Host: 127.0.0.1",
    "Host: a b",
  );
  await caller.send(request);
  assert.equal((await caller.reply("GET")).status, 400);
  await caller.closed;
});

for (const auth of ["passthrough", "inject"]) {
  Deno.test(`a caller known by a key among the subprotocols keeps it from the backend (${auth})`, async () => {
    await using backend = await startSocketBackend();
    const clients = `clients: [{ name: laptop, key: "${THEIRS}" }, { name: short, key: "pw1" }]`;
    await using proxy = await startProxy(
      `${configured(backend.url, auth)}\n${clients}`,
      UNLEDGERED,
    );
    for (const key of [THEIRS, "pw1"]) {
      const protocols = ["realtime", `openai-insecure-api-key.${key}`];
      await using caller = await openSocket(proxy.url + PATH, { protocols });
      assert.equal(caller.connection.protocol, "realtime");
    }
    for (const { headers } of backend.requests) {
      assert.equal(headers["sec-websocket-protocol"], "realtime");
      assert.equal(headers.authorization, auth === "inject" ? `Bearer ${OURS}` : undefined);
    }
    const stranger = { protocols: ["realtime", "openai-insecure-api-key.sk-nobody"] };
    assert.equal((await refusedSocket(proxy.url + PATH, stranger)).status, 401);
    assert.equal(backend.requests.length, 2);
  });
}

Deno.test("a caller is refused a WebSocket on a model that it may not use", async () => {
  await using backend = await startSocketBackend();
  const clients = `clients: [{ name: laptop, key: "${THEIRS}", models: ["gpt-*"] }]`;
  await using proxy = await startProxy(
    `${configured(backend.url, "inject")}\n${clients}`,
    UNLEDGERED,
  );
  const refusal = await refusedSocket(proxy.url + PATH, { protocols: BROWSER });
  assert.equal(refusal.status, 403);
  assert.equal(backend.requests.length, 0);
});

Deno.test("a key goes where a backend's dialect wants it when the backend states one", async () => {
  await using backend = await startSocketBackend();
  const stated = configured(backend.url, "inject").replace(" }]", ", dialect: openai }]");
  await using proxy = await startProxy(stated, UNLEDGERED);
  await using _caller = await openSocket(proxy.url + PATH, { protocols: BROWSER });
  const { headers } = backend.requests[0]!;
  assert.equal(headers["sec-websocket-protocol"], "realtime,openai-beta.realtime-v1");
  assert.equal(headers.authorization, `Bearer ${OURS}`);
});

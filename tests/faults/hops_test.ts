/** Faults of the catalogue that concern what belongs to one hop, and what does not: F085 to F104, F182, F183. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { callRaw, connectTo, lineValue, passedLines, textOf } from "../caller.ts";
import { chain } from "../chain.ts";
import { type Peer, rawReply, reply, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";

const BODY = `{"model":"chat"}`;

/** The header lines that reached a backend besides those of its own hop. */
function passedOf({ requests }: Peer, index = 0): string[] {
  return (requests[index]?.head ?? "").split("\r\n").slice(1)
    .filter((line) => !/^(?:host|connection|content-length):/i.test(line));
}

async function sent(lines: readonly string[]): Promise<string[]> {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  assert.equal((await callRaw(proxy.url, { body: BODY, lines })).status, 200);
  return passedOf(backend);
}

Deno.test("F085: Expect: 100-continue is answered here, and what follows is the next request", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  await using caller = await connectTo(proxy.url);
  const framing = `Host: a\r\nContent-Length: ${BODY.length}\r\n`;
  const head = `POST /v1/one HTTP/1.1\r\nExpect: 100-Continue\r\n${framing}\r\n`;
  await caller.send(head);
  await caller.until("HTTP/1.1 100 ");
  await caller.send(BODY);
  assert.equal((await caller.reply()).status, 200);
  await caller.send(`POST /v1/two HTTP/1.1\r\n${framing}\r\n${BODY}`);
  assert.equal((await caller.reply()).status, 200);
  assert.deepEqual(backend.requests.map(({ target }) => target), ["/v1/one", "/v1/two"]);
  assert.deepEqual([passedOf(backend), passedOf(backend, 1)], [[], []]);
});

Deno.test("F085: a body sent with Expect, without waiting, is one request", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  const got = await callRaw(proxy.url, { body: BODY, lines: ["Expect: 100-continue"] });
  assert.equal(got.status, 200);
  assert.deepEqual(backend.requests.map(({ body }) => body.length), [
    '{"model":"backend-model"}'.length,
  ]);
});

Deno.test("F085: an Expect without a body reaches no backend as such", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }, "default_backend: backend"));
  const request = { method: "GET", target: "/v1/files", lines: ["Expect: 100-continue"] };
  assert.equal((await callRaw(proxy.url, request)).status, 200);
  assert.deepEqual(passedOf(backend), []);
});

for (const expectation of ["200-maybe", "x=y"]) {
  Deno.test(`F085: Expect: ${expectation} is 417, and reaches no backend`, async () => {
    await using backend = await startReplier(reply(200, `{"ok":1}`));
    await using proxy = await startProxy(chain({ backend }));
    const got = await callRaw(proxy.url, { body: BODY, lines: [`Expect: ${expectation}`] });
    assert.equal(got.status, 417);
    assert.equal(backend.connections, 0);
  });
}

Deno.test("F096: what a caller nominates stays behind, but nothing that the request needs", async () => {
  const needed = [
    "Authorization: Bearer sk-mine",
    "x-api-key: sk-mine",
    "Content-Type: application/json",
    "Accept: text/event-stream",
    "anthropic-version: 2023-06-01",
    "anthropic-beta: b",
    "Cookie: a=1",
  ];
  const names = [...needed.map((line) => line.split(":")[0]), "Host", "Content-Length", "X-Foo"];
  const lines = [`Connection: close, ${names.join(" ,")}`, ...needed, "X-Foo: 1", "x-foo: 2"];
  assert.deepEqual(await sent(lines), needed);
});

Deno.test("F096: no field of the hop, nominated or not, reaches a backend", async () => {
  const hop = [
    "Connection: X-Foo",
    "connection: x-bar",
    "X-Foo: 1",
    "X-Bar: 1",
    "Keep-Alive: timeout=5",
    "Proxy-Connection: keep-alive",
    "Proxy-Authorization: Basic c2s6bWluZQ==",
    "TE: trailers, gzip",
    "Trailer: X-Sum",
  ];
  assert.deepEqual(await sent([...hop, "X-Kept: 1"]), ["X-Kept: 1"]);
});

Deno.test("F096: no field of the backend's hop, nominated or not, reaches a caller", async () => {
  const hop = [
    "Connection: X-Foo, Content-Type, Set-Cookie, Content-Length",
    "X-Foo: 1",
    "Keep-Alive: timeout=5",
    "Proxy-Connection: close",
    "Proxy-Authenticate: Basic",
    "Upgrade: h2c",
    "TE: trailers",
    "Trailer: X-Sum",
  ];
  const kept = ["Content-Type: application/json", "Set-Cookie: a=1", "Set-Cookie: b=2"];
  await using backend = await startReplier(rawReply(200, [...hop, ...kept], `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  const got = await callRaw(proxy.url, { body: BODY });
  assert.deepEqual([passedLines(got), textOf(got)], [kept, `{"ok":1}`]);
});

Deno.test("F097: what other proxies wrote passes as it came, and nothing is added to it", async () => {
  const lines = [
    "X-Forwarded-For: 1.2.3.4, 5.6.7.8",
    "x-forwarded-host: evil.example",
    "X-Forwarded-Proto: https",
    'Forwarded: for=1.2.3.4;host="evil.example"',
    ...Array.from({ length: 40 }, (_, at) => `Via: 1.1 hop-${at}`),
  ];
  assert.deepEqual(await sent(lines), lines);
});

Deno.test("F104: order, case and duplicates pass, and credentials are not merged", async () => {
  const lines = [
    "X-B: 2",
    "authorization: Bearer one",
    "X-A: 1",
    "AUTHORIZATION: Bearer two",
    "x-b: 3",
    "x-api-key: one",
    "X-API-KEY: two",
  ];
  assert.deepEqual(await sent(lines), lines);
});

const ELSEWHERE: readonly (readonly [what: string, target: string, lines?: readonly string[]])[] = [
  ["an absolute target", "http://evil.example/v1/x"],
  ["an absolute target with a user", "http://user@evil.example:1/v1/x"],
  ["a target of two slashes", "//evil.example/v1/x"],
  ["a target with an @", "/@evil.example/v1/x"],
  ["a target with a port and an @", "/:1@evil.example/v1/x"],
  ["headers that name a host", "/v1/x", [
    "X-Forwarded-Host: evil.example",
    "X-Original-Host: evil.example",
    "X-Host: evil.example",
    "Forwarded: host=evil.example",
  ]],
];

for (const [what, target, lines = []] of ELSEWHERE) {
  for (const auth of ["passthrough", "inject, api_key: sk-own-1234567890"]) {
    Deno.test(`F182: ${what} goes to the configured backend, on ${auth.split(",")[0]}`, async () => {
      await using backend = await startReplier(reply(200, `{"ok":1}`));
      await using proxy = await startProxy(
        `
backends: [{ name: b, url: "${backend.url}/base", auth: ${auth} }]
models: { chat: [{ backend: b, model: m }] }`,
        { ledger: false },
      ); // whose tap would be the Host
      assert.equal((await callRaw(proxy.url, { body: BODY, target, lines })).status, 200);
      const [seen] = backend.requests;
      assert.match(seen?.target ?? "", /^\/base\//);
      assert.match(seen?.head ?? "", new RegExp(`^host: 127\\.0\\.0\\.1:${backend.port}$`, "m"));
    });
  }
}

for (const path of ["/v1/../admin", "/%2e%2e/admin", "/v1/x/..%2f..%2fadmin", "/..;/admin"]) {
  Deno.test(`F099: ${path} spends no key outside the backend's base path`, async () => {
    await using backend = await startReplier(reply(200, `{"ok":1}`));
    const backends =
      `backends: [{ name: b, url: "${backend.url}/v1", auth: inject, api_key: sk-own }]`;
    await using proxy = await startProxy(
      `${backends}\nmodels: { chat: [{ backend: b, model: m }] }`,
    );
    const got = await callRaw(proxy.url, { body: BODY, target: path });
    assert.equal(got.status, 400);
    assert.match(textOf(got), /its path leaves the backend's base path/);
    assert.equal(backend.connections, 0);
    await proxy.configure(
      backends.replace(", auth: inject", "") + "\nmodels: { chat: [{ backend: b, model: m }] }",
    );
    assert.equal((await callRaw(proxy.url, { body: BODY, target: path })).status, 200);
    assert.equal(backend.requests[0]?.target, path.startsWith("/v1") ? path : `/v1${path}`);
  });
}

Deno.test("F098: no encoded line end becomes a header line, at a backend or in a log", async () => {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  const target = "/v1/x%0d%0aX-Evil:%201?a=%0d%0aX-Evil:%201";
  const lines = ["X-A: %0d%0aX-Evil: 1"];
  assert.equal((await callRaw(proxy.url, { body: BODY, target, lines })).status, 200);
  assert.deepEqual([backend.requests[0]?.target, passedOf(backend)], [target, lines]);
  const [log = ""] = await proxy.logs();
  assert.doesNotMatch(log, /^X-Evil/m);
});

Deno.test("F183: what a backend sets for its origin passes to a caller as it came", async () => {
  const lines = [
    "Set-Cookie: session=1; Path=/; HttpOnly",
    "Set-Cookie: other=2",
    "Strict-Transport-Security: max-age=31536000",
    "Access-Control-Allow-Origin: *",
    'Clear-Site-Data: "*"',
    "Server: vendor/1.0",
    "Content-Security-Policy: default-src 'none'",
    'Alt-Svc: h3=":443"',
  ];
  await using backend = await startReplier(rawReply(200, lines, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  assert.deepEqual(passedLines(await callRaw(proxy.url, { body: BODY })), lines);
});

Deno.test("F183: what a backend sets for its origin is on none of our own answers", async () => {
  const lines = ["Set-Cookie: session=1", "Access-Control-Allow-Origin: *"];
  await using backend = await startReplier(rawReply(200, lines, `{"ok":1}`));
  await using proxy = await startProxy(chain({ backend }));
  await callRaw(proxy.url, { body: BODY });
  const got = await callRaw(proxy.url, { method: "GET", target: "/v1/models" });
  assert.deepEqual(passedLines(got), ["content-type: application/json"]);
});

for (const status of [301, 302, 303, 307, 308]) {
  Deno.test(`F021: a ${status} passes as it came and is followed by nobody, with a key least of all`, async () => {
    await using elsewhere = await startReplier(reply(200, `{"ok":1}`));
    const lines = [`Location: ${elsewhere.url}/v1/x`, "Content-Type: text/html"];
    await using backend = await startReplier(rawReply(status, lines, "moved"));
    await using proxy = await startProxy(`
backends: [{ name: b, url: "${backend.url}", auth: inject, api_key: "sk-own-1234567890" }]
models: { chat: [{ backend: b, model: m }] }`);
    const got = await callRaw(proxy.url, { body: BODY });
    assert.deepEqual([got.status, passedLines(got), textOf(got)], [status, lines, "moved"]);
    assert.deepEqual([backend.requests.length, elsewhere.connections], [1, 0]);
  });
}

Deno.test("a HEAD passes with the head of what a GET would get, and no body", async () => {
  const head = 'HTTP/1.1 200 X\r\nX-A: 1\r\nContent-Length: 12345\r\nETag: "x"\r\n\r\n';
  await using backend = await startReplier(Buffer.from(head));
  await using proxy = await startProxy(chain({ backend }, "default_backend: backend"));
  const got = await callRaw(proxy.url, { method: "HEAD", target: "/v1/files/file-1/content" });
  assert.deepEqual([got.status, got.body.length], [200, 0]);
  assert.deepEqual(passedLines(got), ["X-A: 1", 'ETag: "x"']);
  assert.equal(lineValue(got, "content-length"), "12345");
  assert.equal(backend.requests[0]?.method, "HEAD");
});

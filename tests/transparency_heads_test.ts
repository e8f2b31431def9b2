import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { callRaw, type RawRequest } from "./caller.ts";
import { chain } from "./chain.ts";
import { reply, type SeenRequest, startReplier } from "./peer.ts";
import { startProxy } from "./proxy.ts";

const BODY = `{"model":"chat"}`;
const SENT_BODY = `{"model":"backend-model"}`;

/** What the backend sees of a call. */
async function seenOf(request: RawRequest): Promise<SeenRequest> {
  await using backend = await startReplier(reply(200, `{"ok":1}`));
  // Behind a ledger's tap the backend would be sent another Host.
  await using proxy = await startProxy(chain({ backend }), { ledger: false });
  const got = await callRaw(proxy.url, { body: BODY, ...request });
  assert.equal(got.status, 200);
  const [seen] = backend.requests;
  assert.ok(seen !== undefined);
  return { ...seen, head: seen.head.replaceAll(backend.url.slice("http://".length), "BACKEND") };
}

/** The backend gets these header lines in this order, between those of its own hop. */
async function passExactly(lines: readonly string[], passed = lines): Promise<void> {
  const { head } = await seenOf({ lines });
  assert.deepEqual(head.split("\r\n").slice(1), [
    "host: BACKEND",
    "connection: keep-alive",
    ...passed,
    `content-length: ${SENT_BODY.length}`,
  ]);
}

Deno.test("a backend gets nothing but what the caller sent and what a hop needs", async () => {
  await passExactly([]);
});

Deno.test("a backend gets the headers of Claude Code as they are", async () => {
  await passExactly([
    "accept: application/json",
    "accept-encoding: gzip, deflate, br, zstd",
    "accept-language: *",
    "anthropic-beta: claude-code-20250219,interleaved-thinking-2025-05-14",
    "anthropic-dangerous-direct-browser-access: true",
    "anthropic-version: 2023-06-01",
    "authorization: Bearer sk-ant-oat01-abc",
    "content-type: application/json",
    "sec-fetch-mode: cors",
    "user-agent: claude-cli/2.0.1 (external, cli)",
    "x-app: cli",
    "x-claude-code-session-id: 6f1c",
    "x-stainless-retry-count: 0",
  ]);
});

Deno.test("a backend gets header names in the case they were written in", async () => {
  await passExactly(["X-Mixed-CASE: Kept Value", "ACCEPT: */*", "x-lower: b"]);
});

Deno.test("a backend gets every character a header name may have", async () => {
  await passExactly(["x!#$%&'*+-.^_`|~9: v"]);
});

Deno.test("a backend gets header values byte for byte", async () => {
  const utf8 = Buffer.from("Grüße 模").toString("latin1");
  await passExactly([
    "x-latin: caf\xe9 \xa0\xff",
    `x-utf8: ${utf8}`,
    `x-quoted: "a, b"; c="d\\"e"`,
    "x-inner: a  b\tc",
    "x-empty: ",
    "x-percent: %00%ff",
    "cookie: a=1; b=2; session=sk-abc",
    'forwarded: for=192.0.2.60;proto=http;by=203.0.113.43, for="[2001:db8::1]"',
    "x-forwarded-for: 1.2.3.4",
    "via: 1.1 somebody",
    "origin: https://app.example",
    "range: bytes=0-1",
    'if-none-match: W/"x"',
  ]);
});

Deno.test("a backend gets repeated headers apart and in order", async () => {
  await passExactly(["x-list: a", "cookie: a=1", "X-List: b, c", "cookie: b=2", "x-list: "]);
});

Deno.test("a backend gets 90 headers", async () => {
  await passExactly(Array.from({ length: 90 }, (_, i) => `x-header-${i}: value ${i}`));
});

Deno.test("a backend gets a header of 16 kB", async () => {
  await passExactly([`x-large: ${"v".repeat(16 * 1024)}`]);
});

Deno.test("a backend gets no header that is the caller's hop", async () => {
  await passExactly([
    "Connection: keep-alive, X-Nominated",
    "Keep-Alive: timeout=5",
    "Proxy-Connection: keep-alive",
    "TE: trailers",
    "Upgrade: h2c",
    "X-Nominated: for this hop only",
    "X-Other: kept",
  ], ["X-Other: kept"]);
});

Deno.test("a backend gets the credential that a caller nominated in Connection", async () => {
  const lines = ["connection: authorization", "authorization: Bearer sk-mine"];
  await passExactly(lines, ["authorization: Bearer sk-mine"]);
});

/** Request targets, one byte a character. */
const TARGETS: readonly string[] = [
  "/v1/chat/completions",
  "/chat/completions",
  "/",
  "/v1/chat//x",
  "/x//v1//chat",
  "/v1/chat/",
  "/v1/%2e%2e/%2E%2E/x",
  "/v1/a/../b/./c",
  "/v1/x;a=b;c",
  "/v1/%2Fx%20y%zz%",
  "/v1/a:b@c!$&'()*+,=~",
  encodeURI("/v1/模型/é"),
  "/v1/[x]",
  "/v1/x?",
  "/v1/x?beta=true",
  "/v1/x?a=1&a=2&&=&b",
  "/v1/x?q=a+b%20c%2Bd;e&u=http://h/p?x%23y",
  "/v1/x?a=%zz&b=\"<>`{}|^\\'",
  `/v1/x?long=${"q".repeat(8000)}`,
];

for (const target of TARGETS) {
  Deno.test(`a backend gets the target ${target.slice(0, 60)} as it is`, async () => {
    assert.equal((await seenOf({ target })).target, target);
  });
}

for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"]) {
  Deno.test(`a backend gets the method ${method} as it is`, async () => {
    assert.equal((await seenOf({ method })).method, method);
  });
}

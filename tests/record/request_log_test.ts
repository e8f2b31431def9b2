import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { callRaw, type RawRequest } from "../caller.ts";
import { chain } from "../chain.ts";
import { chunk, reply, startPeer, startReplier, STREAM_HEAD } from "../peer.ts";
import { startProxy } from "../proxy.ts";

const KEY = "sk-canary-0123456789abcdef";
const MASKED = "sk-ca****cdef";

/** The log of one request to backends that answer with these bytes, in this order. */
async function logOf(
  request: RawRequest,
  { replies, settings = "" }: {
    readonly replies: readonly (string | Uint8Array)[];
    readonly settings?: string;
  },
): Promise<string> {
  await using first = await startReplier(replies[0] ?? "");
  await using second = await startReplier(replies[1] ?? replies[0] ?? "");
  await using proxy = await startProxy(chain({ first, second }, settings), { ledger: false });
  await callRaw(proxy.url, request);
  const [log = ""] = await proxy.logs();
  return log.replaceAll(first.url, "http://first").replaceAll(second.url, "http://second");
}

function call(extra = "", lines: readonly string[] = []): RawRequest {
  return { body: `{"model":"chat"${extra}}`, lines };
}

/** A call whose answer may be anything: it is recorded as it passes, and not looked at. */
function speech(extra = "", lines: readonly string[] = []): RawRequest {
  return { ...call(extra, lines), target: "/v1/audio/speech" };
}

/** The line that begins with a heading, and the line after it. */
function section(log: string, heading: string): readonly string[] {
  const lines = log.split("\n");
  const at = lines.findIndex((line) => line.startsWith(`== ${heading}`));
  return at < 0 ? [] : lines.slice(at, at + 2);
}

Deno.test("formatRequestLog() tells a request from its head to its ending", async () => {
  const log = await logOf(
    { ...call(`,"messages":[]`, ["X-Trace: t-1"]), target: "/v1/chat/completions?a=%20b" },
    {
      replies: [
        reply(503, `{"error":{"message":"busy"}}`, { "retry-after": "7" }),
        reply(200, `{"id":"r"}`, { date: "Thu, 01 Jan 2026 00:00:00 GMT" }),
      ],
    },
  );
  const told = log.replace(/request [\da-f]{8}$/m, "request ID").replace(/(127.0.0.1):\d+/, "$1:P");
  assert.equal(
    told,
    `llm-proxy request ID
received   2026-01-01T00:00:00.000Z from 127.0.0.1:P
request    POST /v1/chat/completions?a=%20b
alias      "chat" (openai, not streamed)
result     chat -> second (second-model) 200, 2 attempts, 0 ms, 10 bytes, complete
settings   as the proxy started

== request head
POST /v1/chat/completions?a=%20b
Host: 127.0.0.1
X-Trace: t-1
Content-Length: 30

== request body: 30 bytes
{"model":"chat","messages":[]}

== attempt 1: first (first-model)
url        http://first/v1/chat/completions?a=%20b
outcome    status 503
time       0 ms, begun at 0 ms
reply      head at 0 ms
decision   fallback to second (second-model); the route cools for 7 s, as Retry-After said
reason     error code: status 503, one of error_codes

content-type: application/json
content-length: 28
retry-after: 7

== error body: 28 bytes
{"error":{"message":"busy"}}

== attempt 2: second (second-model)
url        http://second/v1/chat/completions?a=%20b
outcome    status 200
time       0 ms, begun at 0 ms
reply      head at 0 ms
decision   passed on to the caller
reason     answer: status 200

== response head, from second (second-model), at 0 ms
200
content-type: application/json
content-length: 10
date: Thu, 01 Jan 2026 00:00:00 GMT

== response body: 10 bytes
{"id":"r"}

== ending
complete after 10 bytes, 0 ms
`,
  );
});

Deno.test("formatRequestLog() names the fault of an attempt without a reply", async () => {
  const log = await logOf(call(), { replies: ["garbage\r\n", reply(200, `{"ok":1}`)] });
  assert.match(log, /^outcome {4}invalid_reply \(.+\)$/m);
  assert.match(
    log,
    /^decision {3}fallback to second \(second-model\); the route cools for 300 s, set by cooldown_seconds$/m,
  );
  assert.match(log, /^reason {5}connection lost: what came is not an HTTP response \(.+\)$/m);
});

Deno.test("formatRequestLog() tells an answer of our own", async () => {
  const log = await logOf({ body: `{"model":"chatt"}` }, { replies: [reply(200)] });
  assert.match(log, /^result {5}400 unknown_model, 0 ms, \d+ bytes, complete$/m);
  assert.match(log, /^== response head, from llm-proxy itself, at 0 ms\n400$/m);
  assert.match(log, /Nearest aliases: \\"chat\\"/);
  assert.doesNotMatch(log, /^alias|== attempt/m);
});

Deno.test("formatRequestLog() says why a route was passed over", async () => {
  await using first = await startReplier(reply(503));
  await using second = await startReplier(reply(200));
  await using proxy = await startProxy(chain({ first, second }, "fallback: { max_retries: 1 }"));
  for (let request = 0; request < 2; request++) await callRaw(proxy.url, call());
  await proxy.configure(chain({ first }, "fallback: { when_all_cooling: reject }"));
  await callRaw(proxy.url, call());
  const log = (await proxy.logs()).find((text) => text.includes("no_backend_available")) ?? "";
  assert.deepEqual(section(log, "routes passed over"), [
    "== routes passed over",
    "first (first-model): cooling for another 300 s after status 503, one of error_codes",
  ]);
});

Deno.test("formatRequestLog() says that a request's body never arrived whole", async () => {
  const settings = "limits: { max_body_mb: 0.001 }";
  const large = { body: "x".repeat(2000) };
  const log = await logOf(large, { replies: [reply(200)], settings });
  assert.match(log, /^== request body: it did not arrive whole$/m);
  assert.match(log, /^result {5}413 body_too_large/m);
});

const EVENT = `data: {"choices":[{"delta":{"content":"Servus"}}]}`;

Deno.test("formatRequestLog() tells what a cut says of the route", async () => {
  const log = await logOf(call(`,"stream":true`), {
    replies: [`${STREAM_HEAD}${chunk(`${EVENT}\n\n`)}${chunk("")}`],
  });
  const [, why] = /^cut after .+ \((.+)\)$/m.exec(log) ?? [];
  assert.equal(why, "the stream ended without a terminal event");
  assert.match(
    log,
    /\nstream cut: the reply broke off after \d+ bytes \(.+\); the route cools for 300 s, set by cooldown_seconds\n$/,
  );
});

Deno.test("formatRequestLog() tells an error event that came too late", async () => {
  const failure = `data: {"error":{"code":"overloaded"}}`;
  const log = await logOf(call(`,"stream":true`), {
    replies: [`${STREAM_HEAD}${chunk(`${EVENT}\n\n${failure}\n\n`)}${chunk("")}`],
  });
  assert.match(log, /^complete after \d+ bytes/m);
  assert.match(
    log,
    /^late error: an error event came after content; the route cools for 300 s, set by cooldown_seconds$/m,
  );
});

Deno.test("formatRequestLog() tells why a 200 was no answer, and shows it", async () => {
  const page = reply(200, "<html>busy</html>", { "content-type": "text/html" });
  const log = await logOf(call(), { replies: [page, reply(200, `{"ok":1}`)] });
  assert.match(log, /^reason {5}no result: status 200, but what came is an HTML page$/m);
  assert.deepEqual(section(log, "error body"), ["== error body: 17 bytes", "<html>busy</html>"]);
});

Deno.test("formatRequestLog() tells that cooldowns were shortened", async () => {
  const log = await logOf(call(), { replies: [reply(500, "{}"), reply(503, "{}")] });
  const [, eased = ""] = section(log, "cooldowns");
  assert.match(
    eased,
    /the request may be to blame and not the backends: the cooldowns that it began are cut to 10 s$/,
  );
});

Deno.test("formatRequestLog() tells a cut, and after how many bytes", async () => {
  await using first = await startPeer(async ({ write, close }) => {
    await write(STREAM_HEAD + chunk(`${EVENT}\n\n`));
    close();
  });
  await using proxy = await startProxy(chain({ first }));
  await callRaw(proxy.url, call(`,"stream":true`));
  const [log = ""] = await proxy.logs();
  assert.match(log, /^alias {6}"chat" \(openai, streamed\)$/m);
  const bytes = EVENT.length + 2;
  assert.deepEqual(section(log, "response body"), [`== response body: ${bytes} bytes`, EVENT]);
  assert.match(log, new RegExp(`^== ending\ncut after ${bytes} bytes, 0 ms \\(.+\\)$`, "m"));
});

Deno.test("formatRequestLog() says where a body was truncated (F155)", async () => {
  const settings = "logging: { max_body_kb: 1 }";
  const answer = "a".repeat(9000);
  const log = await logOf(speech(`,"p":"${"b".repeat(2000)}"`), {
    replies: [reply(200, answer)],
    settings,
  });
  assert.deepEqual(section(log, "response body"), [
    "== response body: 9000 bytes, truncated to 1024 bytes, 1024 follow",
    "a".repeat(1024),
  ]);
  const [heading, body] = section(log, "request body");
  assert.equal(heading, "== request body: 2023 bytes, truncated to 1024 bytes, 1024 follow");
  assert.equal(body?.length, 1024);
});

Deno.test("formatRequestLog() truncates text of several bytes a character to the limit too", async () => {
  const settings = "logging: { max_body_kb: 1 }";
  const log = await logOf(speech(), { replies: [reply(200, "中".repeat(3000))], settings });
  const [, body = ""] = section(log, "response body");
  assert.match(body, /^中+$/);
  assert.ok(new TextEncoder().encode(body).length <= 1024, `${body.length} characters`);
});

Deno.test("formatRequestLog() masks a key that lies across the limit", async () => {
  const settings = "logging: { max_body_kb: 1 }";
  const answer = "a".repeat(1010) + KEY + "a".repeat(9000);
  const log = await logOf(speech("", [`authorization: Bearer ${KEY}`]), {
    replies: [reply(200, answer)],
    settings,
  });
  assert.doesNotMatch(log, /sk-canary/);
});

Deno.test("formatRequestLog() keeps nothing of bodies with max_body_kb: 0, but their size", async () => {
  const settings = "logging: { max_body_kb: 0 }";
  const log = await logOf(speech(), { replies: [reply(200, "secret prose")], settings });
  assert.deepEqual(section(log, "response body"), [
    "== response body: 12 bytes, truncated to 0 bytes, 0 follow",
    "",
  ]);
});

Deno.test("formatRequestLog() says that a body is binary, and that one is empty", async () => {
  const log = await logOf(speech(), { replies: [reply(200, Uint8Array.of(0xff, 0xfe, 0))] });
  assert.deepEqual(section(log, "response body"), [
    "== response body: 3 bytes, binary, 21 follow",
    "(not text; not shown)",
  ]);
  const empty = await logOf(speech(), { replies: [reply(200)] });
  assert.match(empty, /^== response body: empty$/m);
});

Deno.test("formatRequestLog() shows a compressed body as text", async () => {
  const bytes = new Uint8Array(gzipSync(`{"a":"é"}`));
  const log = await logOf(call(), { replies: [reply(200, bytes, { "content-encoding": "gzip" })] });
  assert.deepEqual(section(log, "response body"), [
    `== response body: ${bytes.length} bytes, decoded from gzip, 10 follow`,
    `{"a":"é"}`,
  ]);
});

Deno.test("formatRequestLog() says where the text of a compressed body was truncated", async () => {
  const bytes = new Uint8Array(gzipSync("é".repeat(5000) + "x"));
  const answer = reply(200, bytes, { "content-encoding": "gzip" });
  const settings = "logging: { max_body_kb: 1.001 }";
  const log = await logOf(speech(), { replies: [answer], settings });
  const [heading, body = ""] = section(log, "response body");
  assert.equal(
    heading,
    `== response body: ${bytes.length} bytes, decoded from gzip, truncated to 1025 bytes, 1024 follow`,
  );
  assert.match(body, /^é+$/);
});

Deno.test("formatRequestLog() calls a body binary whose coding is not what it says", async () => {
  const answer = reply(200, Uint8Array.of(1, 2, 0xff), { "content-encoding": "gzip" });
  assert.match(
    await logOf(call(), { replies: [answer] }),
    /^== response body: 3 bytes, binary, 21 follow$/m,
  );
});

Deno.test("formatRequestLog() masks credentials wherever they stand, and says so (F152)", async () => {
  const text = `{"error":{"message":"Incorrect API key provided: ${KEY}"}}`;
  const answer = reply(503, text, { "x-echo": KEY });
  const log = await logOf(
    {
      ...call(`,"metadata":"${KEY}"`, [`Authorization: Bearer ${KEY}`, `Cookie: s=${KEY}`]),
      target: `/v1/chat/completions?key=${KEY}`,
    },
    { replies: [answer, reply(200, JSON.stringify({ id: KEY }))] },
  );
  assert.doesNotMatch(log, /canary/);
  assert.match(log, new RegExp(`^Authorization: Bearer ${MASKED.replaceAll("*", "\\*")}$`, "m"));
  assert.match(log, /^== request body: \d+ bytes, credentials masked, \d+ follow$/m);
  assert.match(log, /^== error body: \d+ bytes, credentials masked, \d+ follow$/m);
  assert.match(log, /^== response body: \d+ bytes, credentials masked, \d+ follow$/m);
});

Deno.test("formatRequestLog() masks nothing with redact: false", async () => {
  const log = await logOf(speech("", [`Authorization: Bearer ${KEY}`]), {
    replies: [reply(200, KEY)],
    settings: "logging: { redact: false }",
  });
  assert.match(log, new RegExp(`^Authorization: Bearer ${KEY}$`, "m"));
  assert.match(log, new RegExp(`^== response body: ${KEY.length} bytes\n${KEY}$`, "m"));
});

Deno.test("formatRequestLog() ends with the ending: a file without it is not whole (F147)", async () => {
  const whole = /\n== ending\n(complete|cut|caller left) after \d+ bytes, \d+ ms.*\n$/;
  assert.match(await logOf(call(), { replies: [reply(200, `{"ok":1}`)] }), whole);
  assert.match(await logOf({ body: "{}" }, { replies: [reply(200)] }), whole);
});

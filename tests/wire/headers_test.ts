import assert from "node:assert/strict";
import {
  headersForCaller,
  headerValue,
  type RawHeaders,
  replyHeaders,
  requestHeaders,
} from "../../lib/wire/headers.ts";

/** The fields of one hop by RFC 9110, section 7.6.1. */
const HOP_BY_HOP = [
  "Connection",
  "Keep-Alive",
  "Proxy-Connection",
  "TE",
  "Trailer",
  "Transfer-Encoding",
  "Upgrade",
];

/** Fields that other proxies add, drop or rewrite. */
const PASSING: RawHeaders = [
  ["accept-encoding", "gzip, br"],
  ["user-agent", "claude-cli/2.0 (external, cli)"],
  ["x-stainless-retry-count", "1"],
  ["anthropic-beta", "a,b"],
  ["via", "1.1 other"],
  ["x-forwarded-for", "10.0.0.1"],
  ["forwarded", "for=10.0.0.1"],
  ["origin", "http://localhost"],
  ["cache-control", "no-cache"],
  ["server", "cloudflare"],
  ["date", "Sun, 01 Mar 2026 12:00:00 GMT"],
  ["content-encoding", "gzip"],
  ["__proto__", "x"],
  ["constructor", "x"],
];

const NAMES = (headers: RawHeaders) => headers.map(([name]) => name);

Deno.test("requestHeaders() leaves behind what belongs to the hop, in any case", () => {
  for (const name of [...HOP_BY_HOP, "Host", "Content-Length", "Expect", "Proxy-Authorization"]) {
    for (const spelling of [name, name.toLowerCase(), name.toUpperCase()]) {
      assert.deepEqual(requestHeaders([[spelling, "x"], ["a", "b"]]), [["a", "b"]], spelling);
    }
  }
});

Deno.test("requestHeaders() passes everything else as it came", () => {
  assert.deepEqual(requestHeaders(PASSING), PASSING);
  const credentials: RawHeaders = [
    ["authorization", "Bearer k"],
    ["cookie", "a=b"],
  ];
  assert.deepEqual(requestHeaders(credentials), credentials);
});

Deno.test("replyHeaders() leaves behind what belongs to the hop, in any case", () => {
  for (const name of [...HOP_BY_HOP, "Proxy-Authenticate", "Proxy-Authentication-Info"]) {
    for (const spelling of [name, name.toLowerCase(), name.toUpperCase()]) {
      assert.deepEqual(replyHeaders([[spelling, "x"], ["a", "b"]]), [["a", "b"]], spelling);
    }
  }
});

Deno.test("replyHeaders() passes everything else as it came, its length included", () => {
  const headers: RawHeaders = [...PASSING, ["Content-Length", "3"], ["Retry-After", "7"]];
  assert.deepEqual(replyHeaders(headers), headers);
});

Deno.test("replyHeaders() keeps duplicates, order, spelling and bytes (F025, F026)", () => {
  const headers: RawHeaders = [
    ["Set-Cookie", "a=1"],
    ["X-Request-ID", "r"],
    ["set-cookie", "b=2"],
    ["SET-COOKIE", "a=1"],
    ["x-name", "caf\u00e9 \u00ff"],
  ];
  assert.deepEqual(replyHeaders(headers), headers);
});

Deno.test("requestHeaders() leaves behind what Connection nominates (F096)", () => {
  const headers: RawHeaders = [
    ["connection", "close, X-Foo ,x-bar,"],
    ["x-foo", "1"],
    ["X-Bar", "2"],
    ["x-baz", "3"],
  ];
  assert.deepEqual(requestHeaders(headers), [["x-baz", "3"]]);
});

Deno.test("requestHeaders() lets Connection take nothing that gives a request its meaning (F096)", () => {
  const needed: RawHeaders = [
    ["authorization", "Bearer k"],
    ["x-api-key", "k"],
    ["x-goog-api-key", "k"],
    ["api-key", "k"],
    ["content-type", "application/json"],
    ["content-encoding", "identity"],
    ["accept", "*/*"],
    ["anthropic-version", "2023-06-01"],
    ["anthropic-beta", "b"],
    ["cookie", "a=b"],
  ];
  const connection = NAMES(needed).join(", ");
  assert.deepEqual(requestHeaders([["connection", connection], ...needed]), needed);
});

Deno.test("replyHeaders() lets Connection take nothing that gives a reply its meaning (F096)", () => {
  const needed: RawHeaders = [
    ["content-type", "text/event-stream"],
    ["content-encoding", "gzip"],
    ["content-length", "3"],
    ["set-cookie", "a=b"],
    ["location", "/x"],
    ["retry-after", "1"],
  ];
  const connection = NAMES(needed).join(",");
  assert.deepEqual(replyHeaders([["Connection", connection], ...needed]), needed);
});

Deno.test("replyHeaders() heeds every Connection line (RFC 9110, section 5.3)", () => {
  const headers: RawHeaders = [
    ["Connection", "keep-alive"],
    ["connection", "x-foo"],
    ["x-foo", "1"],
    ["x-bar", "2"],
  ];
  assert.deepEqual(replyHeaders(headers), [["x-bar", "2"]]);
});

Deno.test("headerValue() finds the first field of a name in any case", () => {
  const headers: RawHeaders = [["X-A", "1"], ["x-a", "2"]];
  assert.equal(headerValue(headers, "x-a"), "1");
  assert.equal(headerValue(headers, "x-b"), undefined);
  assert.equal(headerValue([], "__proto__"), undefined);
});

Deno.test("headersForCaller() keeps of a 101 what makes it one, and no length", () => {
  const headers: RawHeaders = [
    ["upgrade", "WebSocket"],
    ["Connection", "keep-alive, Upgrade, X-Hop"],
    ["X-Hop", "1"],
    ["Keep-Alive", "timeout=5"],
    ["Content-Length", "5"],
    ["Sec-WebSocket-Accept", "a"],
    ["Set-Cookie", "b"],
    ["Set-Cookie", "b"],
  ];
  assert.deepEqual(headersForCaller({ status: 101, headers }), [
    ["upgrade", "WebSocket"],
    ["Connection", "Upgrade"],
    ["Sec-WebSocket-Accept", "a"],
    ["Set-Cookie", "b"],
    ["Set-Cookie", "b"],
  ]);
  assert.deepEqual(headersForCaller({ status: 200, headers }), replyHeaders(headers));
});

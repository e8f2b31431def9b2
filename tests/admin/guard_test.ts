import assert from "node:assert/strict";
import { type GuardOptions, refusedByGuard } from "../../lib/admin/guard.ts";
import type { RawHeaders } from "../../lib/wire/headers.ts";

const LOOPBACK: GuardOptions = { address: { hostname: "127.0.0.1", port: 8081 }, hasToken: false };
const EVERYWHERE: GuardOptions = { address: { hostname: "0.0.0.0", port: 8081 }, hasToken: true };
const NAMED: GuardOptions = { address: { hostname: "box.lan", port: 8081 }, hasToken: true };

/** The code of the refusal; `in` where there is none. */
function verdict(
  headers: RawHeaders,
  options = LOOPBACK,
  { method = "GET", path = "/api/now" } = {},
): string {
  return refusedByGuard({ method, path, headers }, options)?.code ?? "in";
}

const HOSTS: readonly (readonly [host: string, loopback: string, named: string, all: string])[] = [
  ["127.0.0.1:8081", "in", "in", "in"],
  ["127.0.0.1", "in", "in", "in"],
  ["127.9.9.9:1", "in", "in", "in"],
  ["localhost:8081", "in", "in", "in"],
  ["LocalHost", "in", "in", "in"],
  ["[::1]:8081", "in", "in", "in"],
  ["box.lan:8081", "foreign_host", "in", "foreign_host"],
  ["BOX.lan", "foreign_host", "in", "foreign_host"],
  ["192.168.1.7:8081", "foreign_host", "foreign_host", "in"],
  ["[fd00::7]:8081", "foreign_host", "foreign_host", "in"],
  ["evil.example", "foreign_host", "foreign_host", "foreign_host"],
  ["127.0.0.1.evil.example:8081", "foreign_host", "foreign_host", "foreign_host"],
  ["localhost.evil.example", "foreign_host", "foreign_host", "foreign_host"],
  ["evil.example#127.0.0.1", "foreign_host", "foreign_host", "foreign_host"],
  ["localhost@evil.example", "foreign_host", "foreign_host", "foreign_host"],
  ["localhost:8081:8081", "foreign_host", "foreign_host", "foreign_host"],
  ["localhost:notaport", "foreign_host", "foreign_host", "foreign_host"],
  ["", "foreign_host", "foreign_host", "foreign_host"],
  [" localhost", "foreign_host", "foreign_host", "foreign_host"],
];

for (const [host, loopback, named, all] of HOSTS) {
  Deno.test(`refusedByGuard() knows Host ${JSON.stringify(host)}`, () => {
    const headers: RawHeaders = [["Host", host]];
    assert.equal(verdict(headers), loopback);
    assert.equal(verdict(headers, NAMED), named);
    assert.equal(verdict(headers, EVERYWHERE), all);
  });
}

Deno.test("refusedByGuard() wants one Host, and no second", () => {
  assert.equal(verdict([]), "foreign_host");
  assert.equal(verdict([["host", "localhost"], ["Host", "localhost"]]), "foreign_host");
});

const HOST = ["host", "localhost:8081"] as const;

const ORIGINS: readonly (readonly [origin: string, verdict: string])[] = [
  ["http://localhost:8081", "in"],
  ["https://localhost:8081", "in"],
  ["HTTP://LOCALHOST:8081", "in"],
  ["http://localhost", "foreign_origin"],
  ["http://localhost:3000", "foreign_origin"],
  ["http://127.0.0.1:8081", "foreign_origin"],
  ["http://evil.example", "foreign_origin"],
  ["https://localhost:8081.evil.example", "foreign_origin"],
  ["null", "foreign_origin"],
  ["", "foreign_origin"],
];

for (const [origin, expected] of ORIGINS) {
  Deno.test(`refusedByGuard() knows Origin ${JSON.stringify(origin)}`, () => {
    assert.equal(verdict([HOST, ["Origin", origin]]), expected);
  });
}

for (
  const [site, expected] of [
    ["same-origin", "in"],
    ["none", "in"],
    ["same-site", "foreign_origin"],
    ["cross-site", "foreign_origin"],
    ["anything", "foreign_origin"],
  ]
) {
  Deno.test(`refusedByGuard() knows Sec-Fetch-Site ${site}`, () => {
    assert.equal(verdict([HOST, ["Sec-Fetch-Site", site ?? ""]]), expected);
  });
}

Deno.test("refusedByGuard() lets somebody follow a link to the page, and to nothing else", () => {
  const link: RawHeaders = [
    HOST,
    ["sec-fetch-site", "cross-site"],
    ["sec-fetch-mode", "navigate"],
    ["sec-fetch-dest", "document"],
  ];
  assert.equal(verdict(link, LOOPBACK, { path: "/" }), "in");
  assert.equal(verdict(link, LOOPBACK, { path: "/api/now" }), "foreign_origin");
  assert.equal(verdict(link, LOOPBACK, { path: "/", method: "POST" }), "foreign_origin");
  const framed = link.map(([name, value]) => [name, value.replace("document", "iframe")] as const);
  assert.equal(verdict(framed, LOOPBACK, { path: "/" }), "foreign_origin");
});

const MARK = ["x-llm-proxy", "1"] as const;

const POSTS: readonly (readonly [what: string, headers: RawHeaders, verdict: string])[] = [
  ["a call of the page", [MARK, ["content-type", "application/json"]], "in"],
  ["a charset", [MARK, ["Content-Type", "application/json; charset=utf-8"]], "in"],
  ["no mark", [["content-type", "application/json"]], "unmarked_call"],
  ["another mark", [["x-llm-proxy", "2"], ["content-type", "application/json"]], "unmarked_call"],
  ["no type", [MARK], "unmarked_call"],
  ["a form", [MARK, ["content-type", "application/x-www-form-urlencoded"]], "unmarked_call"],
  ["a form of text", [MARK, ["content-type", "text/plain"]], "unmarked_call"],
  ["a form's upload", [MARK, ["content-type", "multipart/form-data; boundary=x"]], "unmarked_call"],
  ["a type in disguise", [MARK, ["content-type", "text/plain; application/json"]], "unmarked_call"],
];

for (const [what, headers, expected] of POSTS) {
  Deno.test(`refusedByGuard() knows a POST with ${what}`, () => {
    assert.equal(verdict([HOST, ...headers], LOOPBACK, { method: "POST" }), expected);
  });
}

for (const method of ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"]) {
  Deno.test(`refusedByGuard() refuses ${method}`, () => {
    assert.equal(verdict([HOST, MARK], LOOPBACK, { method }), "method_not_allowed");
  });
}

Deno.test("refusedByGuard() closes a port beyond loopback whose token a reload has taken away", () => {
  assert.equal(verdict([HOST], { ...EVERYWHERE, hasToken: false }), "no_token");
});

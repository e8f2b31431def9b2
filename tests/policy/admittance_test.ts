import assert from "node:assert/strict";
import { refusedAtTheDoor } from "../../lib/policy/admittance.ts";
import { aliasOf, backendOf, routeOf, snapshotOf } from "../routing.ts";

const OPEN = snapshotOf([aliasOf("chat", [routeOf(backendOf("own"))])]);
const WITH_KEY = snapshotOf([aliasOf("chat", [routeOf(backendOf("keyed", { keys: ["k"] }))])]);

interface Knock {
  readonly method?: string;
  readonly host?: string;
  readonly origin?: string;
}

/** The status a request is turned away with; undefined when it is let in. */
function refused({ method = "POST", ...fields }: Knock, snapshot = OPEN): number | undefined {
  return refusedAtTheDoor({ method, headers: Object.entries(fields) }, snapshot)?.status;
}

const LOOPBACK = [
  "localhost",
  "LOCALHOST:8080",
  "127.0.0.1",
  "127.1.2.3:65535",
  "[::1]",
  "[::1]:8080",
];

Deno.test("refusedAtTheDoor() lets in names and addresses with or without a port", () => {
  const hosts = [...LOOPBACK, "proxy.example", "my_proxy-1.lan:80", "10.0.0.7:8080", "[fe80::1]:1"];
  for (const host of hosts) assert.equal(refused({ host }), undefined, host);
});

Deno.test("refusedAtTheDoor() answers 400 to a missing Host (F081)", () => {
  assert.equal(refused({}), 400);
});

Deno.test("refusedAtTheDoor() answers 400 to a Host that is none (F081, F182)", () => {
  const hosts = [
    "",
    "a b",
    "evil/admin?x=",
    "user@host",
    "user:pw@host",
    "one.example, two.example",
    "host:port",
    "host:",
    "[::1",
    "::1",
    "a\\b",
    "a%2fb",
    "hôte",
  ];
  for (const host of hosts) assert.equal(refused({ host }), 400, host);
});

Deno.test("refusedAtTheDoor() answers 405 to CONNECT and TRACE (F093)", () => {
  for (const method of ["CONNECT", "TRACE"]) assert.equal(refused({ method, host: "h" }), 405);
});

Deno.test("refusedAtTheDoor() does not ask where callers come from while there is no key to spend", () => {
  assert.equal(refused({ host: "proxy.example", origin: "https://page.example" }), undefined);
});

Deno.test("refusedAtTheDoor() lets in loopback callers where a key is injected", () => {
  for (const host of LOOPBACK) {
    assert.equal(refused({ host }, WITH_KEY), undefined, host);
    assert.equal(refused({ host, origin: `http://${host}` }, WITH_KEY), undefined, host);
  }
});

Deno.test("refusedAtTheDoor() answers 403 to a rebound Host where a key is injected (F174)", () => {
  const hosts = [
    "evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example:8080",
    "10.0.0.7",
    "[::2]",
    "[::1.evil]",
  ];
  for (const host of hosts) {
    const status = refused({ host }, WITH_KEY);
    assert.ok(status === 403 || status === 400, `${host}: ${status}`);
  }
});

Deno.test("refusedAtTheDoor() answers 403 to a foreign Origin where a key is injected (F172)", () => {
  for (const origin of ["https://evil.example", "null", "https://localhost.evil.example", ""]) {
    assert.equal(refused({ host: "localhost", origin }, WITH_KEY), 403, origin);
  }
});

Deno.test("refusedAtTheDoor() asks nobody for a key that is turned off", () => {
  const off = backendOf("keyed", { keys: ["k"], enabled: false });
  const snapshot = snapshotOf([aliasOf("chat", [routeOf(off)])]);
  assert.equal(refused({ host: "proxy.example" }, snapshot), undefined);
});

Deno.test("H15: refusedAtTheDoor() refuses what a browser says comes from another site's page", () => {
  const ask = (
    fields: readonly (readonly [string, string])[],
    method: string,
    snapshot = WITH_KEY,
  ) =>
    refusedAtTheDoor({ method, headers: [["Host", "127.0.0.1:8080"], ...fields] }, snapshot)
      ?.status;
  for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
    for (const site of ["cross-site", "same-site", "what-comes-next", "", "CROSS-SITE"]) {
      assert.equal(ask([["Sec-Fetch-Site", site]], method), 403, site);
      assert.equal(ask([["sec-fetch-site", "none"], ["SEC-FETCH-SITE", site]], method), 403, site);
      assert.equal(ask([["Sec-Fetch-Site", site]], method, OPEN), undefined);
      const socket = [["Connection", "upgrade"], ["Upgrade", "websocket"]] as const;
      assert.equal(ask([["Sec-Fetch-Site", site], ...socket], method), 403, site);
    }
    for (const site of ["none", "same-origin"]) {
      assert.equal(ask([["Sec-Fetch-Site", site]], method), undefined, site);
    }
    // A local page of the operator's own, which says where it is from.
    const local = [["Sec-Fetch-Site", "same-site"], ["Origin", "http://localhost:3000"]] as const;
    assert.equal(ask(local, method), undefined);
    const other = [["Sec-Fetch-Site", "same-origin"], ["Origin", "https://page.example"]] as const;
    assert.equal(ask(other, method), 403);
    assert.equal(ask([["Origin", "null"]], method), 403);
  }
});

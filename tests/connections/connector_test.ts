import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Proxy, Timeouts } from "../../lib/config/snapshot.ts";
import { type ForwardProxy, startHttpProxy, startSocksProxy } from "../forward_proxy.ts";
import { reply, startPeer, startReplier } from "../peer.ts";
import { nextTurn, startRawPeer, startTrial } from "../wire/trial.ts";

function through(kind: Proxy["kind"], address: string, given: Partial<Proxy> = {}): Proxy {
  const [hostname = "", port] = address.split(":");
  return { kind, hostname, port: Number(port), user: "", password: "", ...given };
}

/** Attempts by way of a proxy. */
function trialThrough(origin: string, proxy: Proxy, timeouts: Partial<Timeouts> = {}) {
  return startTrial(origin, timeouts, { proxy });
}

const REQUEST = {
  headers: [["X-Case", "1"], ["x-case", "2"], ["Proxy-Authorization", "theirs"]],
  body: new TextEncoder().encode(`{ "n": 1e400 }`),
} as const;

const STARTS = { http: startHttpProxy, socks5: startSocksProxy };

for (const kind of ["http", "socks5"] as const) {
  Deno.test(`connectorOf() changes no byte of what a backend gets through ${kind}`, async () => {
    await using peer = await startReplier(reply(200, "{}"));
    await using proxy = await STARTS[kind]();
    await using direct = startTrial(peer.url);
    const credentials = { user: "u", password: "" };
    await using trial = trialThrough(peer.url, through(kind, proxy.address, credentials));
    await direct.reply(REQUEST);
    await trial.reply(REQUEST);
    assert.deepEqual(peer.requests[1], peer.requests[0]);
    assert.ok(proxy.asked.length > 0);
  });

  Deno.test(`connectorOf() keeps a connection through ${kind}, and opens a fresh one when told`, async () => {
    await using peer = await startPeer(({ index, write, reset }) => {
      // The second request meets a connection that is just being closed.
      if (index === 1) return reset();
      return write(reply(200, "{}"));
    });
    await using proxy = await STARTS[kind]();
    await using trial = trialThrough(peer.url, through(kind, proxy.address));
    await trial.reply();
    await nextTurn();
    await trial.reply();
    assert.equal(peer.connections, 2);
    assert.equal(peer.requests.length, 3);
  });
}

Deno.test("connectorOf() asks an HTTP proxy to connect on, with what it is to be told and no more", async () => {
  await using peer = await startReplier(reply(200, "{}"));
  await using proxy = await startHttpProxy();
  const authority = peer.url.slice("http://".length);
  await using plain = trialThrough(peer.url, through("http", proxy.address));
  await plain.reply();
  const known = { user: "Ann", password: "p:ä@" };
  await using trial = trialThrough(peer.url, through("http", proxy.address, known));
  await trial.reply();
  const line = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n`;
  const basic = Buffer.from("Ann:p:ä@").toString("base64");
  assert.deepEqual(proxy.asked, [
    `${line}\r\n`,
    `${line}Proxy-Authorization: Basic ${basic}\r\n\r\n`,
  ]);
});

const TARGETS: readonly (readonly [origin: string, http: string, socks: string])[] = [
  ["http://backend.invalid", "backend.invalid:80", "\x03\x0fbackend.invalid\0\x50"],
  ["http://10.1.2.3:8080", "10.1.2.3:8080", "\x01\x0a\x01\x02\x03\x1f\x90"],
  [
    "http://[2001:db8::ff00:42:8329]",
    "[2001:db8::ff00:42:8329]:80",
    "\x04\x20\x01\x0d\xb8\0\0\0\0\0\0\xff\0\0\x42\x83\x29\0\x50",
  ],
  ["http://[::1]:9", "[::1]:9", `\x04${"\0".repeat(15)}\x01\0\x09`],
];

for (const [origin, authority, address] of TARGETS) {
  Deno.test(`connectorOf() has the proxy resolve and reach ${origin}`, async () => {
    await using peer = await startReplier(reply(200, "{}"));
    await using http = await startHttpProxy({ port: peer.port });
    await using one = trialThrough(origin, through("http", http.address));
    await one.reply();
    assert.equal(http.asked[0]?.split("\r\n")[0], `CONNECT ${authority} HTTP/1.1`);
    await using socks = await startSocksProxy({ port: peer.port });
    await using other = trialThrough(origin, through("socks5", socks.address));
    await other.reply();
    assert.deepEqual(socks.asked, ["\x05\x01\0", `\x05\x01\0${address}`]);
  });
}

Deno.test("connectorOf() tells a SOCKS5 proxy its user and password, where it asks for them", async () => {
  await using peer = await startReplier(reply(200, "{}"));
  const known = { user: "Ann", password: "pä" };
  await using asks = await startSocksProxy({ method: 2, bound: [3, 2, 97, 98] });
  await using one = trialThrough(peer.url, through("socks5", asks.address, known));
  await one.reply();
  assert.deepEqual(asks.asked.slice(0, 2), ["\x05\x02\0\x02", "\x01\x03Ann\x03p\xc3\xa4"]);
  await using open = await startSocksProxy({ bound: [4, ...Array(16).fill(7)] });
  await using other = trialThrough(peer.url, through("socks5", open.address, known));
  await other.reply();
  assert.equal(open.asked.length, 2);
});

/** What a proxy does instead of connecting on, and what is told of it. */
const REFUSALS: readonly (readonly [
  Proxy["kind"],
  () => Promise<ForwardProxy>,
  RegExp,
])[] = [
  [
    "http",
    () => startHttpProxy({ answer: "HTTP/1.1 407 Nope sk-echoed\r\nContent-Length: 0\r\n\r\n" }),
    /^PROXY_REFUSED: the proxy answered CONNECT with 407: it wants other credentials$/,
  ],
  [
    "http",
    () => startHttpProxy({ answer: "HTTP/1.0 502 Bad Gateway\r\n\r\n<html>" }),
    /^PROXY_REFUSED: the proxy answered CONNECT with 502$/,
  ],
  ["http", () => startHttpProxy({ answer: "SSH-2.0-OpenSSH\r\n" }), /something that is not HTTP/],
  [
    "http",
    () => startHttpProxy({ answer: `HTTP/1.1 200 OK\r\nX: ${"x".repeat(20_000)}\r\n\r\n` }),
    /too long a head/,
  ],
  ["socks5", () => startSocksProxy({ method: 0xff }), /wants a user name and password$/],
  ["socks5", () => startSocksProxy({ reply: 5 }), /could not connect on: connection refused$/],
  ["socks5", () => startSocksProxy({ reply: 77 }), /could not connect on: reply 77$/],
  ["socks5", () => startSocksProxy({ bound: [9, 0, 0, 0, 0] }), /something that is not SOCKS5$/],
];

for (const [kind, start, told] of REFUSALS) {
  Deno.test(`connectorOf() gives connect_failed where a ${kind} proxy does this: ${told.source}`, async () => {
    await using peer = await startReplier(reply(200, "{}"));
    await using proxy = await start();
    await using trial = trialThrough(peer.url, through(kind, proxy.address));
    const { code, detail } = await trial.fault();
    assert.equal(code, "connect_failed");
    assert.match(detail, told);
    assert.equal(peer.requests.length, 0);
  });
}

Deno.test("connectorOf() says that a SOCKS5 proxy refused the password, and not which", async () => {
  await using proxy = await startSocksProxy({ method: 2, accepts: false });
  const known = { user: "Ann", password: "hunter2-hunter2" };
  await using trial = trialThrough("http://b.invalid", through("socks5", proxy.address, known));
  const { code, detail } = await trial.fault();
  assert.equal(code, "connect_failed");
  assert.equal(detail, "PROXY_REFUSED: the proxy refused the user name and password");
});

for (const kind of ["http", "https", "socks5"] as const) {
  Deno.test(`connectorOf() gives connect_failed where a ${kind} proxy hangs up or is not there`, async () => {
    await using rude = await startRawPeer((socket) => void socket.once("data", () => socket.end()));
    for (const address of [rude.address, "127.0.0.1:1"]) {
      await using trial = trialThrough("http://b.invalid", through(kind, address));
      assert.equal((await trial.fault()).code, "connect_failed");
    }
  });

  Deno.test(`connectorOf() gives connect_timeout where a ${kind} proxy stays silent`, async () => {
    const ended = Promise.withResolvers<void>();
    await using mute = await startRawPeer((socket) => {
      socket.resume();
      socket.on("close", () => ended.resolve());
    });
    const connectMs = 100;
    await using trial = trialThrough("http://b.invalid", through(kind, mute.address), {
      connectMs,
    });
    const fault = await trial.fault();
    assert.equal(fault.code, "connect_timeout");
    assert.equal(fault.detail, "CONNECT_TIMEOUT: not connected within 0.1 s");
    await ended.promise;
  });
}

Deno.test("connectorOf() takes an answer that comes byte by byte, and nothing after it", async () => {
  await using peer = await startReplier(reply(200, `{"from":"peer"}`));
  await using slow = await startRawPeer((socket) => {
    socket.once("data", async () => {
      socket.once("data", () => socket.write(reply(200, `{"from":"proxy"}`)));
      for (const byte of "HTTP/1.1 200 OK\r\n\r\n") {
        await new Promise<void>((resolve) => socket.write(byte, () => resolve()));
        await nextTurn();
      }
    });
  });
  await using trial = trialThrough(peer.url, through("http", slow.address));
  const { body } = await trial.reply();
  assert.equal(new TextDecoder().decode(await body.read()), `{"from":"proxy"}`);
});

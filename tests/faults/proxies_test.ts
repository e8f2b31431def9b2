/** A proxy on the way to a backend: its faults are those of the way, row 4, and its password is nobody's. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { callRaw, textOf } from "../caller.ts";
import { startHttpProxy, startSocksProxy } from "../forward_proxy.ts";
import { CLOSED_PORT, startReplier } from "../peer.ts";
import { startProxy } from "../proxy.ts";
import { BACKEND, CALL, failsOver, includes, isWell, startScene, WELL } from "./scene.ts";

const NOWHERE = "http://backend.invalid";

const REFUSING = {
  "407": {
    start: () => startHttpProxy({ answer: "HTTP/1.1 407 X\r\nContent-Length: 0\r\n\r\n" }),
    scheme: "http",
    told: "the proxy answered CONNECT with 407: it wants other credentials",
  },
  "502": {
    start: () => startHttpProxy({ answer: "HTTP/1.1 502 X\r\n\r\n" }),
    scheme: "http",
    told: "the proxy answered CONNECT with 502",
  },
  "SOCKS reply 5": {
    start: () => startSocksProxy({ reply: 5 }),
    scheme: "socks5h",
    told: "the proxy could not connect on: connection refused",
  },
};

for (const [what, { start, scheme, told }] of Object.entries(REFUSING)) {
  Deno.test(`a proxy that answers ${what} moves on and cools the backend (row 4)`, async () => {
    await using forward = await start();
    const keys = `proxy: "${scheme}://${forward.address}"`;
    await failsOver({ url: NOWHERE, keys }, {
      row: 4,
      because: `cannot connect (PROXY_REFUSED: ${told}`,
      cools: BACKEND,
    });
  });
}

Deno.test("a proxy that is not there moves on and cools the backend (row 4)", async () => {
  await failsOver({ url: NOWHERE, keys: `proxy: "http://127.0.0.1:${CLOSED_PORT}"` }, {
    row: 4,
    because: "cannot connect (connect ECONNREFUSED",
    cools: BACKEND,
  });
});

Deno.test("a proxy that stays silent ends in connect_seconds and moves on (row 4)", async () => {
  await using mute = await startHttpProxy({ answer: "" });
  const keys = `proxy: "http://${mute.address}", timeouts: { connect_seconds: 0.2 }`;
  await failsOver({ url: NOWHERE, keys }, {
    row: 4,
    because: "no connection in time (CONNECT_TIMEOUT",
    cools: BACKEND,
  });
});

Deno.test("a backend behind a proxy is told nothing of it, and logs tell no password", async () => {
  const written = "hunter2%40hunter2%3Aend";
  const password = decodeURIComponent(written);
  const spellings = [written, password, Buffer.from(`ann:${password}`).toString("base64")];
  await using peer = await startReplier(WELL);
  await using forward = await startHttpProxy();
  await using refusing = await startSocksProxy({ method: 2, accepts: false });
  await using scene = await startScene({
    refused: { url: NOWHERE, keys: `proxy: "socks5://ann:${written}@${refusing.address}"` },
    good: { url: peer.url, keys: `proxy: "http://ann:${written}@${forward.address}"` },
  });
  // The caller quotes the password too, as it is and as it was written.
  const body = JSON.stringify({ model: "chat", messages: [], quoted: [password, written] });
  isWell(await scene.ask({ body }));
  includes(refusing.asked.join(""), password);
  includes(forward.asked.join(""), `Proxy-Authorization: Basic ${spellings[2]}`);
  const [seen] = peer.requests;
  assert.deepEqual(seen?.headers.map(([name]) => name), ["host", "connection", "content-length"]);
  assert.equal(textOf(seen ?? { body: new Uint8Array() }), body.replace("chat", "good-chat"));
  const record = await scene.record();
  includes(record, "the proxy refused the user name and password");
  for (const told of [record, ...await scene.proxy.logs("errors"), ...scene.proxy.lines]) {
    for (const spelling of spellings) assert.ok(!told.includes(spelling), told);
  }
});

Deno.test("a reload that names another proxy ends a cooldown, and new connections go through it", async () => {
  await using peer = await startReplier(WELL);
  await using forward = await startHttpProxy({ port: peer.port });
  const yaml = (proxy: string) =>
    `backends: [{ name: a, url: "${NOWHERE}", proxy: "${proxy}" }]\n` +
    "models: { chat: [{ backend: a, model: m }] }\n";
  await using proxy = await startProxy(yaml(`http://127.0.0.1:${CLOSED_PORT}`));
  assert.equal((await callRaw(proxy.url, CALL)).status, 502);
  await proxy.configure(yaml(`http://${forward.address}`));
  isWell(await callRaw(proxy.url, CALL));
  assert.equal(forward.asked.length, 1);
});

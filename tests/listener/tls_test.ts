import assert from "node:assert/strict";
import { connect, type DetailedPeerCertificate } from "node:tls";
import { callRaw, connectTo, lineValue } from "../caller.ts";
import { AUTHORITY, KEY, RIGHT, WRONG_NAME } from "../faults/certificates.ts";
import { EMPTY, startListening } from "./listening.ts";

const answer = () => Promise.resolve(EMPTY);

/** What a caller that offers both protocols gets to see of the handshake. */
function handshake(port: number): Promise<{ protocol: unknown; fingerprint: string }> {
  return new Promise((resolve, reject) => {
    const ALPNProtocols = ["h2", "http/1.1"];
    const socket = connect(
      { port, host: "127.0.0.1", rejectUnauthorized: false, ALPNProtocols },
      () => {
        const { fingerprint } = socket.getPeerCertificate() as DetailedPeerCertificate;
        resolve({ protocol: socket.alpnProtocol, fingerprint });
        socket.destroy();
      },
    );
    socket.on("error", reject);
  });
}

Deno.test("listen() offers HTTP/1.1 alone to callers over TLS", async () => {
  const tls = { cert: RIGHT, key: KEY };
  await using listening = await startListening(answer, { tls: () => tls });
  assert.equal((await handshake(listening.port)).protocol, "http/1.1");
});

Deno.test("listen() serves a renewed certificate to new connections, and goes on with open ones", async () => {
  let tls = { cert: RIGHT, key: KEY };
  await using listening = await startListening(answer, { tls: () => tls });
  await using open = await connectTo(listening.url);
  const before = await handshake(listening.port);
  tls = { cert: WRONG_NAME, key: KEY };
  let after = before;
  for (let left = 100; left > 0 && after.fingerprint === before.fingerprint; left--) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    after = await handshake(listening.port);
  }
  assert.notEqual(after.fingerprint, before.fingerprint);
  await open.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal((await open.reply("GET")).status, 200);
});

Deno.test("listen() goes on with its certificate where the renewed one is none", async () => {
  let tls = { cert: RIGHT, key: KEY };
  await using listening = await startListening(answer, { tls: () => tls });
  tls = { cert: AUTHORITY, key: "no key" };
  for (let left = 100; left > 0 && listening.faults.length === 0; left--) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.match(listening.faults.join(), /the old one goes on/);
  assert.equal((await callRaw(listening.url, { method: "GET" })).status, 200);
});

Deno.test("listen() answers plain HTTP on a TLS port with 400 and a line", async () => {
  const tls = { cert: RIGHT, key: KEY };
  await using listening = await startListening(answer, { tls: () => tls });
  const plain = listening.url.replace("https", "http");
  const got = await callRaw(plain, { method: "GET" });
  assert.deepEqual([got.status, lineValue(got, "connection")], [400, "close"]);
  assert.match(listening.refused.join(), /does not speak TLS, and this port is https/);
});

Deno.test("listen() tells of TLS on a plain port in a line", async () => {
  await using listening = await startListening(answer);
  await assert.rejects(connectTo(listening.url.replace("http", "https")));
  assert.match(listening.refused.join(), /400, it speaks TLS, and this port is plain http/);
});

for (
  const [what, bytes] of [["nothing", ""], ["half a hello", "\x16\x03\x01\x02\x00\x01"]] as const
) {
  Deno.test(`listen() ends a TLS connection of which ${what} comes, and frees it`, async () => {
    const tls = { cert: RIGHT, key: KEY };
    const patience = { headMs: 60 };
    await using listening = await startListening(answer, { tls: () => tls, patience });
    await using caller = await connectTo(listening.url.replace("https", "http"));
    await caller.send(bytes);
    await caller.closed;
  });
}

import assert from "node:assert/strict";
import { connectTo } from "../caller.ts";
import { chain } from "../chain.ts";
import { type Peer, reply, startPeer } from "../peer.ts";
import { makeHome, startProgram } from "./program.ts";

/** Offers to switch to what the proxy does not speak, each as its header lines. */
const OFFERS: Readonly<Record<string, readonly string[]>> = {
  "h2c": ["Connection: upgrade", "Upgrade: h2c"],
  "h2c with its settings": [
    "Connection: Upgrade, HTTP2-Settings",
    "Upgrade: h2c",
    "HTTP2-Settings: AAMAAABk",
  ],
  "TLS": ["connection: UPGRADE", "upgrade: TLS/1.2"],
  "what nobody knows": ["Upgrade: cow/1.0", "Connection: keep-alive, upgrade"],
  "several": ["Upgrade: h2c, cow", "Upgrade: pig", "Connection: upgrade"],
  "a WebSocket, by a POST": ["Connection: upgrade", "Upgrade: websocket", "Content-Length: 0"],
  "a WebSocket, with a body": ["Connection: upgrade", "Upgrade: websocket", "Content-Length: 2"],
  "nothing at all": ["Connection: upgrade"],
  "it without Connection": ["Upgrade: h2c"],
};

const FIRST = (offer: string, lines: readonly string[]) => {
  const method = offer.includes("POST") ? "POST" : "GET";
  const body = offer.includes("with a body") ? "{}" : "";
  return `${method} /v1/files HTTP/1.1\r\nHost: x\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
};
const SMUGGLED = "GET /v1/SMUGGLED HTTP/1.1\r\nHost: x\r\n\r\n";
const SECOND = `POST /v1/two HTTP/1.1\r\nHost: x\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n`;

/** A backend that answers a request once it may. */
function startWaiting(mayAnswer: Promise<void>): Promise<Peer> {
  return startPeer(async ({ request, write }) => {
    await mayAnswer;
    await write(reply(200, request.target));
  });
}

for (const [offer, lines] of Object.entries(OFFERS)) {
  for (const when of ["after the answer", "before the answer"]) {
    Deno.test(`H3: an offer of ${offer} hides no request, what follows comes ${when}`, async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      await using backend = await startWaiting(promise);
      const yaml = chain({ backend }, "default_backend: backend");
      await using home = await makeHome(yaml);
      await using program = await startProgram(["-config", home.configFile]);
      await using caller = await connectTo(program.url);
      await caller.send(FIRST(offer, lines) + SECOND);
      const first = await backend.seen(0);
      assert.equal(first.target, "/v1/files");
      assert.doesNotMatch(first.head, /^upgrade:/im);
      if (when === "after the answer") {
        resolve();
        await caller.reply("GET");
        await caller.send(SMUGGLED).catch(() => {});
      } else {
        await caller.send(SMUGGLED);
        resolve();
        await caller.reply("GET");
      }
      // Read on, or ended: either way nothing is out of step.
      await Promise.race([caller.closed, caller.reply().catch(() => {})]);
      const [, ...others] = backend.requests;
      for (const { target, body } of others) {
        assert.equal(target, "/v1/two");
        assert.equal(new TextDecoder().decode(body), SMUGGLED);
      }
    });
  }
}

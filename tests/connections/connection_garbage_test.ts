/** Connections on which anything may come: every request has one outcome, and its own. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import fc from "fast-check";
import { chunk } from "../peer.ts";
import { startRawPeer } from "../wire/trial.ts";
import { poolTo } from "./told.ts";

/** A reply to the request of that number, framed in some way. */
const FRAMED: readonly ((body: string) => string)[] = [
  (body) => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  (body) =>
    `HTTP/1.1 103 Early\r\nx: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  (body) => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(body)}${chunk("")}`,
  (body) => {
    const chunks = Array.from(body, (letter) => chunk(letter)).join("");
    return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\nx: y\r\n\r\n`;
  },
  (body) => `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
];

const REPLY = fc.record({
  framed: fc.constantFrom(...FRAMED),
  sizes: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 6 }),
});

/** Writes the bytes in pieces of these sizes, each in a turn of its own. */
async function writeIn(socket: Socket, bytes: string, sizes: readonly number[]): Promise<void> {
  let at = 0;
  for (const size of [...sizes, bytes.length]) {
    const piece = Buffer.from(bytes.slice(at, at += size), "latin1");
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
  }
}

Deno.test("ConnectionPool gives each request its own reply, however it is framed and cut", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(REPLY, { minLength: 1, maxLength: 8 }), async (replies) => {
      let asked = 0;
      await using peer = await startRawPeer((socket) => {
        socket.on("data", () => {
          const index = asked++;
          const { framed, sizes } = replies[index] ?? assert.fail("too many requests");
          writeIn(socket, framed(`reply ${index}`), sizes);
        });
      });
      await using line = poolTo(`http://${peer.address}`);
      for (const index of replies.keys()) {
        const { text, status } = await line.ask();
        assert.deepEqual([text, status], [`reply ${index}`, 200]);
      }
    }),
    { numRuns: 60 },
  );
});

const GARBAGE = fc.array(
  fc.oneof(
    fc.string({ unit: "binary-ascii" }),
    fc.constantFrom(
      "HTTP/1.1 200 OK\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n",
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
      "content-length: 5\r\n",
      "transfer-encoding: chunked\r\n",
      "connection: close\r\n",
      "\r\n",
      "5\r\nhello\r\n",
      "0\r\n\r\n",
    ),
  ),
  { maxLength: 8 },
);

Deno.test("ConnectionPool has one outcome of whatever comes, and goes on", async () => {
  await fc.assert(
    fc.asyncProperty(GARBAGE, fc.boolean(), async (garbage, resets) => {
      let asked = 0;
      await using peer = await startRawPeer((socket) => {
        socket.on("data", async () => {
          if (asked++ > 0) return void socket.write(FRAMED[0]?.("well") ?? "");
          for (const each of garbage) await writeIn(socket, each, []);
          if (resets) socket.resetAndDestroy();
          else socket.end();
        });
      });
      await using line = poolTo(`http://${peer.address}`);
      const notes = await line.ask();
      assert.equal(notes.steps.filter((step) => step === "end" || step === "failure").length, 1);
      assert.equal(notes.steps.indexOf("start"), 0);
      const next = await line.ask();
      // Only a connection that looked well may be met while it is being closed.
      if (next.isReused && next.steps.at(-1) === "failure") return;
      assert.equal(next.text, "well");
    }),
    { numRuns: 150 },
  );
});

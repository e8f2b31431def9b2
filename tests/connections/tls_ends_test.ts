/** How connections over TLS end, and how they do not begin. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { ConnectionPool } from "../../lib/connections/connection_pool.ts";
import { connectorOf } from "../../lib/connections/connector.ts";
import { AUTHORITY, KEY, RIGHT } from "../faults/certificates.ts";
import { reply } from "../peer.ts";
import { startRawPeer } from "../wire/trial.ts";
import { Notes, POST } from "./told.ts";

async function startTls(serve: (socket: TLSSocket, raw: Socket) => void) {
  const raws: Socket[] = [];
  const server = createServer({ key: KEY, cert: RIGHT }, (socket) => {
    socket.on("error", () => {});
    const raw = raws.find(({ remotePort }) => remotePort === socket.remotePort);
    socket.once("data", () => serve(socket, raw ?? assert.fail("no connection")));
  });
  server.on("connection", (raw: Socket) => raws.push(raw));
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    origin: `https://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const raw of raws) raw.destroy();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

async function ask(origin: string, connectMs = 5_000): Promise<Notes> {
  const way = { proxy: undefined, roots: [AUTHORITY], connectMs };
  const pool = new ConnectionPool(origin, connectorOf(origin, way));
  const notes = new Notes(undefined);
  pool.dispatch(POST, notes);
  await notes.over;
  await pool.destroy();
  return notes;
}

const UNFRAMED = "HTTP/1.1 200 OK\r\n\r\nall of it";
const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";

Deno.test("ConnectionPool takes the end of TLS for the end of a body that has no other, said or not", async () => {
  for (const end of ["in order", "unsaid"] as const) {
    await using peer = await startTls((socket, raw) => {
      socket.write(UNFRAMED, () => end === "in order" ? socket.end() : raw.destroy());
    });
    const notes = await ask(peer.origin);
    assert.deepEqual([notes.text, notes.steps.at(-1)], ["all of it", "end"], end);
  }
});

Deno.test("ConnectionPool takes the end of TLS within a framed body for a cut", async () => {
  for (const end of ["in order", "unsaid"] as const) {
    await using peer = await startTls((socket, raw) => {
      socket.write(CHUNKED, () => end === "in order" ? socket.end() : raw.destroy());
    });
    const notes = await ask(peer.origin);
    assert.deepEqual([notes.text, notes.steps.at(-1)], ["abc", "failure"], end);
    assert.ok(["CONNECTION_LOST", "ECONNRESET"].includes(String(notes.code)));
  }
});

Deno.test("connectorOf() lets no more than one handshake stall, and goes on once it is done", async () => {
  let isMute = true;
  const opened: Socket[] = [];
  const three = Promise.withResolvers<void>();
  let closed = 0;
  await using tls = await startTls((socket) => socket.write(reply(200, "{}")));
  const { port } = new URL(tls.origin);
  await using front = await startRawPeer((socket) => {
    opened.push(socket);
    socket.on("close", () => ++closed === 3 && three.resolve());
    if (isMute) return void socket.resume();
    relay(socket, Number(port));
  });
  const way = { proxy: undefined, roots: [AUTHORITY], connectMs: 100 };
  const connect = connectorOf(`https://${front.address}`, way);
  const never = new AbortController().signal;
  for (let at = 0; at < 4; at++) {
    await assert.rejects(connect(never), { code: "CONNECT_TIMEOUT" });
  }
  // Of four, Deno keeps one until the other side ends it.
  await three.promise;
  assert.equal(opened.length, 4);
  isMute = false;
  const patient = connectorOf(`https://${front.address}`, { ...way, connectMs: 5_000 });
  (await patient(never)).close();
});

function relay(socket: Socket, port: number): void {
  Deno.connect({ hostname: "127.0.0.1", port }).then((onward) => {
    socket.on("close", () => onward.close());
    socket.on("data", (chunk: Uint8Array) => void onward.write(chunk).catch(() => {}));
    (async () => {
      const place = new Uint8Array(16_384);
      for (let n = await onward.read(place); n !== null; n = await onward.read(place)) {
        socket.write(place.slice(0, n));
      }
    })().catch(() => socket.destroy());
  });
}

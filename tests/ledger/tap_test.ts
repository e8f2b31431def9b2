import assert from "node:assert/strict";
import type { Buffer } from "node:buffer";
import { connect, createServer, type Server, type Socket } from "node:net";
import { CLOSED_PORT } from "../peer.ts";
import { startTap, type Tap } from "./tap.ts";

interface Line extends AsyncDisposable {
  readonly tap: Tap;
  /** Of whoever connected. */
  readonly near: Socket;
  /** Of whoever was connected to. */
  readonly far: Socket;
}

const OPTIONS = { noDelay: true, allowHalfOpen: true };

async function startLine(): Promise<Line> {
  const accepted = Promise.withResolvers<Socket>();
  const server = createServer(OPTIONS, accepted.resolve);
  const tap = await startTap({ hostname: "127.0.0.1", port: await listen(server) }, () => 0);
  const near = connect({ host: "127.0.0.1", port: tap.port, ...OPTIONS });
  const far = await accepted.promise;
  near.on("error", () => {});
  far.on("error", () => {});
  return {
    tap,
    near,
    far,
    async [Symbol.asyncDispose]() {
      near.destroy();
      far.destroy();
      await tap[Symbol.asyncDispose]();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

function heard(socket: Socket, event: "end" | "close"): Promise<void> {
  return new Promise((resolve) => socket.once(event, () => resolve()));
}

function said(socket: Socket): Promise<string> {
  return new Promise((resolve) => socket.once("data", (data: Buffer) => resolve(`${data}`)));
}

function fault(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once("error", (error: Error) => resolve("code" in error ? `${error.code}` : ""));
  });
}

Deno.test("startTap() passes and keeps what either side sends", async () => {
  await using line = await startLine();
  line.near.write("question");
  assert.equal(await said(line.far), "question");
  line.far.write("answer");
  assert.equal(await said(line.near), "answer");
  const [connection] = line.tap.connections;
  assert.ok(connection !== undefined);
  const { sent, answered } = connection;
  assert.equal(`${sent.bytes()}`, "question");
  assert.equal(`${answered.bytes()}`, "answer");
  assert.deepEqual([sent.ended, answered.ended], [false, false]);
});

Deno.test("startTap() passes a half-close, and what comes back after it", async () => {
  await using line = await startLine();
  const ended = heard(line.far.resume(), "end");
  line.near.end();
  await ended;
  line.far.end("late");
  assert.equal(await said(line.near), "late");
});

for (const side of ["near", "far"] as const) {
  Deno.test(`startTap() passes a reset by the ${side} side`, async () => {
    await using line = await startLine();
    const other = side === "near" ? line.far : line.near;
    const broken = fault(other.resume());
    line[side].resetAndDestroy();
    assert.equal(await broken, "ECONNRESET");
  });
}

Deno.test("startTap() resets where nobody listens behind it", async () => {
  await using tap = await startTap({ hostname: "127.0.0.1", port: CLOSED_PORT }, () => 0);
  const socket = connect({ host: "127.0.0.1", port: tap.port });
  const closed = heard(socket, "close");
  assert.equal(await fault(socket.resume()), "ECONNRESET");
  await closed;
});

Deno.test("startTap() takes no more than the other side does", async () => {
  await using line = await startLine();
  const piece = new Uint8Array(1024 * 1024);
  let written = 0;
  // The other side reads nothing: writing stops once every buffer on the way is full.
  while (written < 100 && await isTaken(line.near, piece)) written++;
  assert.ok(written < 50, `${written} MiB went nowhere`);
});

/** Whether a write is handed over within the time in which loopback takes hundreds of them. */
function isTaken(socket: Socket, piece: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), 1000);
    socket.write(piece, () => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

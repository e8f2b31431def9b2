/** Uploads: what is too large to be held is sent on as it comes in, once. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer, type Socket } from "node:net";
import { connectTo, lineValue, requestBytes, textOf } from "./caller.ts";
import { chunk, reply, startPeer, startReplier } from "./peer.ts";
import { startProxy, type TestProxy } from "./proxy.ts";
import { makeHome, startProgram } from "./blackbox/program.ts";

const MIB = 1024 * 1024;
const PIECE = new Uint8Array(64 * 1024).map((_, index) => index % 251);
const STORED = reply(200, `{"id":"file-1","object":"file"}`);

/** One backend, which takes what no alias takes. */
function yaml(backend: string, more = ""): string {
  return `backends: [${backend}]
models: { chat: [{ backend: store, model: m }] }
default_backend: store
limits: { max_body_mb: 2 }
${more}`;
}

interface Sink extends AsyncDisposable {
  readonly url: string;
  /** The request's head, as it came. */
  readonly head: Promise<string>;
  /** Bytes that came after it. */
  taken(): number;
  /** Whether the bytes were those of `PIECE` again and again; for bodies of announced length. */
  intact(): boolean;
  answer(bytes: Uint8Array): void;
  /** Resolves when the proxy ends the connection. */
  readonly gone: Promise<void>;
  pause(): void;
  resume(): void;
}

/** A backend that takes one request of any size and keeps nothing of it. */
async function startSink(): Promise<Sink> {
  const head = Promise.withResolvers<string>();
  const gone = Promise.withResolvers<void>();
  let socket: Socket | undefined;
  let [start, taken, intact] = ["", 0, true];
  const server = createServer((opened) => {
    socket = opened;
    opened.on("error", () => {});
    opened.on("close", () => gone.resolve());
    opened.on("data", (read) => {
      const data = Buffer.from(read);
      if (!start.includes("\r\n\r\n")) {
        start += data.toString("latin1");
        const end = start.indexOf("\r\n\r\n");
        if (end < 0) return;
        head.resolve(start.slice(0, end));
        return look(data.subarray(data.length - (start.length - end - 4)));
      }
      look(data);
    });
  });
  function look(data: Uint8Array): void {
    for (const byte of data) if (byte !== PIECE[taken++ % PIECE.length]) intact = false;
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return {
    url: `http://127.0.0.1:${address.port}`,
    head: head.promise,
    taken: () => taken,
    intact: () => intact,
    answer: (bytes) => void socket?.write(bytes),
    gone: gone.promise,
    pause: () => void socket?.pause(),
    resume: () => void socket?.resume(),
    async [Symbol.asyncDispose]() {
      socket?.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const FILE = "Content-Type: multipart/form-data; boundary=x";

function headOf(framing: string, type = FILE, target = "/v1/files"): string {
  return `POST ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\n${type}\r\n${framing}\r\n\r\n`;
}

async function until(condition: () => boolean): Promise<void> {
  const endsMs = performance.now() + 20_000;
  while (!condition()) {
    assert.ok(performance.now() < endsMs, "twenty seconds went by in vain");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test({
  name: "an upload of 400 MB, far over max_body_mb, arrives byte for byte, in little memory",
  // Only there can the memory of another process be read.
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using sink = await startSink();
    await using home = await makeHome(yaml(`{ name: store, url: "${sink.url}" }`));
    await using program = await startProgram(["-config", home.configFile]);
    await using caller = await connectTo(program.url);
    const before = residentMiB(program.pid);
    let most = before;
    const bytes = 400 * MIB;
    await caller.send(headOf(`Content-Length: ${bytes}`));
    for (let sent = 0; sent < bytes; sent += PIECE.length) {
      await caller.send(PIECE);
      if (sent % (8 * MIB) === 0) most = Math.max(most, residentMiB(program.pid));
    }
    await until(() => sink.taken() === bytes);
    sink.answer(STORED);
    assert.equal((await caller.reply()).status, 200);
    assert.ok(sink.intact());
    assert.match(await sink.head, new RegExp(`^content-length: ${bytes}$`, "im"));
    assert.ok(most - before < 250, `memory grew from ${before} to ${most} MiB`);
    await program.logged(/POST \/v1\/files .* 200/);
  },
});

function residentMiB(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

Deno.test("an upload is counted whole in its record", async () => {
  await using sink = await startSink();
  await using proxy = await startProxy(yaml(`{ name: store, url: "${sink.url}" }`));
  const ended = endOf(proxy);
  await using caller = await connectTo(proxy.url);
  const bytes = 4 * MIB;
  await caller.send(headOf(`Content-Length: ${bytes}`));
  for (let sent = 0; sent < bytes; sent += PIECE.length) await caller.send(PIECE);
  await until(() => sink.taken() === bytes);
  sink.answer(STORED);
  await caller.reply();
  await ended;
  const [log = ""] = await proxy.logs();
  assert.match(log, new RegExp(`== request body: ${bytes} bytes`));
});

Deno.test("an upload in chunks stays one", async () => {
  await using sink = await startSink();
  await using proxy = await startProxy(yaml(`{ name: store, url: "${sink.url}" }`));
  await using caller = await connectTo(proxy.url);
  const text = "y".repeat(300_000);
  await caller.send(headOf("Transfer-Encoding: chunked"));
  for (let sent = 0; sent < 10; sent++) await caller.send(chunk(text));
  assert.match(await sink.head, /^transfer-encoding: chunked$/im);
  await caller.send(chunk(""));
  await until(() => sink.taken() > 10 * text.length);
  sink.answer(STORED);
  assert.equal((await caller.reply()).status, 200);
});

Deno.test("an upload waits for a backend that does not read", async () => {
  await using sink = await startSink();
  await using proxy = await startProxy(yaml(`{ name: store, url: "${sink.url}" }`));
  const { hostname, port } = new URL(proxy.url);
  const caller = await Deno.connect({ hostname, port: Number(port) });
  await caller.write(new TextEncoder().encode(headOf(`Content-Length: ${400 * MIB}`)));
  await sendWhileTaken(caller, 2 * MIB);
  await sink.head;
  sink.pause();
  const { sent, writing } = await sendWhileTaken(caller, 400 * MIB);
  assert.ok(sent < 60 * MIB, `${sent / MIB} MiB were taken ahead`);
  caller.close();
  await writing;
  sink.resume();
});

/** How much a connection takes until it takes no more for a while; the write that is stuck then. */
async function sendWhileTaken(connection: Deno.TcpConn, limitBytes: number) {
  let sent = 0;
  let writing: Promise<unknown> = Promise.resolve();
  while (sent < limitBytes) {
    const write = connection.write(PIECE);
    writing = write.catch(() => {});
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stuck = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), 400);
    });
    const taken = await Promise.race([stuck, write]);
    clearTimeout(timer);
    if (taken === undefined) break;
    sent += taken;
  }
  return { sent, writing };
}

Deno.test("an upload whose caller leaves ends at the backend, and cools nothing", async () => {
  await using sink = await startSink();
  await using proxy = await startProxy(yaml(`{ name: store, url: "${sink.url}" }`));
  const ended = endOf(proxy);
  await using caller = await connectTo(proxy.url);
  await caller.send(headOf(`Content-Length: ${10 * MIB}`));
  for (let sent = 0; sent < 3 * MIB; sent += PIECE.length) await caller.send(PIECE);
  await sink.head;
  caller.leave();
  await sink.gone;
  assert.equal((await ended).ending?.kind, "caller_left");
  assert.ok(!proxy.lines.some((line) => line.includes("cools")), proxy.lines.join("\n"));
});

function endOf({ state }: TestProxy) {
  const { promise, resolve } = Promise.withResolvers<
    { ending: { kind: string } | undefined; attempts: readonly unknown[] }
  >();
  state.journal.watch({ onAttempt: () => {}, onEnd: resolve });
  return promise;
}

Deno.test("an upload that a backend refuses early gets that answer", async () => {
  await using sink = await startSink();
  await using proxy = await startProxy(yaml(`{ name: store, url: "${sink.url}" }`));
  await using caller = await connectTo(proxy.url);
  await caller.send(headOf(`Content-Length: ${10 * MIB}`));
  for (let sent = 0; sent < 3 * MIB; sent += PIECE.length) await caller.send(PIECE);
  await sink.head;
  sink.answer(reply(413, `{"error":{"message":"too large for us"}}`));
  const got = await caller.reply();
  assert.deepEqual([got.status, textOf(got)], [413, `{"error":{"message":"too large for us"}}`]);
});

Deno.test("an upload to a backend that is gone is a 502, once", async () => {
  await using proxy = await startProxy(yaml(`{ name: store, url: "http://127.0.0.1:1" }`));
  const ended = endOf(proxy);
  await using caller = await connectTo(proxy.url);
  await caller.send(headOf(`Content-Length: ${3 * MIB}`));
  const sending = (async () => {
    for (let sent = 0; sent < 3 * MIB; sent += PIECE.length) await caller.send(PIECE);
  })();
  assert.equal((await caller.reply()).status, 502);
  await sending;
  assert.equal((await ended).attempts.length, 1);
});

const POOL = `auth: inject, api_key: [k-one, k-two]`;

Deno.test("an upload that may need another key is held, and sent whole again", async () => {
  const answers = [reply(401, "{}"), STORED];
  await using backend = await startPeer(({ index, write }) => write(answers[index] ?? ""));
  await using proxy = await startProxy(yaml(`{ name: store, url: "${backend.url}", ${POOL} }`));
  await using caller = await connectTo(proxy.url);
  const body = new Uint8Array(1.5 * MIB).map((_, index) => index % 253);
  await caller.send(requestBytes({ target: "/v1/files", lines: [FILE], body }));
  assert.equal((await caller.reply()).status, 200);
  assert.equal(backend.requests.length, 2);
  for (const request of backend.requests) assert.deepEqual(request.body, body);
});

Deno.test("an upload that may need another key is a 413 over max_body_mb", async () => {
  await using backend = await startReplier(STORED);
  await using proxy = await startProxy(yaml(`{ name: store, url: "${backend.url}", ${POOL} }`));
  for (const framing of [`Content-Length: ${3 * MIB}`, "Transfer-Encoding: chunked"]) {
    await using caller = await connectTo(proxy.url);
    await caller.send(headOf(framing));
    const piece = framing.startsWith("T") ? chunk("z".repeat(64 * 1024)) : PIECE;
    for (let sent = 0; sent < 48; sent++) await caller.send(piece);
    assert.equal((await caller.reply()).status, 413, framing);
  }
  assert.equal(backend.requests.length, 0);
});

Deno.test("cases 10: a small upload, which stores something, is not sent again when its connection is reset", async () => {
  await using backend = await startPeer(({ index, write, reset }) => {
    if (index === 0) return write(STORED);
    reset();
  });
  await using proxy = await startProxy(yaml(`{ name: store, url: "${backend.url}" }`));
  await using caller = await connectTo(proxy.url);
  for (const status of [200, 502]) {
    await caller.send(requestBytes({ target: "/v1/files", lines: [FILE], body: "--x--" }));
    assert.equal((await caller.reply()).status, status);
  }
  assert.equal(backend.requests.length, 2);
});

Deno.test("the connection of an upload goes on being used", async () => {
  await using sink = await startSink();
  await using proxy = await startProxy(yaml(`{ name: store, url: "${sink.url}" }`));
  await using caller = await connectTo(proxy.url);
  await caller.send(headOf(`Content-Length: ${2 * MIB}`, "Content-Type: application/pdf"));
  for (let sent = 0; sent < 2 * MIB; sent += PIECE.length) await caller.send(PIECE);
  await until(() => sink.taken() === 2 * MIB);
  sink.answer(STORED);
  assert.equal((await caller.reply()).status, 200);
  await caller.send(requestBytes({ method: "GET", target: "/v1/models" }));
  const got = await caller.reply("GET");
  assert.equal(lineValue(got, "content-type"), "application/json");
});

/** The connections to a backend, on scripted peers; what an attempt makes of them is in tests/wire/. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { ConnectionPool } from "../../lib/connections/connection_pool.ts";
import type { ByteStream } from "../../lib/wire/byte_stream.ts";
import type { BackendRequest } from "../../lib/wire/connections.ts";
import { ExchangeError } from "../../lib/wire/exchange_error.ts";
import { chunk, reply, startPeer, startReplier } from "../peer.ts";
import { nextTurn, startRawPeer } from "../wire/trial.ts";
import { MIB, Notes, poolTo, POST } from "./told.ts";

const OK = reply(200, "{}");

function headOf(seen: { readonly head: string } | undefined): string[] {
  return seen?.head.split("\r\n") ?? [];
}

Deno.test("ConnectionPool sends what it is given, byte by byte, and what the hop needs", async () => {
  await using peer = await startReplier(OK);
  await using line = poolTo(peer.url);
  const host = new URL(peer.url).host;
  const headers = [["X-É".replace("É", "E"), "caf\xe9 \xff"], ["x-empty", ""], [
    "X-e",
    "2",
  ]] as const;
  const body = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  await line.ask({ target: "/a?b=\xe9%20", headers, body });
  await line.ask({ method: "DELETE", body: new Uint8Array() });
  await line.ask({ body: new Uint8Array() });
  await line.ask({ method: "GET", body: new Uint8Array() });
  await line.ask({ method: "M-SEARCH" });
  await line.ask({ method: "HEAD", body: new Uint8Array() });
  const [post, ...rest] = peer.requests;
  assert.deepEqual(headOf(post), [
    "POST /a?b=\xe9%20 HTTP/1.1",
    `host: ${host}`,
    "connection: keep-alive",
    "X-E: caf\xe9 \xff",
    "x-empty: ",
    "X-e: 2",
    "content-length: 256",
  ]);
  assert.deepEqual(post?.body, body);
  const kept = [`host: ${host}`, "connection: keep-alive"];
  assert.deepEqual(rest.map(headOf), [
    ["DELETE /x HTTP/1.1", ...kept],
    ["POST /x HTTP/1.1", ...kept, "content-length: 0"],
    ["GET /x HTTP/1.1", ...kept],
    ["M-SEARCH /x HTTP/1.1", ...kept, "content-length: 2"],
    ["HEAD /x HTTP/1.1", kept[0], "connection: close"],
  ]);
});

Deno.test("ConnectionPool sends a large body as it is", async () => {
  await using peer = await startReplier(OK);
  await using line = poolTo(peer.url);
  const body = new Uint8Array(3 * MIB).map((_, at) => at % 251);
  assert.deepEqual((await line.ask({ body })).steps, ["start", "head", "data", "end"]);
  assert.deepEqual(peer.requests[0]?.body, body);
});

Deno.test("ConnectionPool sends a spliced body as one, whichever of its parts is long", async () => {
  await using peer = await startReplier(OK);
  await using line = poolTo(peer.url);
  const whole = new Uint8Array(3 * MIB).map((_, at) => at % 251);
  for (const end of [0, 1, 9_000, MIB, 3 * MIB]) {
    const body = { start: whole.slice(0, end), tail: whole.subarray(end), length: whole.length };
    assert.deepEqual((await line.ask({ body })).steps, ["start", "head", "data", "end"]);
    const seen = peer.requests.at(-1);
    assert.ok(headOf(seen).includes(`content-length: ${whole.length}`));
    assert.deepEqual(seen?.body, whole);
  }
});

const REFUSED: Readonly<Record<string, Partial<BackendRequest>>> = {
  "a method that is no token": { method: "GET /y HTTP/1.1\r\nx:" },
  "an empty method": { method: "" },
  "CONNECT": { method: "CONNECT" },
  "a line end in the target": { target: "/x HTTP/1.1\r\ny: z\r\n" },
  "a space in the target": { target: "/x y" },
  "a character beyond latin-1 in the target": { target: "/x\u0100" },
  "a target that is no path": { target: "http://elsewhere/" },
  "a NUL in a name": { headers: [["x\0", "1"]] },
  "a colon in a name": { headers: [["x:y", "1"]] },
  "an empty name": { headers: [["", "1"]] },
  "a CR in a value": { headers: [["x", "1\ry: 2"]] },
  "a LF in a value": { headers: [["x", "1\ny: 2"]] },
  "a line end at the end of a value": { headers: [["x", "1\n"]] },
  "a NUL in a value": { headers: [["x", "1\0"]] },
  "a character beyond latin-1 in a value": { headers: [["x", "\u010a"]] },
  "a length of the caller's": { headers: [["Content-Length", "1"]] },
  "a framing of the caller's": { headers: [["Transfer-Encoding", "chunked"]] },
};

for (const [what, given] of Object.entries(REFUSED)) {
  Deno.test(`ConnectionPool refuses ${what}, and sends nothing`, async () => {
    await using peer = await startReplier(OK);
    await using line = poolTo(peer.url);
    const notes = await line.ask(given);
    assert.deepEqual([notes.steps, notes.code], [["failure"], "REQUEST_REFUSED"]);
    assert.equal(peer.connections, 0);
  });
}

Deno.test("ConnectionPool tells a reused connection from a fresh one, and takes the latest first", async () => {
  await using peer = await startPeer(({ request, write }) => write(reply(200, request.target)));
  await using line = poolTo(peer.url);
  const both = [line.begin(), line.begin()];
  await Promise.all(both.map(({ over }) => over));
  assert.deepEqual(both.map(({ isReused }) => isReused), [false, false]);
  for (let at = 0; at < 3; at++) assert.equal((await line.ask()).isReused, true);
  assert.equal(peer.connections, 2);
  const fresh = new Notes(undefined);
  line.pool.dispatchFresh(POST, fresh);
  await fresh.over;
  assert.deepEqual([fresh.isReused, peer.connections], [false, 3]);
});

const CLOSING: Readonly<Record<string, string>> = {
  "Connection: close": "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.0": "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
  "Keep-Alive: timeout=1": "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n",
  "bytes that are left over": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nx",
};

for (const [what, bytes] of Object.entries(CLOSING)) {
  Deno.test(`ConnectionPool keeps no connection after ${what}`, async () => {
    const gone = Promise.withResolvers<void>();
    await using peer = await startPeer(async (exchange) => {
      await exchange.write(bytes);
      await exchange.gone;
      gone.resolve();
    });
    await using line = poolTo(peer.url);
    assert.deepEqual((await line.ask()).steps, ["start", "head", "end"]);
    await gone.promise;
    assert.equal((await line.ask()).isReused, false);
  });
}

Deno.test("ConnectionPool ends an idle connection a second before its backend would", async () => {
  const gone = Promise.withResolvers<void>();
  await using peer = await startPeer(async (exchange) => {
    await exchange.write(reply(200, "{}", { "keep-alive": "timeout=2" }));
    await exchange.gone;
    gone.resolve();
  });
  await using line = poolTo(peer.url);
  await line.ask();
  const sinceMs = performance.now();
  await gone.promise;
  const keptMs = performance.now() - sinceMs;
  assert.ok(keptMs > 900 && keptMs < 1_900, `it was kept for ${keptMs} ms`);
});

Deno.test("ConnectionPool takes nothing on an idle connection for an answer", async () => {
  const idle = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  await using peer = await startPeer(async (exchange) => {
    await exchange.write(OK);
    if (exchange.index > 0) return;
    await idle.promise;
    await exchange.write(reply(200, "poison"));
    await exchange.gone;
    gone.resolve();
  });
  await using line = poolTo(peer.url);
  await line.ask();
  idle.resolve();
  await gone.promise;
  const { isReused, text } = await line.ask();
  assert.deepEqual([isReused, text], [false, "{}"]);
});

Deno.test("ConnectionPool gives a connection of which nothing was wanted to the next request", async () => {
  await using peer = await startReplier(OK);
  await using line = poolTo(peer.url);
  const unwanted = line.begin({}, "start");
  await unwanted.at("start");
  await nextTurn();
  const { isReused } = await line.ask();
  assert.deepEqual([isReused, peer.connections, peer.requests.length], [true, 1, 1]);
  assert.deepEqual(unwanted.steps, ["start"]);
});

for (const step of ["head", "data"] as const) {
  Deno.test(`ConnectionPool tells nothing more of an exchange that is aborted at its ${step}`, async () => {
    const gone = Promise.withResolvers<void>();
    await using peer = await startPeer(async (exchange) => {
      await exchange.write(
        `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunk("a")}${chunk("b")}`,
      );
      await exchange.gone;
      gone.resolve();
    });
    await using line = poolTo(peer.url);
    const notes = line.begin({}, step);
    await gone.promise;
    assert.equal(notes.steps.at(-1), step);
    notes.tap?.resume();
    notes.tap?.abort();
  });
}

Deno.test("ConnectionPool: a tap of an exchange that is over does nothing to the next one", async () => {
  const pause = Promise.withResolvers<void>();
  await using peer = await startPeer(async ({ index, write }) => {
    if (index === 1) await pause.promise;
    await write(OK);
  });
  await using line = poolTo(peer.url);
  const first = await line.ask();
  const second = line.begin();
  await peer.seen(1);
  first.tap?.pause();
  first.tap?.abort();
  pause.resolve();
  await second.over;
  assert.deepEqual([second.steps, second.isReused], [["start", "head", "data", "end"], true]);
});

Deno.test("ConnectionPool reads no further while it is paused, and on a free connection it does", async () => {
  let taken = 0;
  await using peer = await startPeer(async ({ index, write }) => {
    if (index > 0) return await write(OK);
    await write(`HTTP/1.1 200 OK\r\ncontent-length: ${64 * MIB}\r\n\r\n`);
    for (let at = 0; at < 64; at++) {
      await write(new Uint8Array(MIB));
      taken++;
    }
  });
  await using line = poolTo(peer.url);
  const notes = line.begin();
  await notes.at("data");
  notes.tap?.pause();
  for (let before = -1; before < taken; await new Promise((r) => setTimeout(r, 100))) {
    before = taken;
  }
  assert.ok(taken < 32, `${taken} MiB went out`);
  assert.ok(notes.bytes < 2 * MIB);
  notes.tap?.resume();
  await notes.over;
  assert.equal(notes.bytes, 64 * MIB);
  assert.equal((await line.ask()).isReused, true);
});

Deno.test("ConnectionPool gives all that came of a body that is cut", async () => {
  await using peer = await startPeer(async ({ write, close }) => {
    await write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nall of it");
    close();
  });
  await using line = poolTo(peer.url);
  const notes = await line.ask();
  assert.deepEqual([notes.text, notes.steps.at(-1), notes.code], [
    "all of it",
    "failure",
    "CONNECTION_LOST",
  ]);
});

for (const end of ["close", "reset"] as const) {
  Deno.test(`ConnectionPool takes a ${end} for the end of a body that has no other`, async () => {
    const came = Promise.withResolvers<void>();
    await using peer = await startPeer(async (exchange) => {
      await exchange.write("HTTP/1.1 200 OK\r\n\r\nall of it");
      await came.promise;
      exchange[end]();
    });
    await using line = poolTo(peer.url);
    const notes = line.begin();
    await notes.at("data");
    came.resolve();
    await notes.over;
    assert.deepEqual([notes.text, notes.steps.at(-1)], ["all of it", "end"]);
  });
}

Deno.test("ConnectionPool times the head of a response, from the last interim one on", async () => {
  await using peer = await startPeer(async ({ index, write }) => {
    if (index > 0) return;
    for (let at = 0; at < 4; at++) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await write(at < 3 ? "HTTP/1.1 102 Processing\r\n\r\n" : OK);
    }
  });
  await using line = poolTo(peer.url);
  assert.equal((await line.ask({ headTimeoutMs: 150 })).status, 200);
  const late = await line.ask({ headTimeoutMs: 30 });
  assert.deepEqual([late.isReused, late.code], [true, "HEAD_TIMEOUT"]);
});

Deno.test("ConnectionPool waits for as long as it may, be it longer than a timer can", async () => {
  const release = Promise.withResolvers<void>();
  await using peer = await startPeer(async ({ write }) => {
    await release.promise;
    await write(OK);
  });
  await using line = poolTo(peer.url);
  const patient = line.begin({ headTimeoutMs: 2 ** 40 });
  const forever = line.begin({ headTimeoutMs: Infinity });
  await peer.seen(1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual([patient.steps, forever.steps], [["start"], ["start"]]);
  release.resolve();
  await Promise.all([patient.over, forever.over]);
  assert.deepEqual([patient.status, forever.status], [200, 200]);
});

Deno.test("ConnectionPool ends an exchange by a handler's mistake, and none but that", async () => {
  await using peer = await startReplier(OK);
  await using line = poolTo(peer.url);
  const broken = new Notes(undefined);
  broken.onData = () => {
    throw new TypeError("a mistake");
  };
  line.pool.dispatch(POST, broken);
  await broken.over;
  assert.ok(broken.cause instanceof TypeError);
  assert.equal((await line.ask()).text, "{}");
});

async function* chunksOf(...chunks: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const each of chunks) {
    await nextTurn();
    if (each instanceof Error) throw each;
    yield new TextEncoder().encode(each);
  }
}

Deno.test("ConnectionPool sends a body as it comes in, with its length or in chunks", async () => {
  await using peer = await startReplier(OK);
  await using line = poolTo(peer.url);
  await line.ask({ body: { chunks: chunksOf("ab", "", "cde"), lengthBytes: 5 } });
  await line.ask({ body: { chunks: chunksOf("ab", "", "cde"), lengthBytes: undefined } });
  await line.ask({ body: { chunks: chunksOf(), lengthBytes: undefined } });
  assert.deepEqual(peer.requests.map(({ body }) => Buffer.from(body).toString()), [
    "abcde",
    "abcde",
    "",
  ]);
  assert.deepEqual(peer.requests.map((seen) => headOf(seen).at(-1)), [
    "content-length: 5",
    "transfer-encoding: chunked",
    "transfer-encoding: chunked",
  ]);
  assert.equal(peer.connections, 1);
});

for (const chunks of [["abc"], ["abc", "defg"]]) {
  Deno.test(`ConnectionPool refuses an upload of ${chunks.join("").length} bytes that was to have 5`, async () => {
    const gone = Promise.withResolvers<void>();
    await using peer = await startRawPeer((socket) => {
      socket.resume();
      socket.on("close", () => gone.resolve());
    });
    await using line = poolTo(`http://${peer.address}`);
    const notes = await line.ask({ body: { chunks: chunksOf(...chunks), lengthBytes: 5 } });
    assert.equal(notes.code, "REQUEST_REFUSED");
    await gone.promise;
  });
}

Deno.test("ConnectionPool ends the connection of an upload that breaks off", async () => {
  const gone = Promise.withResolvers<void>();
  await using peer = await startRawPeer((socket) => {
    socket.resume();
    socket.on("close", () => gone.resolve());
  });
  await using line = poolTo(`http://${peer.address}`);
  const cause = new Error("left");
  const notes = await line.ask({ body: { chunks: chunksOf("a", cause), lengthBytes: undefined } });
  assert.equal(notes.cause, cause);
  await gone.promise;
});

Deno.test("ConnectionPool takes an answer before an upload has ended, and then the connection ends", async () => {
  const gone = Promise.withResolvers<void>();
  await using peer = await startRawPeer((socket) => {
    socket.once("data", () => socket.write(reply(413, "{}")));
    socket.on("close", () => gone.resolve());
  });
  await using line = poolTo(`http://${peer.address}`);
  const never = Promise.withResolvers<void>();
  async function* chunks() {
    yield new Uint8Array(10);
    await never.promise;
  }
  const notes = await line.ask({ body: { chunks: chunks(), lengthBytes: 20 } });
  assert.deepEqual([notes.status, notes.steps.at(-1)], [413, "end"]);
  await gone.promise;
  never.resolve();
});

Deno.test("ConnectionPool times a backend that takes no more of an upload, and not its caller", async () => {
  await using peer = await startRawPeer((socket) => void socket.pause());
  await using line = poolTo(`http://${peer.address}`);
  let taken = 0;
  async function* chunks() {
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (; taken < 256; taken++) yield new Uint8Array(MIB);
  }
  const body = { chunks: chunks(), lengthBytes: undefined };
  const notes = await line.ask({ body, headTimeoutMs: 100 });
  assert.equal(notes.code, "HEAD_TIMEOUT");
  assert.ok(taken > 0 && taken < 128, `${taken} MiB were taken`);
});

Deno.test("ConnectionPool reuses no connection on which a request was not taken whole", async () => {
  await using peer = await startRawPeer((socket) => {
    socket.once("data", () => {
      socket.pause();
      socket.write(OK);
    });
  });
  await using line = poolTo(`http://${peer.address}`);
  assert.equal((await line.ask({ body: new Uint8Array(32 * MIB) })).status, 200);
  assert.equal((await line.ask()).isReused, false);
});

const SWITCH = "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";

Deno.test("ConnectionPool hands over a connection that switches protocols, and what came on it", async () => {
  await using peer = await startReplier(`${SWITCH}early`);
  await using line = poolTo(peer.url);
  const notes = await line.ask({ method: "GET", body: new Uint8Array(), upgrade: true });
  assert.deepEqual(notes.steps, ["start", "switch"]);
  assert.deepEqual(headOf(peer.requests[0]).slice(2), [
    "connection: upgrade",
    "upgrade: websocket",
  ]);
  const { connection } = notes;
  assert.ok(connection !== undefined);
  await line.pool.destroy();
  const place = new Uint8Array(100);
  const count = await connection.read(place) ?? 0;
  assert.equal(new TextDecoder().decode(place.subarray(0, count)), "early");
  assert.equal(await connection.write(new Uint8Array(1)), 1);
  connection.close();
});

Deno.test("ConnectionPool gives the answer that refuses a switch of protocols", async () => {
  await using peer = await startReplier(OK);
  await using line = poolTo(peer.url);
  assert.equal((await line.ask({ upgrade: true })).status, 200);
});

Deno.test("ConnectionPool.close() ends what is idle, and waits for what is under way", async () => {
  const release = Promise.withResolvers<void>();
  await using peer = await startPeer(async ({ index, write }) => {
    if (index > 0) await release.promise;
    await write(OK);
  });
  const { pool, ask, begin } = poolTo(peer.url);
  await ask();
  const second = begin();
  await peer.seen(1);
  let isClosed = false;
  const closing = pool.close().then(() => isClosed = true);
  await nextTurn();
  assert.equal(isClosed, false);
  release.resolve();
  await Promise.all([second.over, closing]);
  assert.equal(second.steps.at(-1), "end");
  // Whoever took the pool before it was closed is still served.
  assert.equal((await ask()).status, 200);
});

Deno.test("ConnectionPool.destroy() ends all at once, and opens nothing any more", async () => {
  await using peer = await startRawPeer(() => {});
  const line = poolTo(`http://${peer.address}`);
  const waiting = line.begin();
  await waiting.at("start");
  const opening = line.begin();
  await line.pool.destroy();
  assert.equal(waiting.code, "CONNECTION_ENDED");
  await opening.over;
  assert.equal(opening.code, "CONNECTION_ENDED");
  const late = await line.ask();
  assert.ok(late.cause instanceof ExchangeError);
  assert.equal(late.code, "CONNECTION_ENDED");
});

/** A connection that behaves as told, and is not there otherwise. */
function streamThat(given: Partial<ByteStream>): ByteStream {
  return {
    read: () => Promise.reject(new Deno.errors.ConnectionReset("gone")),
    write: () => Promise.reject(new Deno.errors.BrokenPipe("gone")),
    closeWrite: () => Promise.resolve(),
    close() {},
    ...given,
  };
}

Deno.test("cases 13: ConnectionPool.destroy() waits for no connection that was gone when it was opened", async () => {
  const pool = new ConnectionPool("http://b.example", () => Promise.resolve(streamThat({})));
  const notes = new Notes(undefined);
  pool.dispatch(POST, notes);
  await notes.over;
  assert.deepEqual([notes.steps, notes.code], [["start", "failure"], "CONNECTION_LOST"]);
  await pool.destroy();
});

Deno.test("ConnectionPool takes the answer of a backend that takes no more of a request", async () => {
  const answer = new TextEncoder().encode("HTTP/1.1 413 X\r\nContent-Length: 2\r\n\r\n{}");
  const read = (into: Uint8Array) => {
    into.set(answer);
    return Promise.resolve(answer.length);
  };
  const pool = new ConnectionPool("http://b.example", () => Promise.resolve(streamThat({ read })));
  const notes = new Notes(undefined);
  pool.dispatch({ ...POST, body: new Uint8Array(MIB) }, notes);
  await notes.over;
  assert.deepEqual([notes.status, notes.text, notes.steps.at(-1)], [413, "{}", "end"]);
  await pool.destroy();
});

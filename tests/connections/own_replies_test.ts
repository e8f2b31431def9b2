/** No reply of one exchange reaches another, however connections end, answer early, or bring too much. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { chunk } from "../peer.ts";
import { type Notes, poolTo, type TestPool } from "./told.ts";

const CALLERS = 16;
const REQUESTS_EACH = 60;

/** Numbers from 0 to below 1 that are the same in every run. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const POISON = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";

function whole(nonce: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${nonce.length}\r\n\r\n${nonce}`;
}

function inChunks(nonce: string): string {
  const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  return head + [...nonce].map(chunk).join("") + chunk("");
}

type Answer = (socket: Socket, nonce: string) => void;

/** What a backend may do with a request whose head has come: most answer, some do not. */
const ANSWERS: readonly Answer[] = [
  (socket, nonce) => socket.write(whole(nonce)),
  (socket, nonce) => socket.write(whole(nonce)),
  (socket, nonce) => socket.write(inChunks(nonce)),
  (socket, nonce) => socket.write(`HTTP/1.1 103 Early\r\n\r\n${whole(nonce)}`),
  (socket, nonce) => void setTimeout(() => socket.write(whole(nonce)), 3),
  // Too much, which is nobody's.
  (socket, nonce) => socket.write(whole(nonce) + POISON),
  (socket, nonce) => socket.write(inChunks(nonce) + POISON),
  (socket, nonce) => socket.write(`HTTP/1.1 204 X\r\nX-Nonce: ${nonce}\r\n\r\n${POISON}`),
  // Too little.
  (socket, nonce) => socket.end(whole(nonce).slice(0, -1)),
  (socket, nonce) => socket.end(inChunks(nonce).slice(0, -5)),
  (socket) => socket.end("HTTP/1.1 200 OK\r\nContent-"),
  // None.
  (socket) => socket.resetAndDestroy(),
  (socket) => socket.end(),
  // An end that follows at once, which the next request may meet.
  (socket, nonce) => socket.end(whole(nonce)),
  (socket, nonce) => socket.write(whole(nonce), () => socket.resetAndDestroy()),
];

const NONCE = /x-nonce: (\S+)\r\n/;

/** Answers as soon as a head has come, be there more to come or not; reads on only where it has answered. */
async function startErratic(random: () => number) {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    let text = "";
    socket.on("data", (data) => {
      text += data.toString("latin1");
      for (let found = NONCE.exec(text); found !== null; found = NONCE.exec(text)) {
        text = text.slice(found.index + found[0].length);
        ANSWERS[Math.floor(random() * ANSWERS.length)]?.(socket, found[1] ?? "");
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      const closed = once(server, "close");
      server.close();
      await closed;
    },
  };
}

async function* inPieces(random: () => number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < 3; at++) {
    yield new Uint8Array(1_000).fill(0x78);
    if (random() < 0.5) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** One request, perhaps with an upload, perhaps given up at some step. */
function begin(line: TestPool, nonce: string, random: () => number): Notes {
  const steps = ["start", "head", "data"] as const;
  const abortAt = random() < 0.1 ? steps[Math.floor(random() * 3)] : undefined;
  const isUpload = random() < 0.3;
  const body = isUpload ? { chunks: inPieces(random), lengthBytes: undefined } : new Uint8Array(10);
  return line.begin({ headers: [["x-nonce", nonce]], body }, abortAt);
}

async function callOften(line: TestPool, name: string, random: () => number): Promise<number> {
  let answered = 0;
  for (let at = 0; at < REQUESTS_EACH; at++) {
    const nonce = `nonce-${name}-${at}-end`;
    const notes = begin(line, nonce, random);
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, notes.isAborting ? 20 : 5_000);
    await Promise.race([notes.over, patience.promise]);
    clearTimeout(timer);
    const told = notes.headers.find(([field]) => field === "X-Nonce")?.[1] ?? notes.text;
    assert.ok(nonce.startsWith(told), `${nonce} was told ${told}`);
    if (notes.steps.at(-1) !== "end") continue;
    assert.equal(told, nonce);
    answered++;
  }
  return answered;
}

Deno.test("ConnectionPool gives no exchange the reply of another, whatever a backend does", async () => {
  await using peer = await startErratic(randomFrom(1));
  await using line = poolTo(peer.url);
  const counts = await Promise.all(
    Array.from({ length: CALLERS }, (_, at) => callOften(line, `${at}`, randomFrom(at + 2))),
  );
  const answered = counts.reduce((sum, count) => sum + count, 0);
  assert.ok(answered > CALLERS * REQUESTS_EACH / 3, `${answered} were answered`);
});

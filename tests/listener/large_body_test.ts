/** Bodies that take many reads, and what stands around them on their connection. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { CallerResponse } from "../../lib/wire/caller_response.ts";
import { connectTo } from "../caller.ts";
import { EMPTY, startListening } from "./listening.ts";

const LENGTHS = [4_000, 70_000, 100_001, 1_000_000, 1_300_000];

function bodyOf(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, at) => (at * 7 + length) % 251));
}

function headOf(length: number): string {
  return `POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;
}

Deno.test("listen() gives large bodies as they came, with one request right behind another", async () => {
  const seen: Uint8Array[] = [];
  const over = Promise.withResolvers<void>();
  await using listening = await startListening(async (incoming): Promise<CallerResponse> => {
    const body = await incoming.read(2_000_000);
    assert.ok(body instanceof Uint8Array);
    if (seen.push(body) === 2 * LENGTHS.length) over.resolve();
    return EMPTY;
  });
  using peer = await Deno.connect({ hostname: "127.0.0.1", port: listening.port });
  const lengths = [...LENGTHS, ...LENGTHS.toReversed()];
  const stream = Buffer.concat(
    lengths.flatMap((length) => [Buffer.from(headOf(length)), bodyOf(length)]),
  );
  const answers = drained(peer);
  // Parts whose ends fall anywhere: within heads, at the ends of bodies, past them.
  for (let at = 0, step = 1; at < stream.length; step = step * 7 % 99_991) {
    at += await peer.write(stream.subarray(at, at + step));
  }
  await over.promise;
  assert.deepEqual(seen.map((body) => body.length), lengths);
  for (const body of seen) assert.ok(bodyOf(body.length).equals(body));
  await listening.close();
  await answers;
});

Deno.test("listen() goes on behind a large body that nobody waited for to its end", async () => {
  const bodies: unknown[] = [];
  const over = Promise.withResolvers<void>();
  await using listening = await startListening(async (incoming): Promise<CallerResponse> => {
    const body = incoming.read(200_000);
    bodies.push(body);
    if (bodies.length === 1) return EMPTY;
    await body;
    over.resolve();
    return EMPTY;
  });
  await using caller = await connectTo(listening.url);
  await caller.send(headOf(100_000) + "x".repeat(10_000));
  await caller.send("y".repeat(90_000) + headOf(5) + "hello");
  await over.promise;
  assert.deepEqual(await bodies[1], new TextEncoder().encode("hello"));
});

/** Reads to the end, as a caller does that takes its answers. */
async function drained(peer: Deno.TcpConn): Promise<void> {
  const into = new Uint8Array(65_536);
  while (await peer.read(into) !== null);
}

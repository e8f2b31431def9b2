/** Bodies under a Content-Encoding: judged by a decoded copy, passed on as they came. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import zlib from "node:zlib";
import type { HeldBody } from "../../lib/wire/held_body.ts";
import { inspectionOf, JSON_TYPE } from "./examined.ts";
import { bytesOf, CONTENT, DONE, ERROR, event, PING, ROLE } from "./streams.ts";

const ANSWER = `{"choices":[{"message":{"content":"Servus"}}]}`;
const FAILURE = `{"error":{"message":"Overloaded"}}`;
const COMPLETE = { kind: "complete" } as const;
const RESET = { kind: "cut", detail: "ECONNRESET" } as const;

type Encode = (plain: Uint8Array) => Uint8Array;

const CODINGS: readonly (readonly [coding: string, encode: Encode])[] = [
  ["gzip", zlib.gzipSync],
  ["deflate", zlib.deflateSync],
  ["br", zlib.brotliCompressSync],
  ...("zstdCompressSync" in zlib ? [["zstd", zlib.zstdCompressSync] as const] : []),
];

/** What a compressor makes of these texts, flushed after each, and how it ends. */
async function gzipped(texts: readonly string[]): Promise<Uint8Array<ArrayBuffer>[]> {
  const stream = zlib.createGzip();
  const made: Uint8Array<ArrayBuffer>[] = [];
  stream.on("data", (bytes: Uint8Array) => void made.push(new Uint8Array(bytes)));
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const take = async () => void parts.push(await new Blob(made.splice(0)).bytes());
  for (const text of texts) {
    stream.write(text);
    await new Promise<void>((resolve) => stream.flush(zlib.constants.Z_SYNC_FLUSH, resolve));
    await take();
  }
  stream.end();
  await once(stream, "end");
  await take();
  return parts;
}

/** Resolves once a body has ended, for good. */
async function endOf(body: HeldBody): Promise<string | undefined> {
  await body.settled(new AbortController().signal);
  return body.end?.kind;
}

for (const [coding, encode] of CODINGS) {
  const judgedWhole = async (text: string, contentType: string) => {
    const { body, push, inspected, jsons } = inspectionOf({ contentType, coding });
    const bytes = encode(bytesOf(text));
    push(bytes.subarray(0, 5), bytes.subarray(5));
    body.finish(COMPLETE);
    const shown = await inspected ?? assert.fail("nobody left");
    assert.deepEqual(new Uint8Array(body.peek()), new Uint8Array(bytes));
    return { ...shown, jsons, body };
  };

  Deno.test(`inspect() reads JSON under ${coding}, and leaves its bytes`, async () => {
    const answered = await judgedWhole(ANSWER, JSON_TYPE);
    assert.equal(answered.inspection.kind, "passed");
    assert.deepEqual(answered.jsons, [ANSWER]);
    const failed = await judgedWhole(FAILURE, JSON_TYPE);
    assert.deepEqual([failed.inspection.kind, failed.errorText], ["error_body", FAILURE]);
    const page = await judgedWhole("<html>busy</html>", JSON_TYPE);
    assert.deepEqual(page.inspection, { kind: "wrong_kind", what: "an HTML page" });
  });

  Deno.test(`inspect() reads a stream under ${coding} to its end`, async () => {
    const kinds: unknown[] = [];
    for (const text of [ROLE + CONTENT + DONE, ROLE + ERROR, ROLE, CONTENT]) {
      const { inspection, body } = await judgedWhole(text, "text/event-stream");
      kinds.push([inspection.kind, await endOf(body)]);
    }
    assert.deepEqual(kinds, [
      ["passed", "complete"],
      ["error_event", "complete"],
      ["ended_early", "complete"],
      ["passed", "cut"],
    ]);
  });
}

Deno.test("inspect() commits a compressed stream with the chunk that brings its content", async () => {
  const parts = await gzipped([ROLE, PING, CONTENT, DONE]);
  const { body, push, inspected } = inspectionOf({ coding: "gzip" });
  let judged = false;
  inspected.then(() => judged = true);
  for (const part of parts.slice(0, 3)) {
    assert.equal(judged, false);
    push(part);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal((await inspected)?.inspection.kind, "passed");
  push(...parts.slice(3));
  body.finish(COMPLETE);
  const read: Uint8Array[] = [];
  for (let chunk = await body.read(); chunk !== undefined; chunk = await body.read()) {
    read.push(chunk);
  }
  assert.deepEqual(body.end, COMPLETE);
  const plain = zlib.gunzipSync(Buffer.concat(read));
  assert.equal(new TextDecoder().decode(plain), ROLE + PING + CONTENT + DONE);
});

Deno.test("inspect() reads an error out of a compressed stream after its commit", async () => {
  const parts = await gzipped([CONTENT, ERROR]);
  const { body, push, inspected } = inspectionOf({ coding: "gzip" });
  push(...parts.slice(0, 1));
  const { gate } = await inspected ?? assert.fail("nobody left");
  push(...parts.slice(1));
  body.finish(COMPLETE);
  assert.equal(await endOf(body), "complete");
  assert.match(gate?.errorText ?? "", /Overloaded/);
});

Deno.test("inspect() row 17: compressed JSON that was cut is cut short", async () => {
  for (const [coding, encode] of CODINGS) {
    const bytes = encode(bytesOf(ANSWER));
    for (const length of [0, 4, bytes.length - 6, bytes.length]) {
      const { body, push, inspected } = inspectionOf({ contentType: JSON_TYPE, coding });
      push(bytes.subarray(0, length));
      body.finish(RESET);
      const kind = (await inspected)?.inspection.kind;
      assert.equal(kind, "cut_short", `${coding}, ${length} of ${bytes.length} bytes`);
    }
  }
});

Deno.test("inspect() row 18: a compressed stream whose first event is cut ended early", async () => {
  const [content] = await gzipped([CONTENT]);
  for (const length of [4, 12, 30]) {
    const { body, push, inspected } = inspectionOf({ coding: "gzip" });
    push(content!.subarray(0, length));
    body.finish(RESET);
    assert.equal((await inspected)?.inspection.kind, "ended_early", `${length} bytes`);
  }
});

Deno.test("inspect() row 18: a compressed stream that is reset before content ended early", async () => {
  const parts = await gzipped([ROLE, CONTENT]);
  for (const count of [0, 1]) {
    const { body, push, inspected } = inspectionOf({ coding: "gzip" });
    push(...parts.slice(0, count));
    body.finish(RESET);
    assert.equal((await inspected)?.inspection.kind, "ended_early", `${count} parts`);
  }
});

Deno.test("inspect() does not judge what is not in the coding it names", async () => {
  for (const coding of ["gzip", "zstd", "gzip, br", "compress", "x-unheard-of"]) {
    const { body, push, inspected } = inspectionOf({ contentType: JSON_TYPE, coding });
    push(FAILURE);
    body.finish(COMPLETE);
    assert.equal((await inspected)?.inspection.kind, "passed", coding);
    assert.equal(await endOf(body), "complete");
  }
});

Deno.test("inspect() does not judge a bomb, and decodes no more than 4 MiB of it (F046)", async () => {
  const bomb = zlib.gzipSync(new Uint8Array(64 * 1024 * 1024).fill(0x20));
  for (const contentType of [JSON_TYPE, "text/event-stream"]) {
    const { body, push, inspected } = inspectionOf({ contentType, coding: "gzip" });
    push(new Uint8Array(bomb));
    assert.equal((await inspected)?.inspection.kind, "passed");
    body.finish(COMPLETE);
    assert.equal(await endOf(body), "complete");
  }
});

Deno.test("inspect() commits a compressed body past 1 MiB", async () => {
  const noise = event({ noise: Array.from({ length: 300_000 }, () => Math.random()) });
  const bytes = zlib.gzipSync(FAILURE.slice(0, -1) + `,"noise":"${noise}"`);
  assert.ok(bytes.length > 1024 * 1024);
  const { body, push, inspected } = inspectionOf({ contentType: JSON_TYPE, coding: "gzip" });
  push(new Uint8Array(bytes));
  assert.equal((await inspected)?.inspection.kind, "passed");
  body.discard();
});

Deno.test("inspect() gives up on a compressed stream of pings in first_content_seconds", async () => {
  const [ping] = await gzipped([PING, CONTENT]);
  const { body, push, inspected } = inspectionOf({ coding: "gzip", firstContentMs: 40 });
  push(ping ?? "");
  assert.deepEqual((await inspected)?.inspection, { kind: "no_content", waitedMs: 40 });
  body.discard();
});

Deno.test("inspect() lets the caller leave while a compressed body is read", async () => {
  const caller = new AbortController();
  const { body, push, inspected } = inspectionOf({ coding: "gzip", signal: caller.signal });
  push(zlib.gzipSync(CONTENT));
  caller.abort();
  assert.equal(await inspected, undefined);
  body.discard();
  assert.equal(body.end?.kind, "cut");
});

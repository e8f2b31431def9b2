/** Section C of the fault catalogue: errors in a content coding, F045. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import type { Script } from "../peer.ts";
import { type Answer, answer, CHAT, GOOD, isAnswer, lastLog, startLine } from "./answers.ts";

/** Ways to encode a body; the platform has no encoder for some of them on older versions. */
const CODINGS: Readonly<Record<string, (text: string) => Uint8Array>> = {
  gzip: (text) => zlib.gzipSync(text),
  "x-gzip": (text) => zlib.gzipSync(text),
  br: (text) => zlib.brotliCompressSync(text),
  deflate: (text) => zlib.deflateSync(text),
  "deflate (bare)": (text) => zlib.deflateRawSync(text),
  ...("zstdCompressSync" in zlib
    ? { zstd: (text: string): Uint8Array => zlib.zstdCompressSync(text) }
    : {}),
};

function encoded(coding: string, status: number, body: unknown): Answer {
  const bytes = CODINGS[coding]?.(JSON.stringify(body)) ?? assert.fail(`no coding ${coding}`);
  const [label = ""] = coding.split(" ");
  return answer(status, bytes, [
    "Content-Type: application/json; charset=utf-8",
    `Content-Encoding: ${label}`,
    "Vary: Accept-Encoding",
  ]);
}

const MISSING = { error: { message: "no such model", code: "model_not_found" } };
const PATTERN = { rest: `detection: { error_patterns: ["model_not_found"] }` };
const RETRY_DELAY = {
  error: { status: "RESOURCE_EXHAUSTED", details: [{ retryDelay: "34.4s" }] },
};

for (const coding of Object.keys(CODINGS)) {
  Deno.test(`F045: a pattern matches the decoded copy of a body in ${coding}`, async () => {
    const primary = encoded(coding, 404, MISSING);
    await using line = await startLine({ primary, secondary: GOOD }, PATTERN);
    const { got, attempts } = await line.ask();
    isAnswer(got, GOOD);
    assert.deepEqual(attempts, [
      "primary: row 13 cools the route for 300 s",
      "secondary: answered",
    ]);
  });

  Deno.test(`F045: the caller gets a body in ${coding} as it came, under its coding`, async () => {
    const primary = encoded(coding, 404, MISSING);
    await using line = await startLine({ primary }, PATTERN);
    const { got } = await line.ask({ ...CHAT, lines: ["Accept-Encoding: gzip, br"] });
    isAnswer(got, primary);
    assert.match(await lastLog(line.proxy), /decoded from \S+[^]*"code":"model_not_found"/);
  });

  Deno.test(`F045: a hint in a body in ${coding} counts`, async () => {
    await using line = await startLine({ primary: encoded(coding, 429, RETRY_DELAY) });
    await line.ask();
    assert.equal(line.cooling("primary"), 34.4);
  });

  Deno.test(`F045: an error in a 200 in ${coding} is recognised, and last it comes as it came`, async () => {
    const primary = encoded(coding, 200, MISSING);
    await using line = await startLine({ primary, secondary: GOOD });
    const { got, attempts } = await line.ask();
    isAnswer(got, GOOD);
    assert.equal(attempts[0], "primary: row 15 cools the route for 300 s");
    await using lone = await startLine({ primary });
    isAnswer((await lone.ask()).got, primary);
  });

  Deno.test(`F045: an answer in ${coding} passes as it came`, async () => {
    const body = { id: "c1", choices: [{ message: { content: "Grüß Gott" } }] };
    const primary = encoded(coding, 200, body);
    await using line = await startLine({ primary, secondary: GOOD });
    const { got, attempts } = await line.ask();
    isAnswer(got, primary);
    assert.deepEqual(attempts, ["primary: answered"]);
  });
}

const HELD_BYTES = 1024 * 1024;

/** A gzip body of some size, in chunks of that size. */
function inChunks(body: Uint8Array, bytes: number): Script {
  return async ({ write }) => {
    const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
    await write(`${head}content-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n`);
    for (let at = 0; at < body.length; at += bytes) {
      const part = body.subarray(at, at + bytes);
      await write(Buffer.concat([
        Buffer.from(`${part.length.toString(16)}\r\n`),
        part,
        Buffer.from("\r\n"),
      ]));
    }
    await write("0\r\n\r\n");
  };
}

for (const bytes of [HELD_BYTES / 16, 10_000]) {
  Deno.test(`F045: gzip of more than is held, in chunks of ${bytes} bytes, passes whole`, async () => {
    const noise = Buffer.alloc(2 * HELD_BYTES);
    for (let at = 0; at < noise.length; at += 65_536) {
      crypto.getRandomValues(noise.subarray(at, at + 65_536));
    }
    const text = noise.toString("base64");
    const body = zlib.gzipSync(JSON.stringify({ choices: [{ message: { content: text } }] }));
    assert.ok(body.length > HELD_BYTES + bytes);
    await using line = await startLine({ primary: inChunks(body, bytes), secondary: GOOD });
    const { got, attempts } = await line.ask();
    isAnswer(got, answer(200, body, ["content-type: application/json", "content-encoding: gzip"]));
    assert.deepEqual(attempts, ["primary: answered"]);
  });
}

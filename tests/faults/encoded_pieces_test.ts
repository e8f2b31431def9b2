/** Section C of the fault catalogue: encoded replies that come in pieces, or not whole, F045 and F046. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import type { Script } from "../peer.ts";
import { type Answer, answer, CHAT, GOOD, isAnswer, startLine, STREAMED } from "./answers.ts";

/** The codings that a caller may have asked for. */
const CODINGS: Readonly<Record<string, (text: string) => Uint8Array>> = {
  gzip: (text) => zlib.gzipSync(text),
  br: (text) => zlib.brotliCompressSync(text),
  deflate: (text) => zlib.deflateSync(text),
  ...("zstdCompressSync" in zlib
    ? { zstd: (text: string): Uint8Array => zlib.zstdCompressSync(text) }
    : {}),
};

const FAILED = `{"error":{"message":"Overloaded","code":"overloaded"}}`;
const EVENTS = [
  `data: {"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}\n\n`,
  `data: {"id":"c1","choices":[{"index":0,"delta":{"content":"Grüß Gott"}}]}\n\n`,
  `data: {"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n`,
  "data: [DONE]\n\n",
].join("");

function linesOf(type: string, coding: string): readonly string[] {
  return [`content-type: ${type}`, `content-encoding: ${coding}`];
}

function framed(part: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")]);
}

/** A body a few bytes at a time. */
function inPieces(lines: readonly string[], body: Uint8Array): Script {
  return async ({ write }) => {
    await write(`HTTP/1.1 200 OK\r\n${lines.join("\r\n")}\r\ntransfer-encoding: chunked\r\n\r\n`);
    for (let at = 0; at < body.length; at += 7) await write(framed(body.subarray(at, at + 7)));
    await write("0\r\n\r\n");
  };
}

/** What a body says, the call it answers, its type, and whether it is an error. */
const BODIES: Readonly<Record<string, readonly [string, typeof CHAT, string, boolean]>> = {
  "an answer": [String(GOOD.body), CHAT, "application/json", false],
  "an error": [FAILED, CHAT, "application/json", true],
  "a stream": [EVENTS, STREAMED, "text/event-stream", false],
  "a stream's error event": [`data: ${FAILED}\n\n`, STREAMED, "text/event-stream", true],
};

for (const [coding, encode] of Object.entries(CODINGS)) {
  for (const [what, [text, request, type, isError]] of Object.entries(BODIES)) {
    Deno.test(`F045: ${what} in ${coding}, a few bytes at a time, is recognised and unchanged`, async () => {
      const lines = linesOf(type, coding);
      const body = encode(text);
      await using line = await startLine({ primary: inPieces(lines, body), secondary: GOOD });
      const { got, attempts } = await line.ask(request);
      isAnswer(got, isError ? GOOD : answer(200, body, lines));
      assert.equal(attempts.length, isError ? 2 : 1);
    });
  }

  /** Bodies whose framing is whole and whose coding is not. */
  const halves: Readonly<Record<string, (body: Uint8Array) => Uint8Array>> = {
    "one byte": (body) => body.subarray(0, 1),
    "its first half": (body) => body.subarray(0, body.length / 2),
    "all but the last byte": (body) => body.subarray(0, -1),
    "all and some more": (body) => Buffer.concat([body, Buffer.from("odd end")]),
    "noise in the middle": (body) => body.map((byte, at) => at > 8 && at < 16 ? byte ^ 0xa5 : byte),
  };
  for (const [what, cut] of Object.entries(halves)) {
    for (const status of [200, 404]) {
      Deno.test(`F046: ${what} of ${coding} changes nothing of a ${status}`, async () => {
        const body = cut(encode(status === 200 ? String(GOOD.body) : FAILED));
        const primary: Answer = answer(status, body, linesOf("application/json", coding));
        await using line = await startLine({ primary });
        isAnswer((await line.ask()).got, primary);
        await line.proxy.logs();
        isAnswer((await line.ask()).got, primary);
      });
    }
  }
}

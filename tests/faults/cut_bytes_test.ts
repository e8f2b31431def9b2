/**
 * A stream that ends in order but without a terminal event, F063 at the level of bytes: the caller gets
 * every byte of it and no end that could be taken for a whole one. Where the length was announced, all
 * bytes would be such an end: there the last one is kept back.
 */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import type { Script } from "../peer.ts";
import { startLine } from "./answers.ts";
import { follow } from "./follow.ts";
import { ANTHROPIC } from "./streams.ts";

const { request, opening, content } = ANTHROPIC;
const BODY = Buffer.from([...opening, ...content].join(""));
const LAST_BYTES = 9;

const CODINGS = {
  "plain": { body: BODY, line: "" },
  "in gzip": { body: gzipSync(BODY), line: "Content-Encoding: gzip\r\n" },
};

for (const [coding, { body, line }] of Object.entries(CODINGS)) {
  for (const framing of ["of announced length", "in chunks"]) {
    const head = headOf(line, framing === "in chunks" ? undefined : body.length);

    for (const pieces of [[body], [body.subarray(0, -LAST_BYTES), body.subarray(-LAST_BYTES)]]) {
      const name = `${coding}, ${framing}, in ${pieces.length} pieces`;

      Deno.test(`F063: an unfinished stream comes to its last byte and is cut: ${name}`, async () => {
        const primary: Script = async ({ write }) => {
          await write(head);
          for (const piece of pieces) await write(framing === "in chunks" ? chunked(piece) : piece);
          if (framing === "in chunks") await write("0\r\n\r\n");
        };
        await using proxied = await startLine({ primary });
        const { got } = await follow(proxied, request);
        assert.equal(got.ending, "cut");
        const due = framing === "in chunks" ? body : body.subarray(0, -1);
        assert.equal(got.body.length, due.length);
        assert.ok(due.equals(got.body));
      });
    }
  }
}

/** @param length undefined for chunks */
function headOf(line: string, length: number | undefined): string {
  const framing = length === undefined ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`;
  return `HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n${line}${framing}\r\n\r\n`;
}

function chunked(piece: Uint8Array): Uint8Array {
  return Buffer.concat([
    Buffer.from(`${piece.length.toString(16)}\r\n`),
    piece,
    Buffer.from("\r\n"),
  ]);
}

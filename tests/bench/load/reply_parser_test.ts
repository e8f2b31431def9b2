import assert from "node:assert/strict";
import { ReplyParser } from "./reply_parser.ts";

const encoder = new TextEncoder();
const SIZED = "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello world";
const CHUNKED = "HTTP/1.1 429 Busy\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n" +
  "6;a=b\r\n world\r\n0\r\n\r\n";

function parsed(text: string, cut: number) {
  const parser = new ReplyParser();
  const bytes = encoder.encode(text);
  let payload = "";
  parser.onPayload = (piece) => payload += new TextDecoder().decode(piece);
  parser.push(bytes.subarray(0, cut));
  parser.push(bytes.subarray(cut));
  const { status, payloadBytes, done } = parser;
  return { status, payloadBytes, done, payload };
}

Deno.test("ReplyParser takes a reply with a length, cut anywhere", () => {
  for (let cut = 0; cut <= SIZED.length; cut++) {
    const expected = { status: 200, payloadBytes: 11, done: true, payload: "hello world" };
    assert.deepEqual(parsed(SIZED, cut), expected, `cut at ${cut}`);
  }
});

Deno.test("ReplyParser takes a chunked reply, cut anywhere", () => {
  for (let cut = 0; cut <= CHUNKED.length; cut++) {
    const expected = { status: 429, payloadBytes: 11, done: true, payload: "hello world" };
    assert.deepEqual(parsed(CHUNKED, cut), expected, `cut at ${cut}`);
  }
});

Deno.test("ReplyParser is not done before the end", () => {
  assert.equal(parsed(CHUNKED.slice(0, -1), 3).done, false);
  assert.equal(parsed(SIZED.slice(0, -1), 3).done, false);
});

Deno.test("ReplyParser refuses bytes after the end", () => {
  assert.throws(() => parsed(`${SIZED}x`, 5), /1 bytes too many after a reply/);
});

Deno.test("ReplyParser.reset() makes it ready for the next reply", () => {
  const parser = new ReplyParser();
  parser.push(encoder.encode(CHUNKED));
  parser.reset();
  parser.push(encoder.encode(SIZED));
  assert.equal(parser.status, 200);
  assert.equal(parser.payloadBytes, 11);
  assert.ok(parser.done);
});

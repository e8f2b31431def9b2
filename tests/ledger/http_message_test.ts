import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { FramingFault } from "./http_head.ts";
import { takeReply, takeRequest } from "./http_message.ts";

const CHUNKED = "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";

Deno.test("takeRequest() gives a message as far as it goes, wherever it is cut", () => {
  const whole = Buffer.from(`${CHUNKED}3;a=b\r\nabc\r\n02\r\nde\r\n0\r\nX: y\r\n\r\n`);
  for (let cut = 0; cut < whole.length; cut++) {
    const message = takeRequest(whole.subarray(0, cut), 0);
    if (cut < CHUNKED.length) assert.equal(message, undefined);
    else {
      assert.equal(message?.whole, false);
      assert.ok("abcde".startsWith(`${message.body}`));
    }
  }
  const message = takeRequest(whole, 0);
  assert.deepEqual([message?.whole, `${message?.body}`, message?.end], [
    true,
    "abcde",
    whole.length,
  ]);
});

Deno.test("takeRequest() begins where it is told and ends where the next one begins", () => {
  const two = Buffer.from("GET / HTTP/1.1\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nxG");
  const first = takeRequest(two, 0);
  const second = takeRequest(two, first?.end ?? 0);
  assert.deepEqual([`${second?.body}`, second?.end], ["x", two.length - 1]);
});

const NO_REQUESTS = [
  "POST  / HTTP/1.1\r\n\r\n",
  "POST / HTTP/2\r\n\r\n",
  "POST / HTTP/1.1\r\na : b\r\n\r\n",
  "POST / HTTP/1.1\r\na: b\r\n c\r\n\r\n",
  "POST / HTTP/1.1\r\na: b\nc: d\r\n\r\n",
  "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
  "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\nx",
  "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
  "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\nx",
];

for (const text of NO_REQUESTS) {
  Deno.test(`takeRequest() refuses ${JSON.stringify(text)}`, () => {
    assert.throws(() => takeRequest(Buffer.from(text), 0), FramingFault);
  });
}

for (const rest of ["x\r\n", "-1\r\na\r\n", "1\r\nabc\r\n", "0x1\r\na\r\n"]) {
  Deno.test(`takeRequest() tells where chunks cannot be read on: ${JSON.stringify(rest)}`, () => {
    assert.match(takeRequest(Buffer.from(CHUNKED + rest), 0)?.fault ?? "", /^no chunk/);
  });
}

Deno.test("takeReply() knows which replies have no body and which end with the connection", () => {
  const reply = (text: string, method = "GET", ended = true) => {
    const { body, whole } = takeReply(Buffer.from(text), 0, { method, ended }) ?? {};
    return [`${body}`, whole];
  };
  assert.deepEqual(reply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HEAD"), ["", true]);
  assert.deepEqual(reply("HTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n"), ["", true]);
  assert.deepEqual(reply("HTTP/1.1 204 No\r\n\r\nnext"), ["", true]);
  assert.deepEqual(reply("HTTP/1.1 200 OK\r\n\r\nall"), ["all", true]);
  assert.deepEqual(reply("HTTP/1.1 200 OK\r\n\r\nso far", "GET", false), ["so far", false]);
});

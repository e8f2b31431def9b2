import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { RequestParser } from "../../lib/http1/request_parser.ts";
import type { RequestHead } from "../../lib/http1/request_reading.ts";
import { REQUEST_VECTORS } from "../http/vectors.ts";
import { fuzzRequests } from "./request_fuzz.ts";
import { readRequests } from "./requests.ts";

Deno.test("RequestParser reads every vector alike, whatever two pieces it comes in", () => {
  for (const { name, send } of REQUEST_VECTORS) {
    const bytes = Buffer.from(send.join(""), "latin1");
    const reading = readRequests(bytes);
    // Of the few that are long, the middle is all alike.
    const step = bytes.length > 2000 ? 997 : 1;
    for (let at = 0; at <= bytes.length; at += step) {
      assert.deepEqual(readRequests(bytes, [at]), reading, `${name}, cut at ${at}`);
    }
  }
});

Deno.test("RequestParser reads every vector alike byte by byte", () => {
  for (const { name, send } of REQUEST_VECTORS) {
    const bytes = Buffer.from(send.join(""), "latin1");
    if (bytes.length > 2000) continue;
    const cuts = [...bytes.keys()];
    assert.deepEqual(readRequests(bytes, cuts), readRequests(bytes), name);
  }
});

Deno.test("RequestParser takes nothing that somebody else could read in another way", () => {
  const { accepted } = fuzzRequests(20_000, 1);
  assert.ok(accepted > 500, `${accepted}`);
});

Deno.test("RequestParser keeps spelling, order and repetition of header names", () => {
  const bytes = Buffer.from("GET / HTTP/1.1\r\nHost: a\r\nX-B: 1\r\nx-a:2 \r\nX-b: \t\r\n\r\n");
  const heads: RequestHead[] = [];
  const onHead = (head: RequestHead) => void heads.push(head);
  const parser = new RequestParser({ onHead, onData() {}, onEnd() {}, onRefusal() {} });
  parser.begin();
  parser.push(bytes, 0, bytes.length);
  assert.deepEqual(heads[0]?.headers, [["Host", "a"], ["X-B", "1"], ["x-a", "2"], ["X-b", ""]]);
});

/** Where a credential may stand by mistake, or so that the log quotes it. */
const REFUSED: readonly string[] = [
  "Content-Length: VALUE",
  `Content-Length: ${"9".repeat(85)}VALUE`,
  "Content-Length: 1\r\nContent-Length: VALUE",
  "Transfer-Encoding: VALUE",
  "Transfer-Encoding: VALUE, chunked",
  "Transfer-Encoding: chunked;VALUE",
  "Transfer-Encoding: VALUE VALUE",
  "Transfer-Encoding: chunked\r\n\r\nVALUE",
  "Expect: VALUE",
  "VALUE VALUE",
  " VALUE",
  "x: VALUE\0",
];

Deno.test("RequestParser quotes no value of a request that it refuses", () => {
  for (const lines of REFUSED) {
    const whys: string[] = [];
    const onRefusal = ({ why }: { readonly why: string }) => void whys.push(why);
    const parser = new RequestParser({ onHead() {}, onData() {}, onEnd() {}, onRefusal });
    const text = `POST / HTTP/1.1\r\nHost: a\r\n${lines.replaceAll("VALUE", "zsecretz")}\r\n\r\n`;
    const bytes = Buffer.from(text, "latin1");
    parser.begin();
    for (let at = 0; at < bytes.length && whys.length === 0;) {
      at = parser.push(bytes, at, bytes.length);
    }
    assert.equal(whys.length, 1, lines);
    assert.doesNotMatch(whys.join(), /secret/);
  }
});

/** Heads of replies that are broken or strange, F024 to F029. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { passedLines, textOf } from "../caller.ts";
import { rawReply, startReplier } from "../peer.ts";
import { failsOver, includes, ROUTE, startScene } from "./scene.ts";

const INVALID = { row: 5, because: "what came is not an HTTP response (", cools: ROUTE };

const BODY = `{"choices":[{"message":{"content":"hi"}}]}`;
const LENGTH = `Content-Length: ${BODY.length}`;

/** A head of these lines with a body, one byte a character, framed by nothing but its lines. */
function headed(lines: readonly string[], body = BODY): Uint8Array {
  return Buffer.from(`HTTP/1.1 200 OK\r\n${lines.join("\r\n")}\r\n\r\n${body}`, "latin1");
}

const MALFORMED = {
  "a CR in a value": "x: a\rb",
  "a NUL in a value": "x: a\0b",
  "a control character in a value": "x: a\x01b",
  "a line folded onto the next": "x: a\r\n b",
  "no name": ": a",
  "no colon": "xa",
  "a name with a character that names have not": "x@y: a",
};

for (const [what, line] of Object.entries(MALFORMED)) {
  Deno.test(`F024: a head with ${what} moves on`, async () => {
    await using peer = await startReplier(headed([line, LENGTH]));
    await failsOver(peer, INVALID);
  });
}

/** Replies whose length could be read in more than one way, or not at all. */
const CONTRADICTING = {
  "two different lengths": [LENGTH, "Content-Length: 3"],
  "two different lengths in one line": [`${LENGTH}, 3`],
  "a length and then chunks": [LENGTH, "Transfer-Encoding: chunked"],
  "chunks and then a length": ["Transfer-Encoding: chunked", LENGTH],
  "a negative length": ["Content-Length: -1"],
  "a length with a sign": [`Content-Length: +${BODY.length}`],
  "a length that no number holds": ["Content-Length: 99999999999999999999"],
};

for (const [what, lines] of Object.entries(CONTRADICTING)) {
  Deno.test(`F027: a head with ${what} moves on`, async () => {
    await using peer = await startReplier(headed(lines));
    await failsOver(peer, INVALID);
  });
}

/** Heads that are not quite right, and can be read in one way alone (RFC 9112, sections 2.2, 5.1 and 6.3). */
const SLOPPY = {
  "a bare LF after each line": `X-Kept: yes\n${LENGTH}`,
  "a space before a colon": `X-Kept : yes\r\n${LENGTH}`,
  "the same length twice": `X-Kept: yes\r\n${LENGTH}\r\n${LENGTH}`,
  "the same length twice in one line": `X-Kept: yes\r\n${LENGTH}, ${BODY.length}`,
};

for (const [what, lines] of Object.entries(SLOPPY)) {
  Deno.test(`F024, F027: a head with ${what} is passed on as it should have been`, async () => {
    await using peer = await startReplier(headed([lines]));
    await using scene = await startScene({ bad: { url: peer.url, untapped: true } });
    const got = await scene.ask();
    assert.deepEqual([got.status, textOf(got), got.ending], [200, BODY, "whole"]);
    assert.deepEqual(passedLines(got), ["X-Kept: yes"]);
    assert.deepEqual(scene.cooling(), []);
  });
}

for (const coding of ["gzip, chunked", "chunked, gzip", "gzip", "x-unknown"]) {
  Deno.test(`F029: a body in the transfer coding ${coding} moves on`, async () => {
    await using peer = await startReplier(
      headed([`Transfer-Encoding: ${coding}`], `2a\r\n${BODY}\r\n0\r\n\r\n`),
    );
    await failsOver(peer, INVALID);
  });
}

/** A reply with these header lines comes back with them, byte for byte. */
async function passesLines(lines: readonly string[]): Promise<void> {
  await using peer = await startReplier(rawReply(200, lines, BODY));
  await using scene = await startScene({ bad: peer });
  const got = await scene.ask();
  assert.equal(got.status, 200);
  assert.deepEqual(passedLines(got), lines);
  assert.equal(textOf(got), BODY);
  assert.deepEqual(scene.cooling(), []);
  includes(await scene.record(), "\n== response head, from bad (bad-chat),");
}

Deno.test("F025: latin-1 and UTF-8 in a header pass byte for byte", async () => {
  await passesLines([
    "Content-Type: application/json",
    "X-Latin: caf\xe9 \xa0\xff",
    `X-Utf8: ${Buffer.from("无可用渠道 é 🙂").toString("latin1")}`,
  ]);
});

Deno.test("F026: several Set-Cookie and other repeated headers keep their order", async () => {
  await passesLines([
    "Content-Type: application/json",
    "Set-Cookie: z=1; Path=/",
    "X-Repeated: one",
    "set-cookie: a=2, b; Expires=Thu, 01 Jan 2026 00:00:00 GMT",
    "X-Repeated: two, three",
    "SET-COOKIE: z=3",
    "Link: <a>, <b>",
    "X-Repeated: one",
  ]);
});

Deno.test("F029: headers named like members of every object are headers like any other", async () => {
  const before = Object.getOwnPropertyNames(Object.prototype);
  await passesLines([
    "Content-Type: application/json",
    "__proto__: polluted",
    "constructor: a",
    "prototype: b",
    "hasOwnProperty: c",
    "toString: d",
  ]);
  assert.deepEqual(Object.getOwnPropertyNames(Object.prototype), before);
  assert.ok(!("polluted" in {}));
});

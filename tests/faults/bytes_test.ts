/** Section D of the fault catalogue: every byte as it came, F065 and F066. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connectTo, requestBytes, textOf } from "../caller.ts";
import { chunk, type Script } from "../peer.ts";
import { eventsByOracle } from "../wire/sse_oracle.ts";
import { GOOD, isAnswer, startLine } from "./answers.ts";
import { endingIn, follow } from "./follow.ts";
import { bodyOf, headOf, healthy, SSE_STREAMS, streamed, STREAMS } from "./streams.ts";

/** Thousands of requests leave no thousands of files. */
const QUIET = { rest: `logging: { request_dir: "", error_dir: "" }` };

/** A body in chunks that end at these offsets. */
function split(body: Uint8Array, offsets: readonly number[]): Uint8Array {
  const ends = [...offsets, body.length];
  const parts = ends.flatMap((end, index) => {
    const part = body.subarray(ends[index - 1] ?? 0, end);
    return [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")];
  });
  return Buffer.concat([...parts, Buffer.from(chunk(""))]);
}

/** Where a body can be cut in two; every byte by itself comes last. */
function splitsOf(body: Uint8Array): (readonly number[])[] {
  const inside = Array.from({ length: body.length - 1 }, (_, index) => index + 1);
  return [...inside.map((offset) => [offset]), inside];
}

for (const stream of STREAMS) {
  Deno.test(`F065: a stream passes unchanged wherever it is split: ${stream.name}`, async () => {
    const body = Buffer.from(bodyOf(stream, [...stream.content, ...stream.closing]));
    const splits = splitsOf(body);
    const events = eventsByOracle(body);
    const primary: Script = ({ index, write }) =>
      write(Buffer.concat([Buffer.from(headOf(stream)), split(body, splits[index] ?? [])]));
    await using line = await startLine({ primary, secondary: healthy(stream) }, QUIET);
    await using caller = await connectTo(line.proxy.url);
    for (const [index] of splits.entries()) {
      await caller.send(requestBytes(stream.request));
      const got = await caller.reply();
      assert.equal(got.ending, "whole", `cut when split at ${splits[index]}`);
      assert.ok(body.equals(got.body), `other bytes when split at ${splits[index]}`);
      assert.deepEqual(eventsByOracle(got.body), events);
    }
    assert.deepEqual(line.peer("primary").requests.length, splits.length);
    assert.equal(line.cooling("primary"), 0);
  });

  Deno.test(`F065: an error event first is found wherever it is split: ${stream.name}`, async () => {
    const body = Buffer.from(bodyOf(stream, stream.errors.slice(0, 1)));
    const splits = splitsOf(body);
    const primary: Script = ({ index, write }) =>
      write(Buffer.concat([Buffer.from(headOf(stream)), split(body, splits[index] ?? [])]));
    await using line = await startLine({ primary, secondary: healthy(stream) }, QUIET);
    await using caller = await connectTo(line.proxy.url);
    for (const offset of splits) {
      await caller.send(requestBytes(stream.request));
      const got = await caller.reply();
      assert.equal(textOf(got), healthy(stream).body, `not hidden when split at ${offset}`);
      line.proxy.pass(4000);
    }
    assert.equal(line.peer("primary").requests.length, splits.length);
  });
}

/** Ways to write the same events that a browser reads alike. */
const SPELLINGS: Readonly<Record<string, (body: string) => string>> = {
  "lines that end with CR": (body) => body.replace(/\r?\n/g, "\r"),
  "lines that end with LF": (body) => body.replace(/\r\n/g, "\n"),
  "lines that end with CRLF": (body) => body.replace(/\r?\n/g, "\r\n"),
  "lines that end each in its own way": (body) => {
    const ends = ["\r\n", "\n", "\r"];
    return body.split(/\r?\n/).slice(0, -1).map((line, at) => line + ends[at % 3]).join("");
  },
  "a byte order mark": (body) => `\ufeff${body}`,
  "comments, ids, NULs and unknown fields": (body) =>
    `: \0 hello\n:\n\nid: a\0b\nretry: 10\nfoo: bar\nfoo\n\n${body}: bye \0\n`,
  "data without a space after its colon": (body) => body.replace(/^data: /gm, "data:"),
  "data over several lines": (body) => body.replace(/^data: (\{.*?),"/gm, `data: $1,\ndata: "`),
  "no blank line at the end": (body) => body.trimEnd(),
};

for (const [what, spell] of Object.entries(SPELLINGS)) {
  for (const stream of SSE_STREAMS) {
    Deno.test(`F066: ${what} pass byte for byte and mean the same: ${stream.name}`, async () => {
      const { opening, content, closing, errors, request } = stream;
      const spelt = (events: readonly string[]) =>
        streamed(stream, [spell(bodyOf(stream, events))]);
      const whole = spelt([...opening, ...content, ...closing]);
      const cut = spelt([...opening, ...content]);
      const failed = spelt([...opening, ...errors]);
      const answers = [whole, cut, failed];
      const primary: Script = ({ index, write }) => write((answers[index] ?? GOOD).bytes);
      await using line = await startLine({ primary, secondary: healthy(stream) });
      isAnswer((await line.ask(request)).got, whole);
      assert.equal(line.cooling("primary"), 0);
      const { got, log } = await follow(line, request);
      assert.deepEqual([textOf(got), got.ending], [cut.body, "cut"]);
      assert.match(endingIn(log)[1] ?? "", /^stream cut: /);
      line.proxy.pass(4000);
      const { got: hidden, attempts } = await line.ask(request);
      isAnswer(hidden, healthy(stream));
      assert.match(attempts[0] ?? "", /^primary: row 18 cools the route/);
    });
  }
}

/** Section C of the fault catalogue: a 200 that is something else than was promised, F043. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { callRaw, type RawRequest, textOf } from "../caller.ts";
import type { Script } from "../peer.ts";
import {
  type Answer,
  answer,
  CHAT,
  GOOD,
  isAnswer,
  jsonAnswer,
  startLine,
  STREAMED,
} from "./answers.ts";

const LOGIN = `<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>…</body></html>\n`;
const HTML = ["Content-Type: text/html; charset=utf-8"];
const EVENTS = ["Content-Type: text/event-stream"];

interface Broken {
  readonly reply: Answer | Script;
  readonly request: RawRequest;
  /** What our own answer says came. */
  readonly says: RegExp;
}

const GZIP = ["Content-Type: application/json", "Content-Encoding: gzip"];
const ZIPPED = gzipSync(String(GOOD.body));

function sent(text: string | Uint8Array): Script {
  return async ({ write, close }) => {
    await write(text);
    close();
  };
}

const CHUNKED =
  "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";

/** Whole replies that are no answer: row 16. */
const NO_ANSWERS: Readonly<Record<string, Broken>> = {
  "a login page": { reply: answer(200, LOGIN, HTML), request: CHAT, says: /html/i },
  "a login page for a stream": {
    reply: answer(200, LOGIN, HTML),
    request: STREAMED,
    says: /html/i,
  },
  "a login page labelled as JSON": { reply: jsonAnswer(200, LOGIN), request: CHAT, says: /html/i },
  "a login page without a label": { reply: answer(200, LOGIN, []), request: CHAT, says: /html/i },
  "nothing": { reply: jsonAnswer(200, ""), request: CHAT, says: /empty/i },
  "nothing, without a label": { reply: answer(200, "", []), request: CHAT, says: /empty/i },
  "nothing for a stream": { reply: answer(200, "", []), request: STREAMED, says: /empty/i },
  "nothing but blanks": {
    reply: jsonAnswer(200, "\n \r\n"),
    request: CHAT,
    says: /empty|not JSON/i,
  },
  "a plain sentence": {
    reply: answer(200, "Service is starting.", ["Content-Type: text/plain"]),
    request: CHAT,
    says: /JSON/,
  },
  "a login page in gzip": {
    reply: answer(200, gzipSync(LOGIN), GZIP),
    request: CHAT,
    says: /html/i,
  },
  "nothing in gzip": { reply: answer(200, gzipSync(""), GZIP), request: CHAT, says: /empty/i },
  "nothing, labelled as gzip": { reply: answer(200, "", GZIP), request: CHAT, says: /empty/i },
  "half of a document": {
    reply: jsonAnswer(200, `{"choices":[{"message":`),
    request: CHAT,
    says: /JSON/,
  },
};

/** Replies that break off while they are held: row 17. */
const CUTS: Readonly<Record<string, Broken>> = {
  "fewer bytes than announced": {
    reply: sent(
      `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{"c`,
    ),
    request: CHAT,
    says: /cut|broke/i,
  },
  "chunks without an end": {
    reply: sent(`${CHUNKED}3\r\n{"c\r\n`),
    request: CHAT,
    says: /cut|broke/i,
  },
  "broken chunks": {
    reply: sent(`${CHUNKED}3\r\n{"c\r\nzz\r\n`),
    request: CHAT,
    says: /cut|broke/i,
  },
  "fewer bytes of gzip than announced": {
    reply: sent(Buffer.concat([
      Buffer.from(`HTTP/1.1 200 OK\r\n${GZIP.join("\r\n")}\r\n`),
      Buffer.from(`Content-Length: ${ZIPPED.length}\r\n\r\n`),
      ZIPPED.subarray(0, -10),
    ])),
    request: CHAT,
    says: /cut|broke/i,
  },
  "a document whose framing has no end": {
    reply: sent(`${CHUNKED}e\r\n{"choices":[]}\r\n`),
    request: CHAT,
    says: /cut|broke/i,
  },
};

function testRow(row: number, cases: Readonly<Record<string, Broken>>): void {
  for (const [what, { reply, request, says }] of Object.entries(cases)) {
    Deno.test(`F043: a 200 with ${what} moves on and cools the route`, async () => {
      await using line = await startLine({ primary: reply, secondary: GOOD });
      const { got, attempts } = await line.ask(request);
      isAnswer(got, GOOD);
      assert.deepEqual(attempts, [
        `primary: row ${row} cools the route for 300 s`,
        "secondary: answered",
      ]);
      assert.ok(line.proxy.lines.some((text) => / WARN +primary \(primary-model\): /.test(text)));
    });

    Deno.test(`F043: a 200 with ${what} is a 502 that says so where nobody else is`, async () => {
      await using line = await startLine({ primary: reply });
      const { got } = await line.ask(request);
      assert.equal(got.status, 502);
      const { message } = JSON.parse(textOf(got)).error;
      assert.match(message, /primary \(primary-model\): /);
      assert.match(message, says);
    });
  }
}

testRow(16, NO_ANSWERS);
testRow(17, CUTS);

/** Replies that are odd, and all the same what was promised. */
const FINE: Readonly<Record<string, readonly [Answer, RawRequest]>> = {
  "JSON labelled as text": [answer(200, GOOD.body, ["Content-Type: text/plain"]), CHAT],
  "JSON without a label": [answer(200, GOOD.body, []), CHAT],
  "JSON for a stream": [GOOD, STREAMED],
  "JSON after a byte order mark": [jsonAnswer(200, `\ufeff${GOOD.body}`), CHAT],
  "JSON labelled as HTML": [answer(200, GOOD.body, HTML), CHAT],
  "JSON that nests deeply": [
    jsonAnswer(200, `{"choices":[${"[".repeat(100_000)}${"]".repeat(100_000)}]}`),
    CHAT,
  ],
  "JSON with bytes that are no UTF-8": [
    answer(200, Buffer.from(`{"choices":[{"text":"Gr\xfc\xdf"}]}`, "latin1"), []),
    CHAT,
  ],
  "JSON with numbers and escapes that few can hold": [
    jsonAnswer(200, `{"choices":[{"n":1E400,"m":-0.0e-9,"t":"\\ud800\\u0000"}],"error":null}`),
    CHAT,
  ],
  "a page for a call that is no inference": [
    answer(200, LOGIN, HTML),
    { ...CHAT, target: "/v1/files/file-1/content" },
  ],
  "nothing for a call that is no inference": [
    answer(200, "", []),
    { ...CHAT, target: "/v1/batches/b-1/cancel" },
  ],
};

for (const [what, [primary, request]] of Object.entries(FINE)) {
  Deno.test(`F043: a 200 with ${what} passes unchanged`, async () => {
    await using line = await startLine({ primary, secondary: GOOD });
    const { got, attempts } = await line.ask(request);
    isAnswer(got, primary);
    assert.deepEqual(attempts, ["primary: answered"]);
  });
}

Deno.test("F043: a 204 promises nothing", async () => {
  const primary: Script = ({ write }) =>
    write("HTTP/1.1 204 No Content\r\nx-from: primary\r\n\r\n");
  await using line = await startLine({ primary, secondary: GOOD });
  const { got, attempts } = await line.ask();
  assert.deepEqual([got.status, got.lines.includes("x-from: primary")], [204, true]);
  assert.deepEqual(attempts, ["primary: answered"]);
});

Deno.test("F043: an event stream that is empty before its end is no answer", async () => {
  await using line = await startLine({ primary: answer(200, "", EVENTS), secondary: GOOD });
  isAnswer(await callRaw(line.proxy.url, STREAMED), GOOD);
  assert.equal(line.cooling("primary"), 300);
});

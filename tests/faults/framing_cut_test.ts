/** Section D of the fault catalogue: broken framing, F055 to F059. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { connectTo, passedLines, requestBytes, textOf } from "../caller.ts";
import { chunk, type Script } from "../peer.ts";
import { CHAT, GOOD, isAnswer, jsonAnswer, startLine } from "./answers.ts";
import { attemptsIn, endingIn, follow, pausing, withinASecond } from "./follow.ts";
import { headOf, healthy, linesOf, OPENAI_CHAT, startOf, streamed } from "./streams.ts";

interface Break {
  /** The head's framing, and how bytes stand in it. */
  readonly framing: string;
  readonly framed: (text: string) => string;
  readonly breakOff: Script;
  /** What the log says of it. */
  readonly detail: RegExp;
}

const LENGTH = "Content-Length: 3000000";
const CHUNKED = "Transfer-Encoding: chunked";
const plain = (text: string) => text;

const BREAKS: Readonly<Record<string, Break>> = {
  "F055: a body shorter than its length": {
    framing: LENGTH,
    framed: plain,
    breakOff: ({ close }) => close(),
    detail: /other side closed/,
  },
  "F056: chunks without the last one": {
    framing: CHUNKED,
    framed: chunk,
    breakOff: ({ close }) => close(),
    detail: /other side closed/,
  },
  "F056: a chunk cut inside": {
    framing: CHUNKED,
    framed: (text) => `${chunk(text)}20\r\n: and`,
    breakOff: ({ close }) => close(),
    detail: /other side closed/,
  },
  "F057: a bad chunk size": {
    framing: CHUNKED,
    framed: chunk,
    breakOff: ({ write }) => write("zz\r\ndata\r\n"),
    detail: /chunk size/,
  },
  "F057: a chunk longer than its size": {
    framing: CHUNKED,
    framed: chunk,
    breakOff: ({ write }) => write("2\r\n{}{}\r\n0\r\n\r\n"),
    detail: /chunk data/,
  },
  "F058: a reset": {
    framing: LENGTH,
    framed: plain,
    breakOff: ({ reset }) => reset(),
    detail: /ECONNRESET/,
  },
  "F058: a reset inside chunks": {
    framing: CHUNKED,
    framed: chunk,
    breakOff: ({ reset }) => reset(),
    detail: /ECONNRESET/,
  },
};

const { opening, content } = OPENAI_CHAT;
const STARTED = startOf(OPENAI_CHAT, [...opening, ...content]);
const HEALTHY = healthy(OPENAI_CHAT);

for (const [name, { framing, framed, breakOff, detail }] of Object.entries(BREAKS)) {
  Deno.test(`${name} in a stream is a cut to its caller, after the last byte`, async () => {
    const primary = pausing(headOf(OPENAI_CHAT, framing) + framed(STARTED), breakOff);
    await using line = await startLine({ primary: primary.script, secondary: HEALTHY });
    const { got, log } = await follow(line, OPENAI_CHAT.request, async (caller) => {
      await caller.until(content.at(-1) ?? "");
      primary.goOn();
    });
    assert.deepEqual([got.status, got.ending], [200, "cut"]);
    assert.deepEqual(passedLines(got), linesOf(OPENAI_CHAT));
    assert.ok(textOf(got).startsWith(STARTED));
    assert.deepEqual(attemptsIn(log), ["primary: answer: status 200; passed on to the caller"]);
    const [ending = "", late = ""] = endingIn(log);
    assert.ok(ending.startsWith(`cut after ${got.body.length} bytes`), ending);
    assert.match(ending, detail);
    assert.match(
      late,
      /^stream cut: the reply broke off after \d+ bytes .*; the route cools for 300 s, set by cooldown_seconds$/,
    );
    assert.ok(line.proxy.lines.some((text) => text.includes(" WARN ") && text.includes(late)));
    assert.equal(line.peer("secondary").connections, 0);
    await withinASecond("the backend's connection is closed", primary.gone);
    isAnswer((await line.ask(OPENAI_CHAT.request)).got, HEALTHY);
  });

  Deno.test(`${name} before any content stays hidden: the next backend answers`, async () => {
    const primary = pausing(
      headOf(OPENAI_CHAT, framing) + framed(startOf(OPENAI_CHAT, [...opening])),
      breakOff,
    );
    primary.goOn();
    await using line = await startLine({ primary: primary.script, secondary: HEALTHY });
    const { got, log } = await follow(line, OPENAI_CHAT.request);
    isAnswer(got, HEALTHY);
    const [first = "", second] = attemptsIn(log);
    assert.match(first, HIDDEN);
    assert.equal(second, "secondary: answer: status 200; passed on to the caller");
    assert.ok(endingIn(log)[0]?.startsWith("complete after "));
  });

  Deno.test(`${name} in a download is a cut that cools nothing`, async () => {
    const head = `HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n${framing}\r\n\r\n`;
    const primary = pausing(head + framed("%PDF-1.7 …"), breakOff);
    const rest = "default_backend: primary";
    await using line = await startLine({ primary: primary.script }, { rest });
    const { got, log } = await follow(line, DOWNLOAD, async (caller) => {
      await caller.until("%PDF-1.7");
      primary.goOn();
    });
    assert.deepEqual([got.status, got.ending], [200, "cut"]);
    assert.ok(textOf(got).startsWith("%PDF-1.7 …"));
    const endings = endingIn(log);
    assert.equal(endings.length, 1);
    assert.ok(endings[0]?.startsWith(`cut after ${got.body.length} bytes`), endings.join());
    assert.match(endings[0] ?? "", detail);
    assert.equal(line.cooling("primary"), 0);
    await withinASecond("the backend's connection is closed", primary.gone);
  });
}

/** A reset may overtake what was sent before it, the head too. */
const HIDDEN = new RegExp(
  "^primary: (stream failed: status 200, but its stream ended before any content" +
    "|connection lost: the connection broke before a response head)" +
    " \\(.+\\); fallback to secondary \\(secondary-model\\); the route cools for 300 s, set by cooldown_seconds$",
);

const DOWNLOAD = { method: "GET", target: "/v1/files/file-1/content" };

Deno.test("F055: a JSON answer too large to hold that breaks off is a cut", async () => {
  const whole = jsonAnswer(200, { choices: [{ message: { content: "x".repeat(1_500_000) } }] });
  const primary: Script = async ({ write, close }) => {
    await write(whole.bytes.subarray(0, 1_400_000));
    close();
  };
  await using line = await startLine({ primary, secondary: GOOD });
  const { got, log } = await follow(line, CHAT);
  assert.equal(got.ending, "cut");
  assert.ok(String(whole.body).startsWith(textOf(got)));
  assert.match(
    endingIn(log)[1] ?? "",
    /^stream cut: the reply broke off .*; the route cools for 300 s, set by cooldown_seconds$/,
  );
});

const WHOLE = streamed(OPENAI_CHAT);
const LENGTH_OF_WHOLE = `Content-Length: ${new TextEncoder().encode(String(WHOLE.body)).length}`;
const UNASKED = jsonAnswer(200, { choices: [{ message: { content: "for somebody else" } }] });

/** Answers that are over before their backend is. */
const SURPLUS: Readonly<Record<string, Script>> = {
  "a length that is too small": ({ write }) =>
    write(`${headOf(OPENAI_CHAT, LENGTH_OF_WHOLE)}${WHOLE.body}data: {"and":"more"}\n\n`),
  "bytes after the last chunk": ({ write }) =>
    write(Buffer.concat([WHOLE.bytes, Buffer.from("and more")])),
  "an answer that nobody asked for": ({ write }) =>
    write(Buffer.concat([WHOLE.bytes, UNASKED.bytes])),
};

for (const [what, surplus] of Object.entries(SURPLUS)) {
  Deno.test(`F059: ${what}: what is left over reaches nobody, and its connection is closed`, async () => {
    const gone = Promise.withResolvers<void>();
    const primary: Script = async (exchange) => {
      if (exchange.index > 0) return await exchange.write(GOOD.bytes);
      exchange.gone.then(gone.resolve);
      await surplus(exchange);
    };
    await using line = await startLine({ primary });
    await using caller = await connectTo(line.proxy.url);
    await caller.send(requestBytes(OPENAI_CHAT.request));
    const got = await caller.reply();
    assert.deepEqual([textOf(got), got.ending], [WHOLE.body, "whole"]);
    await withinASecond("the backend's connection is closed", gone.promise);
    await caller.send(requestBytes(CHAT));
    isAnswer(await caller.reply(), GOOD);
    assert.equal(line.peer("primary").connections, 2);
    assert.equal(line.cooling("primary"), 0);
  });
}

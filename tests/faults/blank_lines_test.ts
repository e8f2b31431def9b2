/** Section C of the fault catalogue: blank lines for minutes before a reply begins, F044. */
import assert from "node:assert/strict";
import type { RawRequest } from "../caller.ts";
import { chunk, type Exchange, type Script } from "../peer.ts";
import { answer, CHAT, GOOD, isAnswer, jsonAnswer, startLine, STREAMED } from "./answers.ts";

const JSON_HEAD =
  "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
const BLANKS = ["\n", "\r\n", "\n\n", " ", "\t\n"];

/** Blank lines one by one, as DeepSeek sends while it is busy, and then a body. */
function blanksThen(body: string): Script {
  return async ({ write }) => {
    await write(JSON_HEAD);
    for (const blank of BLANKS) await write(chunk(blank));
    await write(chunk(body) + chunk(""));
  };
}

for (const request of [CHAT, STREAMED]) {
  const how = request === CHAT ? "a call" : "a streamed call";

  Deno.test(`F044: blank lines and then an answer to ${how} pass byte for byte`, async () => {
    const body = String(GOOD.body);
    await using line = await startLine({ primary: blanksThen(body), secondary: GOOD });
    const { got, attempts } = await line.ask(request);
    isAnswer(got, answer(200, BLANKS.join("") + body, ["content-type: application/json"]));
    assert.deepEqual(attempts, ["primary: answered"]);
  });

  Deno.test(`F044: blank lines and then an error to ${how} are an error`, async () => {
    const body = `{"error":{"message":"Server busy"}}`;
    await using line = await startLine({ primary: blanksThen(body), secondary: GOOD });
    const { got, attempts } = await line.ask(request);
    isAnswer(got, GOOD);
    assert.equal(attempts[0], "primary: row 15 cools the route for 300 s");
  });
}

for (const blanks of ["\n".repeat(5000), " ".repeat(1023), "\r\n".repeat(100_000)]) {
  Deno.test(`F044: ${blanks.length} blanks in one piece with an answer pass byte for byte`, async () => {
    const primary = jsonAnswer(200, blanks + GOOD.body);
    await using line = await startLine({ primary, secondary: GOOD });
    const { got, attempts } = await line.ask();
    isAnswer(got, primary);
    assert.deepEqual(attempts, ["primary: answered"]);
  });
}

Deno.test("F044: blank lines alone are no answer", async () => {
  await using line = await startLine({ primary: blanksThen(" "), secondary: GOOD });
  const { got, attempts } = await line.ask();
  isAnswer(got, GOOD);
  assert.equal(attempts[0], "primary: row 16 cools the route for 300 s");
});

/** Goes on saying nothing until the proxy has had enough. */
function dripping(head: string, drop: string): Script {
  return async ({ write, gone }: Exchange) => {
    await write(head);
    const timer = setInterval(() => write(chunk(drop)), 20);
    await gone;
    clearInterval(timer);
  };
}

const STREAM_HEAD = JSON_HEAD.replace("application/json", "text/event-stream");

/** Calls, and what a backend that is busy keeps sending. */
const DRIPS: Readonly<Record<string, readonly [RawRequest, string, string]>> = {
  "blank lines": [CHAT, JSON_HEAD, "\n"],
  "blank lines in a streamed call": [STREAMED, STREAM_HEAD, "\n"],
  "keep-alive comments": [STREAMED, STREAM_HEAD, ": keep-alive\n\n"],
};

for (const [what, [request, head, drop]] of Object.entries(DRIPS)) {
  Deno.test(`F044: ${what} without end are no answer: first_content_seconds applies`, async () => {
    const rest = "timeouts: { first_content_seconds: 0.2 }";
    await using line = await startLine({ primary: dripping(head, drop), secondary: GOOD }, {
      rest,
    });
    const { got } = await line.ask(request);
    isAnswer(got, GOOD);
    assert.equal(line.cooling("primary"), 300);
    await using lone = await startLine({ primary: dripping(head, drop) }, { rest });
    assert.equal((await lone.ask(request)).got.status, 504);
  });
}

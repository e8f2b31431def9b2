/** Section C of the fault catalogue: failures that say 200, F042. */
import assert from "node:assert/strict";
import type { RawRequest } from "../caller.ts";
import { CHAT, GOOD, isAnswer, jsonAnswer, lastLog, startLine, STREAMED } from "./answers.ts";
import { testRecorded } from "./recorded.ts";

const MESSAGES: RawRequest = { ...CHAT, target: "/v1/messages" };
const RESPONSES: RawRequest = {
  ...CHAT,
  target: "/v1/responses",
  body: `{"model":"chat","input":"Servus"}`,
};

/** Errors in the place of an answer, as providers word them. */
const ERRORS: Readonly<Record<string, readonly [RawRequest, string]>> = {
  "a router's": [
    CHAT,
    `{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"upstream"}},` +
    `"user_id":"user_1"}`,
  ],
  "a bare string": [CHAT, `\n {"error" : "model is loading", "estimated_time": 20.0}\n`],
  "one in a streamed call": [STREAMED, `{"error":{"message":"Overloaded","code":"overloaded"}}`],
  "one with empty fields of an answer": [
    CHAT,
    `{"id":"","object":"","created":0,"choices":null,"error":{"message":"no channel"}}`,
  ],
  "a response that failed": [
    RESPONSES,
    `{"id":"resp_1","object":"response","status":"failed","error":{"code":"server_error",` +
    `"message":"An error occurred"},"output":[],"usage":null}`,
  ],
  "Anthropic's": [
    MESSAGES,
    `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`,
  ],
};

for (const [whose, [request, body]] of Object.entries(ERRORS)) {
  const failed = jsonAnswer(200, body, "X-Request-ID: r-1");

  Deno.test(`F042: an error in a 200, ${whose}, moves on and cools the route`, async () => {
    await using line = await startLine({ primary: failed, secondary: GOOD });
    const { got, attempts } = await line.ask(request);
    isAnswer(got, GOOD);
    assert.deepEqual(attempts, [
      "primary: row 15 cools the route for 300 s",
      "secondary: answered",
    ]);
    const log = await lastLog(line.proxy);
    assert.match(log, /^reason {5}error in a 200: .*error$/m);
    assert.ok(log.includes(body.trim()), "the record holds the error as it came");
    assert.deepEqual(await line.proxy.logs("errors"), [log]);
  });

  Deno.test(`F042: an error in a 200, ${whose}, comes as it came where nobody else is`, async () => {
    await using line = await startLine({ primary: failed });
    isAnswer((await line.ask(request)).got, failed);
    assert.equal(line.cooling("primary"), 300);
  });
}

Deno.test("F042: an error in a 200 gives hints as any other", async () => {
  const broke = jsonAnswer(200, `{"error":{"code":"insufficient_quota","message":"Top up"}}`);
  const busy = jsonAnswer(200, `{"error":{"code":429,"message":"busy"}}`, "Retry-After: 20");
  await using line = await startLine({ broke, busy, secondary: GOOD });
  isAnswer((await line.ask()).got, GOOD);
  assert.deepEqual([line.cooling("broke"), line.cooling("busy")], [3600, 20]);
});

for (const name of ["refusal", "refusal-no-details", "web-fetch-tool.error"]) {
  testRecorded(
    "F042: an answer that tells of a refusal or a tool's error passes unchanged",
    `anthropic/anthropic-${name}.json`,
    async (body) => {
      const primary = jsonAnswer(200, body);
      await using line = await startLine({ primary, secondary: GOOD });
      const { got, attempts } = await line.ask(MESSAGES);
      isAnswer(got, primary);
      assert.deepEqual(attempts, ["primary: answered"]);
    },
  );
}

/** Answers that mention an error and are none. */
const NO_ERRORS: Readonly<Record<string, readonly [RawRequest, string]>> = {
  "a null error": [RESPONSES, `{"error":null,"output":[{"type":"message"}],"status":"completed"}`],
  "an empty error": [CHAT, `{"error":{},"choices":[{"message":{"content":"Servus"}}]}`],
  "an error beside a result": [
    CHAT,
    `{"choices":[{"message":{"content":"Ser"}}],"error":{"message":"cut off"}}`,
  ],
  "an error that is the answer's text": [
    CHAT,
    `{"choices":[{"message":{"content":"{\\"error\\":\\"insufficient_quota\\"}"}}]}`,
  ],
  "an error inside the answer": [CHAT, `{"choices":[{"error":null,"message":{"content":"a"}}]}`],
};

for (const [what, [request, body]] of Object.entries(NO_ERRORS)) {
  Deno.test(`F042: a 200 with ${what} passes unchanged`, async () => {
    const primary = jsonAnswer(200, body);
    await using line = await startLine({ primary, secondary: GOOD });
    const { got, attempts } = await line.ask(request);
    isAnswer(got, primary);
    assert.deepEqual(attempts, ["primary: answered"]);
  });
}

Deno.test("F042: a 200 with an error passes unchanged where the call is no inference", async () => {
  const primary = jsonAnswer(200, `{"error":{"message":"from another job"}}`);
  await using line = await startLine({ primary, secondary: GOOD });
  const { got } = await line.ask({ ...CHAT, target: "/v1/batches" });
  isAnswer(got, primary);
  assert.equal(line.peer("secondary").connections, 0);
});

Deno.test("F042: a 200 that is larger than what is held passes whole", async () => {
  const text = "x".repeat(3 * 1024 * 1024);
  const primary = jsonAnswer(200, { choices: [{ message: { content: text } }], error: null });
  await using line = await startLine({ primary, secondary: GOOD });
  isAnswer((await line.ask()).got, primary);
});

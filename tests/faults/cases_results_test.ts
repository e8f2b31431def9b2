/** Replies and streams without a result, and answers that only look so: cases 1 and 2. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { RawRequest } from "../caller.ts";
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

const EVENTS = ["Content-Type: text/event-stream"];
const COMPLETIONS: RawRequest = {
  ...STREAMED,
  target: "/v1/completions",
  body: `{"model":"chat","stream":true,"prompt":"Grüß Gott"}`,
};
const MESSAGES: RawRequest = { ...CHAT, target: "/v1/messages" };
const STREAMED_MESSAGES: RawRequest = { ...STREAMED, target: "/v1/messages" };
const RESPONSES: RawRequest = {
  ...CHAT,
  target: "/v1/responses",
  body: `{"model":"chat","input":"Servus"}`,
};
const EMBEDDINGS: RawRequest = {
  ...CHAT,
  target: "/v1/embeddings",
  body: `{"model":"chat","input":"Servus"}`,
};

function stream(...events: readonly string[]): Answer {
  return answer(200, events.map((event) => `${event}\n\n`).join(""), EVENTS);
}

/** The next route answers, and this one cools by that row. */
async function fails(bad: Answer, row: number, request: RawRequest = CHAT): Promise<void> {
  await using line = await startLine({ primary: bad, secondary: GOOD });
  const { got, attempts } = await line.ask(request);
  isAnswer(got, GOOD);
  assert.deepEqual(attempts, [
    `primary: row ${row} cools the route for 300 s`,
    "secondary: answered",
  ]);
}

/** The caller gets it as it came, and nothing cools. */
async function answers(good: Answer, request: RawRequest = CHAT): Promise<void> {
  await using line = await startLine({ primary: good, secondary: GOOD });
  const { got, attempts } = await line.ask(request);
  isAnswer(got, good);
  assert.deepEqual(attempts, ["primary: answered"]);
  assert.equal(line.cooling("primary"), 0);
}

const ERROR_IN_CHOICE =
  `{"choices":[{"message":{"content":""},"finish_reason":"error","error":{"code":502,"message":"x"}}]}`;

const WITHOUT_RESULT: readonly (readonly [body: string, row: number, request?: RawRequest])[] = [
  [`{"code":500,"msg":"404 NOT_FOUND","success":false}`, 15],
  [`{"base_resp":{"status_code":1002,"status_msg":"rate limit"},"choices":null}`, 15],
  [`{"detail":"Not Found"}`, 15],
  [`{"type":"error","message":"overloaded"}`, 15],
  [`{}`, 16],
  [`{"error":null}`, 16],
  [`{"choices":[]}`, 16],
  [`null`, 16],
  [ERROR_IN_CHOICE, 15],
  [`{"code":20012,"message":"model disabled","data":null}`, 15, EMBEDDINGS],
  [`[{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}]`, 15],
  [`{"type":"message","content":[],"stop_reason":null}`, 16, MESSAGES],
  [`{"status":"failed","error":null,"output":[]}`, 15, RESPONSES],
];

for (const [body, row, request] of WITHOUT_RESULT) {
  Deno.test(`cases 1: a 200 ${body} is a failure of the route`, async () => {
    await fails(jsonAnswer(200, body), row, request);
  });
}

Deno.test("cases 1: a compressed reply without a result is one, too", async () => {
  const lines = ["Content-Type: application/json", "Content-Encoding: gzip"];
  await fails(answer(200, gzipSync(`{"detail":"Not Found"}`), lines), 15);
  await fails(answer(200, gzipSync(`{}`), lines), 16);
});

Deno.test("cases 1: text and HTML in the place of a reply are a failure", async () => {
  await fails(answer(200, "upstream error", ["Content-Type: text/plain"]), 16);
  await fails(answer(200, "<html>upstream error</html>", ["Content-Type: text/html"]), 16);
});

const FAILED_STREAMS: Readonly<Record<string, readonly [Answer, RawRequest?]>> = {
  "an error in MiniMax's spelling": [stream(
    `data: {"base_resp":{"status_code":1002,"status_msg":"rate limit"},"choices":null}`,
    `data: [DONE]`,
  )],
  "[DONE] alone": [stream(`data: [DONE]`)],
  "a gateway's code and words": [stream(`data: {"code":500,"msg":"busy"}`, `data: [DONE]`)],
  "FastAPI's detail": [stream(`data: {"detail":"Not Found"}`)],
  "an ending by which the vendor failed": [stream(
    `data: {"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}`,
    `data: {"choices":[{"delta":{},"finish_reason":"network_error"}]}`,
    `data: [DONE]`,
  )],
  "an ending by which the vendor failed, with content": [stream(
    `data: {"choices":[{"delta":{"content":"Ser"},"finish_reason":"insufficient_system_resource"}]}`,
    `data: [DONE]`,
  )],
  "an error of an unknown format": [
    stream(`data: {"error_code":336100,"error_msg":"busy"}`),
    COMPLETIONS,
  ],
};

for (const [what, [bad, request = STREAMED]] of Object.entries(FAILED_STREAMS)) {
  Deno.test(`cases 1: a stream of ${what} is a failure of the route`, async () => {
    await fails(bad, 18, request);
  });
}

const ANSWERS: readonly (readonly [body: string, request?: RawRequest])[] = [
  [`{"choices":[{"message":{"content":null},"finish_reason":"content_filter"}]}`],
  [`{"type":"message","content":[],"stop_reason":"refusal"}`, MESSAGES],
  [`{"object":"response","status":"incomplete","error":null,"output":[]}`, RESPONSES],
  [`{"error":null,"code":0,"success":true,"choices":[{"message":{"content":"a"}}]}`],
  [`{"generated":"text"}`],
];

for (const [body, request] of ANSWERS) {
  Deno.test(`cases 1: ${body} is an answer`, () => answers(jsonAnswer(200, body), request));
}

const ENDED: Readonly<Record<string, readonly [Answer, RawRequest]>> = {
  "a filtered chat": [
    stream(
      `data: {"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}`,
      `data: {"choices":[{"delta":{},"finish_reason":"content_filter"}]}`,
    ),
    STREAMED,
  ],
  "a refusal": [
    stream(
      `event: message_start\ndata: {"type":"message_start","message":{"content":[]}}`,
      `event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"refusal"}}`,
    ),
    STREAMED_MESSAGES,
  ],
  "an empty completion": [
    stream(`data: {"choices":[{"text":"","finish_reason":"stop"}]}`),
    COMPLETIONS,
  ],
  "a message in the place of a delta": [
    stream(`data: {"choices":[{"message":{"content":"a"},"finish_reason":"stop"}]}`),
    STREAMED,
  ],
  "events of a format that is not known": [
    stream(`data: {"token":"Su"}`, `data: {"token":"s"}`),
    COMPLETIONS,
  ],
};

for (const [what, [good, request]] of Object.entries(ENDED)) {
  Deno.test(`cases 2: a stream of ${what} that ended while held is an answer`, async () => {
    await answers(good, request);
  });
}

Deno.test("cases 2: an ending by which the vendor failed cools the route after content, too", async () => {
  const late = stream(
    `data: {"choices":[{"delta":{"content":"Ser"}}]}`,
    `data: {"choices":[{"delta":{},"finish_reason":"network_error"}]}`,
    `data: [DONE]`,
  );
  await using line = await startLine({ primary: late, secondary: GOOD });
  isAnswer((await line.ask(STREAMED)).got, late);
  assert.equal(line.cooling("primary"), 300);
});

Deno.test("cases 9: counting the tokens of a response cools nothing", async () => {
  const target = "/v1/responses/input_tokens";
  const unable = jsonAnswer(404, `{"error":{"message":"Not found"}}`);
  const count = jsonAnswer(200, `{"object":"response.input_tokens","input_tokens":0}`);
  await using line = await startLine({ primary: unable, secondary: count });
  const { got, attempts } = await line.ask({ ...RESPONSES, target });
  isAnswer(got, count);
  assert.deepEqual(attempts, ["primary: row 7", "secondary: answered"]);
});

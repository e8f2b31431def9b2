/** Section C of the fault catalogue: backends in trouble, F033, F035, F040 and F041. */
import assert from "node:assert/strict";
import type { Exchange } from "../peer.ts";
import { answer, GOOD, isAnswer, jsonAnswer, startLine } from "./answers.ts";

const OVERLOADED =
  `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"},"request_id":"req_1"}`;
const MESSAGES = {
  target: "/v1/messages?beta=true",
  lines: ["Content-Type: application/json", "anthropic-version: 2023-06-01"],
  body: `{"model":"chat","max_tokens":1,"messages":[{"role":"user","content":"Servus"}]}`,
};

Deno.test("F033: a 529 overloaded_error moves on and cools the route, not the backend, shortly", async () => {
  const primary = jsonAnswer(529, OVERLOADED, "x-should-retry: true");
  const message = { type: "message", content: [{ type: "text", text: "Servus" }] };
  const secondary = jsonAnswer(200, message);
  const rest = "fallback: { cooldown_seconds: 30 }";
  await using line = await startLine({ primary, secondary }, { rest });
  const { got, attempts } = await line.ask(MESSAGES);
  isAnswer(got, secondary);
  assert.deepEqual(attempts, [
    "primary: row 12 cools the route for 30 s",
    "secondary: answered",
  ]);
});

Deno.test("F033: a 529 that is the last answer comes as it came", async () => {
  const primary = jsonAnswer(529, OVERLOADED, "x-should-retry: true", "request-id: req_1");
  await using line = await startLine({ primary });
  isAnswer((await line.ask(MESSAGES)).got, primary);
});

const COOLS_300 = ["primary: row 12 cools the route for 300 s", "secondary: answered"];

const UNAVAILABLE = {
  error: {
    code: 503,
    message: "The model is overloaded. Please try again later.",
    status: "UNAVAILABLE",
  },
};

Deno.test("F035: a 503 UNAVAILABLE moves on, and comes as it came where nobody else is", async () => {
  const primary = jsonAnswer(503, UNAVAILABLE);
  await using line = await startLine({ primary, secondary: GOOD });
  const { got, attempts } = await line.ask();
  isAnswer(got, GOOD);
  assert.deepEqual(attempts, COOLS_300);
  await using lone = await startLine({ primary });
  isAnswer((await lone.ask()).got, primary);
});

const NO_ROUTE = "当前分组 default 下对于模型 gpt-4o 无可用渠道 (request id: 20260101)";
const ESCAPED = [...NO_ROUTE].map((letter) =>
  letter < "\u007f" ? letter : `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`
).join("");

/** The same words in the forms they come in. */
const NO_ROUTE_BODIES: Readonly<Record<string, string>> = {
  "in UTF-8": `{"error":{"message":"${NO_ROUTE}","type":"new_api_error","code":""}}`,
  "in JSON escapes": `{"error":{"message":"${ESCAPED}","type":"one_api_error"}}`,
  "in a body without error": `{"success":false,"message":"${NO_ROUTE}"}`,
  "in plain text": `${NO_ROUTE}\n`,
};

for (const [form, body] of Object.entries(NO_ROUTE_BODIES)) {
  Deno.test(`F035: a pattern finds 无可用渠道 ${form}, whatever the status`, async () => {
    const rest = `detection: { error_patterns: ["无可用渠道"] }`;
    const primary = jsonAnswer(404, body);
    await using line = await startLine({ primary, secondary: GOOD }, { rest });
    const { got, attempts } = await line.ask();
    isAnswer(got, GOOD);
    assert.deepEqual(attempts, [
      "primary: row 13 cools the route for 300 s",
      "secondary: answered",
    ]);
    await using lone = await startLine({ primary }, { rest });
    isAnswer((await lone.ask()).got, primary);
  });
}

const HTML_LINES = [
  "Content-Type: text/html; charset=UTF-8",
  "Server: cloudflare",
  "CF-RAY: 1-FRA",
];

function errorPage(status: number) {
  const body =
    `<!DOCTYPE html>\n<html lang="en-US"><head><title>api.example | ${status}: Web server ` +
    `is down</title></head><body>{"error":{"type":"insufficient_quota"}}</body></html>\n`;
  return answer(status, body, HTML_LINES);
}

for (const status of [520, 522, 524, 530]) {
  Deno.test(`F040: Cloudflare's ${status} page moves on; last, it comes as it came`, async () => {
    const primary = errorPage(status);
    await using line = await startLine({ primary, secondary: GOOD });
    const { got, attempts } = await line.ask();
    isAnswer(got, GOOD);
    assert.deepEqual(attempts, COOLS_300);
    await using lone = await startLine({ primary });
    isAnswer((await lone.ask()).got, primary);
    assert.equal(lone.cooling("primary"), 300);
  });
}

Deno.test("F040: problem+json moves on, and is matched by a pattern as JSON is", async () => {
  const problem = `{"type":"about:blank","title":"Busy","status":409,"detail":"Lane closed"}`;
  const primary = answer(409, problem, ["Content-Type: application/problem+json"]);
  const rest = `detection: { error_patterns: ["/^lane closed$/i"] }`;
  await using line = await startLine({ primary, secondary: GOOD }, { rest });
  isAnswer((await line.ask()).got, GOOD);
  await using lone = await startLine({ primary }, { rest });
  isAnswer((await lone.ask()).got, primary);
});

/** A status, and whether it is the backend's failure: by default, and where all are listed. */
const STATUSES: readonly (readonly [number, boolean])[] = [
  [408, true],
  [421, false],
  [425, false],
  [500, true],
  [502, true],
  [504, true],
];

for (const [status, movesOn] of STATUSES) {
  Deno.test(`F041: a ${status} ${movesOn ? "moves on" : "is the caller's"} by default`, async () => {
    const primary = jsonAnswer(status, { error: { message: "odd" } });
    await using line = await startLine({ primary, secondary: GOOD });
    const { got, attempts } = await line.ask();
    isAnswer(got, movesOn ? GOOD : primary);
    assert.deepEqual(attempts, movesOn ? COOLS_300 : ["primary: row 14"]);
  });

  Deno.test(`F041: a ${status} in error_codes moves on`, async () => {
    const primary = jsonAnswer(status, { error: { message: "odd" } });
    const rest = `detection: { error_codes: [408, 421, 425, "500-504"] }`;
    await using line = await startLine({ primary, secondary: GOOD }, { rest });
    const { got, attempts } = await line.ask();
    isAnswer(got, GOOD);
    assert.deepEqual(attempts, COOLS_300);
  });
}

Deno.test("F041: a 5xx that error_codes leaves out is the caller's", async () => {
  const primary = jsonAnswer(501, { error: { message: "not here" } });
  const rest = "detection: { error_codes: [429, 503] }";
  await using line = await startLine({ primary, secondary: GOOD }, { rest });
  const { got, attempts } = await line.ask();
  isAnswer(got, primary);
  assert.deepEqual(attempts, ["primary: row 14"]);
});

Deno.test("F041: a 503 whose body never comes moves on after idle_seconds", async () => {
  const head = "HTTP/1.1 503 X\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{";
  const rest = "timeouts: { idle_seconds: 0.2 }";
  const behaviours = { primary: ({ write }: Exchange) => write(head), secondary: GOOD };
  await using line = await startLine(behaviours, { rest });
  const { got, attempts } = await line.ask();
  isAnswer(got, GOOD);
  assert.deepEqual(attempts, COOLS_300);
});

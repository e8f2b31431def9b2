/** Section C of the fault catalogue: every attempt failed, each in its own way, F048. */
import assert from "node:assert/strict";
import { textOf } from "../caller.ts";
import type { Script } from "../peer.ts";
import { type Answer, answer, isAnswer, jsonAnswer, startLine, STREAMED } from "./answers.ts";

function failing(status: number): Answer {
  return answer(status, `\ufeff{ "error" : "${status}" }\n`, [
    "Content-Type: text/x-odd",
    `X-From: ${status}`,
    "X-From: again",
  ]);
}

const RESET: Script = ({ reset }) => reset();
const PAGE = answer(200, "<!DOCTYPE html><title>Sign in</title>", ["Content-Type: text/html"]);
const ERROR_200 = jsonAnswer(200, ` {"error":{"message":"Provider returned error"}}`);
const ERROR_EVENT = answer(200, `event: error\ndata: {"error":{"message":"Overloaded"}}\n\n`, [
  "Content-Type: text/event-stream",
]);

/** Failures in order, and the index of the one that the caller gets. */
const MIXTURES: Readonly<Record<string, readonly [readonly (Answer | Script)[], number]>> = {
  "a 429 among 5xx": [[failing(500), failing(429), failing(503)], 1],
  "a 429 before a later 404": [[failing(429), failing(404)], 0],
  "a 404 among 5xx": [[failing(500), failing(404), failing(502)], 1],
  "the first of equals": [[failing(502), failing(500)], 0],
  "a 503 before the caller's refused key": [[failing(503), failing(401)], 0],
  "the caller's refused key before a broken line": [[RESET, failing(403)], 1],
  "an answer after a broken line": [[RESET, failing(500)], 1],
  "an answer before a broken line": [[failing(500), RESET], 0],
  "an error in a 200 before a broken line": [[ERROR_200, RESET], 0],
  "a 500 before a page in a 200": [[PAGE, failing(500)], 1],
  "a stream's error event before a broken line": [[RESET, ERROR_EVENT], 1],
  "an answer before a page and a broken line": [[PAGE, RESET, failing(500)], 2],
};

for (const [what, [behaviours, best]] of Object.entries(MIXTURES)) {
  Deno.test(`F048: the caller gets ${what}, whole`, async () => {
    const named = behaviours.map((behaviour, index) => [`b${index}`, behaviour] as const);
    const rest = `detection: { error_codes: [404, 429, "5xx"] }`;
    await using line = await startLine(Object.fromEntries(named), { rest });
    const { got, attempts, entry } = await line.ask(STREAMED);
    const expected = behaviours[best];
    assert.ok(expected !== undefined && typeof expected !== "function");
    isAnswer(got, expected);
    assert.equal(attempts.length, behaviours.length);
    const answered = entry.response?.answered;
    assert.ok(answered?.by === "backend" && answered.backend === `b${best}`);
  });
}

Deno.test("F048: where no backend answered, a 502 names every attempt and its reason", async () => {
  const late: Script = () => {};
  const rest = "timeouts: { first_byte_seconds: 0.1 }";
  await using line = await startLine({ page: PAGE, reset: RESET, late }, { rest });
  const { got } = await line.ask(STREAMED);
  assert.equal(got.status, 502);
  const { message } = JSON.parse(textOf(got)).error;
  assert.match(
    message,
    /page \(page-model\): .*html.*; reset \(reset-model\): .*; late \(late-m/is,
  );
});

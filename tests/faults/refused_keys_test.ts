/** Section C of the fault catalogue: a backend that refuses our key, F038. */
import assert from "node:assert/strict";
import { SEED_DETECTION } from "../chain.ts";
import type { Script } from "../peer.ts";
import { type Answer, GOOD, isAnswer, jsonAnswer, lastLog, startLine } from "./answers.ts";

const [KEY_1, KEY_2] = ["sk-proj-one-aaaaaaaaaaaaaaaa", "sk-proj-two-bbbbbbbbbbbbbbbb"];
const INVALID = jsonAnswer(401, {
  error: {
    message: "Incorrect API key provided. You can find your API key in your account settings.",
    type: "invalid_request_error",
    param: null,
    code: "invalid_api_key",
  },
});
const DENIED = jsonAnswer(403, {
  type: "error",
  error: { type: "permission_error", message: "Your API key lacks permission." },
});

/** Refuses one key and serves any other. */
function refusing(key: string, refusal: Answer): Script {
  return ({ request, write }) => write(request.head.includes(key) ? refusal.bytes : GOOD.bytes);
}

for (const refusal of [INVALID, DENIED]) {
  const { status } = refusal;

  Deno.test(`F038: a ${status} for our key moves on to the pool's next and cools that key`, async () => {
    const keys = { primary: [KEY_1, KEY_2] };
    const primary = refusing(KEY_1, refusal);
    await using line = await startLine({ primary, secondary: GOOD }, { keys });
    const { got, attempts } = await line.ask();
    isAnswer(got, GOOD);
    assert.deepEqual(attempts, [
      "primary: row 9 cools the key for 300 s",
      "primary: answered",
    ]);
    assert.equal(line.cooling("primary"), 0);
    assert.deepEqual((await line.ask()).attempts, ["primary: answered"]);
  });

  Deno.test(`F038: a ${status} for our only key cools the backend, with a warning`, async () => {
    const keys = { primary: [KEY_1] };
    await using line = await startLine({ primary: refusal, secondary: GOOD }, { keys });
    const { got, attempts } = await line.ask();
    isAnswer(got, GOOD);
    assert.deepEqual(attempts, [
      "primary: row 9 cools the backend for 300 s",
      "secondary: answered",
    ]);
    assert.equal(line.cooling("primary"), 300);
    const loud = line.proxy.lines.filter((text) => / WARN .*primary .*status 40[13]/.test(text));
    assert.equal(loud.length, 1);
  });

  Deno.test(`F038: a ${status} for our key is the answer before a 500 and a 404`, async () => {
    const keys = { primary: [KEY_1] };
    const other = jsonAnswer(500, { error: { message: "odd" } });
    const missing = jsonAnswer(404, { error: { message: "odd" } });
    const rest = `detection: { error_codes: [404, "5xx"] }`;
    const behaviours = { other, missing, primary: refusal };
    await using line = await startLine(behaviours, { keys, rest });
    isAnswer((await line.ask()).got, refusal);
  });

  Deno.test(`F038: a ${status} for the caller's own key is the caller's`, async () => {
    await using line = await startLine({ primary: refusal, secondary: GOOD });
    const { got, attempts } = await line.ask();
    isAnswer(got, refusal);
    assert.deepEqual(attempts, ["primary: row 10"]);
    assert.equal(line.cooling("primary"), 0);
  });

  Deno.test(`F038: a ${status} for the caller's own key at a later backend cools nothing`, async () => {
    const primary = jsonAnswer(503, "{}");
    await using line = await startLine({ primary, second: refusal, third: GOOD });
    const { got, attempts } = await line.ask();
    isAnswer(got, GOOD);
    assert.deepEqual(attempts, [
      "primary: row 12 cools the route for 300 s",
      "second: row 10",
      "third: answered",
    ]);
  });
}

Deno.test("F038: a refused key stands in no log, though the backend's error echoes it", async () => {
  const echo = jsonAnswer(401, { error: { message: `Incorrect API key provided: ${KEY_1}.` } });
  const keys = { primary: [KEY_1] };
  await using line = await startLine({ primary: echo, secondary: GOOD }, { keys });
  await line.ask();
  const logs = [...await line.proxy.logs(), ...await line.proxy.logs("errors")];
  assert.equal(logs.length, 2);
  for (const log of [...logs, ...line.proxy.lines]) assert.ok(!log.includes(KEY_1));
  assert.match(await lastLog(line.proxy), /Incorrect API key provided: \S*\*{4}/);
});

Deno.test("F038: a 403 that matches a pattern is the backend's under the caller's key too", async () => {
  const limited = jsonAnswer(403, { error: { type: "rate_limit_error", message: "Slow down" } });
  await using line = await startLine(
    { primary: limited, secondary: GOOD },
    { rest: SEED_DETECTION },
  );
  const { got, attempts } = await line.ask();
  isAnswer(got, GOOD);
  assert.deepEqual(attempts, [
    "primary: row 13 cools the route for 300 s",
    "secondary: answered",
  ]);
});

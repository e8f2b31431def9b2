/** Section C of the fault catalogue: every backend is cooling down, F047. */
import assert from "node:assert/strict";
import { lineValue, textOf } from "../caller.ts";
import { CHAT, GOOD, isAnswer, jsonAnswer, startLine } from "./answers.ts";

const SLOW = jsonAnswer(429, { error: { message: "slow" } }, "Retry-After: 100");
const SOON = jsonAnswer(429, { error: { message: "soon" } }, "Retry-After: 50");
const REJECT = { rest: "fallback: { when_all_cooling: reject }" };

Deno.test("F047: least_bad tries what is cooling, what asked for over a minute last", async () => {
  await using line = await startLine({ slow: SLOW, soon: SOON });
  assert.equal((await line.ask()).attempts.length, 2);
  line.proxy.pass(10);
  const { got, attempts, entry } = await line.ask();
  isAnswer(got, SOON);
  assert.deepEqual(attempts, [
    "soon: row 12 cools the route for 50 s",
    "slow: row 12 cools the route for 100 s",
  ]);
  assert.deepEqual(entry.attempts.map(({ kind }) => kind), ["last_resort", "last_resort"]);
  assert.deepEqual([line.cooling("slow"), line.cooling("soon")], [100, 50]);
});

Deno.test("F047: a last resort that fails without a hint changes no cooldown", async () => {
  await using line = await startLine({
    slow: SLOW,
    soon: ({ index, write }) => write((index === 0 ? SOON : jsonAnswer(503, "{}")).bytes),
  });
  await line.ask();
  line.proxy.pass(10);
  assert.deepEqual((await line.ask()).attempts, [
    "soon: row 12",
    "slow: row 12 cools the route for 100 s",
  ]);
  assert.deepEqual([line.cooling("slow"), line.cooling("soon")], [100, 40]);
});

Deno.test("F047: a last resort that answers is back in use", async () => {
  await using line = await startLine({
    slow: SLOW,
    soon: ({ index, write }) => write((index === 0 ? SOON : GOOD).bytes),
  });
  await line.ask();
  const { got, attempts } = await line.ask();
  isAnswer(got, GOOD);
  assert.deepEqual(attempts, ["soon: answered, recovered"]);
  assert.deepEqual([line.cooling("slow"), line.cooling("soon")], [100, 0]);
});

/** A call of each dialect, and the error's members that its clients read. */
const DIALECTS: Readonly<Record<string, readonly [string, Readonly<Record<string, unknown>>]>> = {
  OpenAI: ["/v1/chat/completions", { code: "no_backend_available" }],
  Anthropic: ["/v1/messages", { type: "overloaded_error" }],
  Gemini: ["/v1beta/models/chat:generateContent", { code: 503, status: "UNAVAILABLE" }],
};

for (const [dialect, [target, members]] of Object.entries(DIALECTS)) {
  Deno.test(`F047: reject answers 503 and when to come again, in the dialect of ${dialect}`, async () => {
    await using line = await startLine({ slow: SLOW, soon: SOON }, REJECT);
    await line.ask({ ...CHAT, target });
    line.proxy.pass(9.5);
    const { got, attempts } = await line.ask({ ...CHAT, target });
    assert.equal(got.status, 503);
    assert.equal(lineValue(got, "retry-after"), "41");
    assert.equal(lineValue(got, "content-type"), "application/json");
    const { error } = JSON.parse(textOf(got));
    for (const [name, value] of Object.entries(members)) assert.equal(error[name], value);
    assert.match(error.message, /slow \(slow-model\): cooling .*soon \(soon-model\): cooling /);
    assert.deepEqual(attempts, []);
    assert.equal(line.peer("soon").requests.length, 1);
  });
}

for (const [choice, rest] of [["least_bad", ""], ["reject", REJECT.rest]] as const) {
  Deno.test(`F047: an alias whose routes are cooling is never unknown with ${choice}`, async () => {
    await using line = await startLine({ slow: SLOW }, { rest });
    for (let i = 0; i < 3; i++) {
      const { got } = await line.ask();
      assert.ok([429, 503].includes(got.status), `${got.status}`);
    }
  });
}

Deno.test("F047: reject lets a request in again once the soonest cooldown is over", async () => {
  await using line = await startLine({
    slow: SLOW,
    soon: ({ index, write }) => write((index === 0 ? SOON : GOOD).bytes),
  }, REJECT);
  await line.ask();
  line.proxy.pass(50);
  isAnswer((await line.ask()).got, GOOD);
});

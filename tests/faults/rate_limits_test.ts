/** Section C of the fault catalogue: backends that ask to be left alone, F030 and F031. */
import assert from "node:assert/strict";
import { lineValue } from "../caller.ts";
import { GOOD, isAnswer, jsonAnswer, lastLog, startLine } from "./answers.ts";

const LIMITED = {
  error: {
    message: "Rate limit reached for gpt-4o in organization org-x on requests per min (RPM)",
    type: "requests",
    param: null,
    code: "rate_limit_exceeded",
  },
};

const HOURS_137 = "Retry-After: 493200";

/** Retry-After in seconds, and what comes of it where the maximum is 600. */
const RETRY_AFTERS: readonly (readonly [string, number])[] = [
  ["Retry-After: 7", 7],
  ["retry-after: 599", 599],
  ["RETRY-AFTER: 601", 600],
  [HOURS_137, 600],
];

for (const [line, seconds] of RETRY_AFTERS) {
  Deno.test(`F030: a 429 with ${line} cools the route for ${seconds} s, at most the maximum`, async () => {
    const primary = jsonAnswer(429, LIMITED, line);
    const rest = "fallback: { max_cooldown_seconds: 600 }";
    await using scene = await startLine({ primary, secondary: GOOD }, { rest });
    const first = await scene.ask();
    isAnswer(first.got, GOOD);
    assert.deepEqual(first.attempts, [
      `primary: row 12 cools the route for ${seconds} s`,
      "secondary: answered",
    ]);
    scene.proxy.pass(seconds - 0.001);
    assert.deepEqual((await scene.ask()).attempts, ["secondary: answered"]);
    scene.proxy.pass(0.001);
    assert.equal((await scene.ask()).attempts.length, 2);
  });
}

Deno.test("F030: the caller of a lone backend sees its 429 and Retry-After as they came", async () => {
  const primary = jsonAnswer(429, LIMITED, HOURS_137, "x-should-retry: true");
  await using line = await startLine({ primary });
  isAnswer((await line.ask()).got, primary);
  assert.equal(line.cooling("primary"), 3600);
  assert.match(
    await lastLog(line.proxy),
    /^decision {3}no other route; the route cools for 3600 s at most \(max_cooldown_seconds\), Retry-After said \d+ s$/m,
  );
});

/** Hints, well put and not, and the cooldown on a clock of 2026-01-01T00:00:00Z; 300 is the default. */
const HINTS: readonly (readonly [readonly string[], number])[] = [
  [["Retry-After: Thu, 01 Jan 2026 00:01:30 GMT"], 90],
  [["Retry-After: Thursday, 01-Jan-26 00:01:30 GMT"], 90],
  [["Retry-After: Thu Jan  1 00:01:30 2026"], 90],
  [["Retry-After: Wed, 31 Dec 2025 23:00:00 GMT"], 1],
  [["Retry-After: Fri, 01 Jan 2038 00:00:00 GMT"], 3600],
  [["Retry-After: 2.5"], 2.5],
  [["Retry-After: 0"], 1],
  [["Retry-After: 1000000000"], 3600],
  [["Retry-After: 99999999999999999999999999"], 3600],
  [["Retry-After: -5"], 300],
  [["Retry-After: NaN"], 300],
  [["Retry-After: Infinity"], 300],
  [["Retry-After: 1e9"], 300],
  [["Retry-After: soon"], 300],
  [["Retry-After:"], 300],
  [["retry-after-ms: 1500"], 1.5],
  [["Retry-After: 90", "retry-after-ms: 1500"], 1.5],
  [["Retry-After: 90", "retry-after-ms: -1"], 90],
  [["x-ratelimit-remaining-requests: 0", "x-ratelimit-reset-requests: 1m30s"], 90],
  [["x-ratelimit-remaining-requests: 3", "x-ratelimit-reset-requests: 1m30s"], 300],
  [
    [
      "anthropic-ratelimit-tokens-remaining: 0",
      "anthropic-ratelimit-tokens-reset: 2026-01-01T00:02:00Z",
    ],
    120,
  ],
];

for (const [lines, seconds] of HINTS) {
  Deno.test(`F031: a 429 with ${lines.join(" and ")} cools the route for ${seconds} s`, async () => {
    const primary = jsonAnswer(429, LIMITED, ...lines);
    await using line = await startLine({ primary, secondary: GOOD });
    const { got, attempts } = await line.ask();
    isAnswer(got, GOOD);
    assert.deepEqual(attempts, [
      `primary: row 12 cools the route for ${seconds} s`,
      "secondary: answered",
    ]);
    assert.equal(line.cooling("primary"), seconds);
  });
}

Deno.test("F031: no Retry-After passes as anything but what it was", async () => {
  const primary = jsonAnswer(429, LIMITED, "Retry-After: NaN");
  await using line = await startLine({ primary });
  assert.equal(lineValue((await line.ask()).got, "retry-after"), "NaN");
});

Deno.test("F031: a limit's reset counts on a 429 only", async () => {
  const lines = ["x-ratelimit-remaining-requests: 0", "x-ratelimit-reset-requests: 2h"];
  await using line = await startLine({
    primary: jsonAnswer(503, LIMITED, ...lines),
    secondary: GOOD,
  });
  await line.ask();
  assert.equal(line.cooling("primary"), 300);
});

Deno.test("F031: resets_in_seconds of 18 days in a body cools for the maximum", async () => {
  const body = { error: { type: "usage_limit_reached", resets_in_seconds: 1_555_200 } };
  await using line = await startLine({ primary: jsonAnswer(429, body), secondary: GOOD });
  await line.ask();
  assert.equal(line.cooling("primary"), 3600);
});

/** Section C of the fault catalogue: quotas that are used up, F032 and F034. */
import assert from "node:assert/strict";
import { GOOD, isAnswer, jsonAnswer, startLine } from "./answers.ts";
import { testRecorded } from "./recorded.ts";

/** Accounts without money, in the words of those who say so. */
const BROKE: Readonly<Record<string, readonly [number, unknown]>> = {
  insufficient_quota: [429, {
    error: {
      message: "You exceeded your current quota, please check your plan and billing details.",
      type: "insufficient_quota",
      param: null,
      code: "insufficient_quota",
    },
  }],
  credit_balance_exhausted: [402, {
    error: { code: "credit_balance_exhausted", message: "Top up" },
  }],
  insufficient_user_quota: [403, {
    error: {
      message: "用户额度不足, 剩余额度: ＄0.000000 (request id: 20260101000000)",
      type: "new_api_error",
      param: "",
      code: "insufficient_user_quota",
    },
  }],
  organization_spend_limit_exceeded: [429, {
    type: "error",
    error: { type: "organization_spend_limit_exceeded", message: "The limit was reached." },
  }],
};

const QUOTA_PATTERN = `detection: { error_patterns: ["_quota"] }`;

for (const [code, [status, body]] of Object.entries(BROKE)) {
  Deno.test(`F032: a ${status} ${code} cools the route for max_cooldown_seconds`, async () => {
    const rest = `fallback: { cooldown_seconds: 60 }\n${QUOTA_PATTERN}`;
    await using line = await startLine({ primary: jsonAnswer(status, body), secondary: GOOD }, {
      rest,
    });
    isAnswer((await line.ask()).got, GOOD);
    assert.equal(line.cooling("primary"), 3600);
  });
}

Deno.test("F032: an account without money that names a time is asked again then", async () => {
  const body = BROKE.insufficient_quota?.[1];
  const primary = jsonAnswer(429, body, "Retry-After: 20");
  await using line = await startLine({ primary, secondary: GOOD });
  await line.ask();
  assert.equal(line.cooling("primary"), 20);
});

testRecorded(
  "F032: an exceeded quota cools the route for max_cooldown_seconds",
  "openai-responses/openai-error.1.json",
  async (body) => {
    const primary = jsonAnswer(429, body);
    await using line = await startLine({ primary });
    const request = { target: "/v1/responses", body: `{"model":"chat","input":"Servus"}` };
    isAnswer((await line.ask(request)).got, primary);
    assert.equal(line.cooling("primary"), 3600);
  },
);

/** Gemini's `RetryInfo` in the body of a 429, and what it comes to; the maximum is 3600 s. */
const RETRY_DELAYS: Readonly<Record<string, number>> = {
  "34.4s": 34.4,
  "0.2s": 1,
  "10h17m": 3600,
  "12s": 12,
  "-3s": 300,
  "NaN": 300,
};

const GENERATE = {
  target: "/v1beta/models/chat:generateContent",
  lines: ["Content-Type: application/json"],
  body: `{"model":"chat","contents":[{"parts":[{"text":"Servus"}]}]}`,
};
const GENERATED = jsonAnswer(200, { candidates: [{ content: { parts: [{ text: "Servus" }] } }] });

function exhausted(retryDelay: string) {
  const details = [
    { "@type": "type.googleapis.com/google.rpc.Help", links: [] },
    { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay },
  ];
  return { error: { code: 429, message: "Quota.", status: "RESOURCE_EXHAUSTED", details } };
}

for (const [delay, seconds] of Object.entries(RETRY_DELAYS)) {
  Deno.test(`F034: a 429 whose body asks for a retryDelay of ${delay} cools for ${seconds} s`, async () => {
    const primary = jsonAnswer(429, exhausted(delay));
    await using line = await startLine({ primary, secondary: GENERATED });
    const { got, attempts } = await line.ask(GENERATE);
    isAnswer(got, GENERATED);
    assert.deepEqual(attempts, [
      `primary: row 12 cools the route for ${seconds} s`,
      "secondary: answered",
    ]);
  });
}

Deno.test("F034: a retryDelay of 10h17m counts whole where the maximum lets it", async () => {
  const rest = "fallback: { max_cooldown_seconds: 100000 }";
  await using line = await startLine({ primary: jsonAnswer(429, exhausted("10h17m")) }, { rest });
  await line.ask(GENERATE);
  assert.equal(line.cooling("primary"), 37_020);
});

testRecorded(
  "F034: RetryInfo cools the route for 34.4 s, and its body comes as it came",
  "google/google-429-retry-info.json",
  async (body) => {
    const primary = jsonAnswer(429, body);
    await using line = await startLine({ primary });
    isAnswer((await line.ask(GENERATE)).got, primary);
    assert.equal(line.cooling("primary"), 34.4);
  },
);

for (const [code, [status, body]] of Object.entries(BROKE)) {
  Deno.test(`cases 14: the line of a ${status} ${code} that cools for an hour says why`, async () => {
    const keys = { primary: ["sk-one-1234", "sk-two-1234"] };
    const primary = jsonAnswer(status, body);
    await using line = await startLine({ primary, secondary: GOOD }, { keys });
    isAnswer((await line.ask()).got, GOOD);
    const lines = line.proxy.lines.filter((text) => text.includes(" primary (primary-model, key "));
    const said = lines.map((text) => /the account .*(?= \[)/.exec(text)?.[0]);
    assert.deepEqual(said, [
      "the account is out of money; next key: 2 of 2; the key cools for 3600 s, " +
      "set by max_cooldown_seconds for an account without money",
      "the account is out of money; fallback to secondary (secondary-model); " +
      "the route cools for 3600 s, set by max_cooldown_seconds for an account without money",
    ]);
  });
}

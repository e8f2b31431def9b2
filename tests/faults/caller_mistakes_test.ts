/** Section C of the fault catalogue: what is the caller's own doing, F036, F037 and F039. */
import assert from "node:assert/strict";
import { SEED_DETECTION } from "../chain.ts";
import type { RawRequest } from "../caller.ts";
import { type Answer, CHAT, GOOD, isAnswer, jsonAnswer, startLine } from "./answers.ts";
import { testRecorded } from "./recorded.ts";

const MESSAGES: RawRequest = { ...CHAT, target: "/v1/messages?beta=true" };

/** The caller gets it as it came each time, nobody else is asked, and nothing cools. */
async function staysWithTheCaller(mistake: Answer, request: RawRequest = CHAT): Promise<void> {
  await using line = await startLine(
    { primary: mistake, secondary: GOOD },
    { rest: SEED_DETECTION },
  );
  for (let i = 0; i < 3; i++) {
    const { got, attempts } = await line.ask(request);
    isAnswer(got, mistake);
    assert.deepEqual(attempts, ["primary: row 14"]);
  }
  assert.equal(line.cooling("primary"), 0);
  assert.equal(line.peer("secondary").connections, 0);
  assert.deepEqual(await line.proxy.logs("errors"), []);
}

const FILTERED = {
  error: {
    message: "The response was filtered due to the prompt triggering Azure OpenAI's content " +
      "management policy. Please modify your prompt and retry.",
    type: null,
    param: "prompt",
    code: "content_filter",
    status: 400,
    innererror: {
      code: "ResponsibleAIPolicyViolation",
      content_filter_result: { violence: { filtered: true, severity: "medium" } },
    },
  },
};

Deno.test("F036: a 400 content_filter is the caller's: as it came, nobody else asked, nothing cools", async () => {
  await staysWithTheCaller(jsonAnswer(400, FILTERED, "apim-request-id: a-1"));
});

Deno.test("F036: a content_filter moves on where the operator lists it", async () => {
  const rest = `detection: { error_patterns: ["content_filter"] }`;
  const primary = jsonAnswer(400, FILTERED);
  await using line = await startLine({ primary, secondary: GOOD }, { rest });
  const { got, attempts } = await line.ask();
  isAnswer(got, GOOD);
  assert.deepEqual(attempts, [
    "primary: row 13 cools the route for 300 s",
    "secondary: answered",
  ]);
});

/** Mistakes that clients recover from by the provider's very words; some quote the prompt. */
const MISTAKES: Readonly<Record<string, readonly [number, string]>> = {
  "a rejected thinking signature": [
    400,
    `{"type":"error","error":{"type":"invalid_request_error","message":"messages.1.content.0: ` +
    `Invalid \`signature\` in \`thinking\` block"},"request_id":"req_1"}`,
  ],
  "a prompt that is too long": [
    400,
    `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: ` +
    `210302 tokens > 200000 maximum"}}`,
  ],
  "a context that is too long": [
    400,
    `{"error":{"message":"This model's maximum context length is 128000 tokens.","type":` +
    `"invalid_request_error","param":"messages","code":"context_length_exceeded"}}`,
  ],
  "a prompt that quotes an error pattern": [
    400,
    `{"error":{"message":"Invalid value: 'insufficient_quota rate_limit'","type":` +
    `"invalid_request_error"}}`,
  ],
  "a request that is too large": [
    413,
    `{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum ` +
    `allowed number of bytes. rate_limit"}}`,
  ],
  "an unprocessable entity": [
    422,
    `{"detail":[{"loc":["body","messages"],"msg":"rate_limit","type":"value_error"}]}`,
  ],
  "an entity that echoes the prompt as text": [422, `cannot process "insufficient_quota"`],
};

for (const [mistake, [status, body]] of Object.entries(MISTAKES)) {
  Deno.test(`F037: ${mistake} (${status}) comes as it came and benches nobody`, async () => {
    await staysWithTheCaller(jsonAnswer(status, ` ${body}\n`, "request-id: req_1"), MESSAGES);
  });
}

for (
  const path of [
    "openai-responses/reasoning-model-temperature-error.json",
    "openai-chat/reasoning-model-legacy-parameter-error.json",
    "openai/gpt-image-response-format-error.json",
  ]
) {
  testRecorded("F037: a mistake comes as it came and benches nobody", path, async (body) => {
    await staysWithTheCaller(jsonAnswer(400, body));
  });
}

/** How providers say that they do not have the model. */
const NOT_FOUND: Readonly<Record<string, string>> = {
  model_not_found:
    `{"error":{"message":"The model \`gpt-9\` does not exist or you do not have access to it.",` +
    `"type":"invalid_request_error","param":null,"code":"model_not_found"}}`,
  DeploymentNotFound:
    `{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does ` +
    `not exist."}}`,
  not_found_error:
    `{"type":"error","error":{"type":"not_found_error","message":"model: claude-opus-9"}}`,
};

for (const [code, body] of Object.entries(NOT_FOUND)) {
  const missing = jsonAnswer(404, body);

  Deno.test(`F039: a 404 ${code} of a name that nobody sent moves on and cools nothing`, async () => {
    await using line = await startLine({ primary: missing, secondary: GOOD });
    const { got, attempts } = await line.ask();
    isAnswer(got, GOOD);
    assert.deepEqual(attempts, ["primary: row 22", "secondary: answered"]);
  });

  const choices = [`error_patterns: ["${code}"]`, "error_codes: [404, 429]"];
  for (const [index, choice] of choices.entries()) {
    Deno.test(`F039: a 404 ${code} moves on with ${choice}`, async () => {
      const rest = `detection: { ${choice} }`;
      await using line = await startLine({ primary: missing, secondary: GOOD }, { rest });
      const { got, attempts } = await line.ask();
      isAnswer(got, GOOD);
      assert.deepEqual(attempts, [
        `primary: row ${index === 0 ? 13 : 12} cools the route for 300 s`,
        "secondary: answered",
      ]);
    });
  }
}

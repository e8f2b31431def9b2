/** Rows 15 to 17 of the table, on JSON that came in one piece. */
import assert from "node:assert/strict";
import type { EventFormat } from "../../lib/dialect/event_format.ts";
import { operationOf } from "../../lib/dialect/operations.ts";
import type { AnswerShape } from "../../lib/dialect/results.ts";
import { inspectJson } from "../../lib/wire/json_reply.ts";
import { bytesOf } from "./streams.ts";

const COMPLETE = { kind: "complete" } as const;

function shapeOf(path: string): AnswerShape {
  return operationOf("POST", path) ?? assert.fail(path);
}

const CHAT = "/v1/chat/completions";
const COMPLETIONS = "/v1/completions";
const RESPONSES = "/v1/responses";
const MESSAGES = "/v1/messages";
const GEMINI = "/v1beta/models/m:generateContent";
const EMBEDDINGS = "/v1/embeddings";
const COUNT = "/v1/messages/count_tokens";
const COUNT_GEMINI = "/v1beta/models/m:countTokens";

function shown(path: string, text: string): string {
  const inspection = inspectJson(bytesOf(text), COMPLETE, shapeOf(path));
  return inspection.kind === "wrong_kind" ? inspection.what : inspection.kind;
}

/** Errors in the place of a result, in every vendor's spelling. */
const ERRORS: readonly (readonly [path: string, text: string])[] = [
  [CHAT, `{"error":{"message":"Overloaded","type":"overloaded_error"}}`],
  [CHAT, `{"error":"model is loading"}`],
  [CHAT, `\n{ "error" : ["a"] }`],
  [CHAT, `{"error":true}`],
  [CHAT, `{"error":{"code":502},"user_id":"u"}`],
  [MESSAGES, `{"type":"error","error":{"type":"overloaded_error"}}`],
  [CHAT, `{"type":"error","message":"overloaded"}`],
  [CHAT, `{"object":"error","message":"m","type":"BadRequestError","code":400}`],
  [CHAT, `{"type":"rate_limit_error","message":"m"}`],
  [CHAT, `{"choices":null,"error":{"code":502}}`],
  [CHAT, `{"choices":[ ],"content":"","output":{ },"error":true}`],
  [CHAT, `{"error":null,"error":{"code":1}}`],
  [RESPONSES, `{"status":"failed","error":{"code":"server_error"},"output":[]}`],
  [RESPONSES, `{"status":"failed","output":[{"type":"message"}]}`],
  [CHAT, `{"code":500,"msg":"404 NOT_FOUND","success":false}`],
  [CHAT, `{"code":500,"msg":"no","data":{"trace":"1"}}`],
  [CHAT, `{"base_resp":{"status_code":1002,"status_msg":"rate limit"},"choices":null}`],
  [CHAT, `{"detail":"Not Found"}`],
  [CHAT, `{"detail":[{"loc":["body"],"msg":"field required","type":"value_error"}]}`],
  [CHAT, `{"message":"Internal server error"}`],
  [CHAT, `{"message":"no Route matched","request_id":"r"}`],
  [CHAT, `{"ret":-1,"msg":"quota"}`],
  [CHAT, `{"retcode":1001,"message":"busy"}`],
  [CHAT, `{"resultCode":"E500","msg":"down","data":null}`],
  [CHAT, `{"ok":false,"reason":"busy"}`],
  [CHAT, `{"statusCode":429,"message":"Rate limit is exceeded."}`],
  [CHAT, `{"status":"error","reason":"busy"}`],
  [CHAT, `{"code":"InvalidParameter","message":"m","request_id":"r"}`],
  [CHAT, `{"code":8,"message":"busy","details":[]}`],
  [CHAT, `{"error_code":336100,"error_msg":"try again"}`],
  [CHAT, `{"errcode":40001,"errmsg":"invalid credential"}`],
  [CHAT, `{"success":false,"errors":[{"code":7003,"message":"m"}],"messages":[],"result":null}`],
  [CHAT, `{"Response":{"Error":{"Code":"LimitExceeded","Message":"m"},"RequestId":"r"}}`],
  [CHAT, `{"ResponseMetadata":{"Error":{"Code":"Throttling","Message":"m"}}}`],
  [CHAT, `{"__type":"ThrottlingException","message":"m"}`],
  [CHAT, `{"Output":null,"Error":{"Code":"Throttling"}}`],
  [CHAT, `{"fault":{"faultstring":"Policy quota violation"}}`],
  [GEMINI, `[{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}]`],
  [EMBEDDINGS, `{"code":20012,"message":"model disabled","data":null}`],
  [EMBEDDINGS, `{"object":"list","data":[],"error":{"message":"m"}}`],
  [COUNT, `{"type":"error","error":{"type":"not_found_error"}}`],
  // Endings by which a vendor says that it failed, content or not.
  [
    CHAT,
    `{"choices":[{"message":{"content":""},"finish_reason":"error","error":{"code":502,` +
    `"message":"x"}}]}`,
  ],
  ...["error", "ERROR", "network_error", "insufficient_system_resource", "abort", "timeout"]
    .map((reason) =>
      [
        CHAT,
        `{"choices":[{"message":{"content":"Ser"},"finish_reason":"${reason}"}]}`,
      ] as const
    ),
  [COMPLETIONS, `{"choices":[{"text":"Ser","finish_reason":"error"}]}`],
  [CHAT, `{"choices":[{"error":{"code":1}}]}`],
];

/** Objects in which nothing is. */
const NOTHING: readonly (readonly [path: string, text: string])[] = [
  [CHAT, `{}`],
  [CHAT, `{"error":null}`],
  [CHAT, `{"choices":[]}`],
  [CHAT, `{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[]}`],
  [CHAT, `{"id":"c","object":"chat.completion","model":"m"}`],
  [CHAT, `{"code":0,"msg":"success","data":null}`],
  [CHAT, `null`],
  [CHAT, `[]`],
  [CHAT, `""`],
  [CHAT, `false`],
  [MESSAGES, `{"type":"message","role":"assistant","content":[],"stop_reason":null}`],
  [RESPONSES, `{"output":[]}`],
  [GEMINI, `{"candidates":[],"usageMetadata":{"promptTokenCount":3}}`],
  [EMBEDDINGS, `{"object":"list","data":[]}`],
  [COUNT, `{}`],
];

/** Answers, whatever they mention. */
const ANSWERS: readonly (readonly [path: string, text: string])[] = [
  [CHAT, `{"choices":[{"message":{"content":"a"}}]}`],
  [CHAT, `{"choices":[{"message":{"role":"assistant","content":null},"finish_reason":"stop"}]}`],
  [CHAT, `{"choices":[{"message":{"content":""},"finish_reason":"content_filter"}]}`],
  [CHAT, `{"choices":[{"message":{"content":""},"finish_reason":"sensitive"}]}`],
  [COMPLETIONS, `{"choices":[{"text":"","finish_reason":"length"}]}`],
  [
    CHAT,
    `{"choices":[{"finish_reason":"error"},{"message":{"content":"a"},"finish_reason":"stop"}]}`,
  ],
  [CHAT, `{"code":0,"success":true,"error":null,"choices":[{"message":{"content":"a"}}]}`],
  [CHAT, `{"base_resp":{"status_code":0,"status_msg":""},"choices":[{"message":{"content":"a"}}]}`],
  [CHAT, `{"error":{"message":"cut off"},"choices":[{"message":{"content":"Ser"}}]}`],
  [CHAT, `{"code":500,"msg":"late","choices":[{"message":{"content":"Ser"}}]}`],
  [CHAT, `{"choices":[{"message":{"content":"a"},"finish_reason":"stop","error":{"code":1}}]}`],
  [CHAT, `{"generated":"text"}`],
  [CHAT, `{"message":{"role":"assistant","content":"a"},"done":true}`],
  [CHAT, `{"message":{"role":"assistant","content":"a"}}`],
  [CHAT, `{"code":200,"msg":"ok","data":{"choices":[{"message":{"content":"a"}}]}}`],
  [CHAT, `{"id":"{\\"error\\":1}"}`],
  [CHAT, `{"error":0,"result":"Servus"}`],
  [CHAT, `["a"]`],
  [CHAT, `"error"`],
  [CHAT, `123`],
  [RESPONSES, `{"error":null,"output":[{"type":"message"}]}`],
  ...["completed", "incomplete", "cancelled", "queued", "in_progress"].map((status) =>
    [RESPONSES, `{"object":"response","status":"${status}","error":null,"output":[]}`] as const
  ),
  ["/v1/responses/compact", `{"object":"response.compaction","output":[{"type":"compaction"}]}`],
  [MESSAGES, `{"content":[{"type":"text","text":"a"}],"error":{"a":1}}`],
  ...["end_turn", "refusal", "pause_turn", "tool_use"].map((reason) =>
    [MESSAGES, `{"type":"message","content":[],"stop_reason":"${reason}"}`] as const
  ),
  [GEMINI, `{"promptFeedback":{"blockReason":"SAFETY"},"error":{"a":1}}`],
  ...["MALFORMED_FUNCTION_CALL", "OTHER", "SAFETY"].map((reason) =>
    [GEMINI, `{"candidates":[{"finishReason":"${reason}"}]}`] as const
  ),
  [EMBEDDINGS, `{"object":"list","data":[{"embedding":[0.1]}]}`],
  [EMBEDDINGS, `{"embedding":[0.1]}`],
  [EMBEDDINGS, `[[0.1,0.2]]`],
  ["/v1beta/models/m:embedContent", `{"embedding":{"values":[0.1]}}`],
  ["/v1/moderations", `{"results":[{"flagged":false}]}`],
  [COUNT, `{"input_tokens":0}`],
  [COUNT_GEMINI, `{"totalTokens":31}`],
];

for (const [path, text] of ERRORS) {
  Deno.test(`inspectJson() row 15, cases 1: ${path} ${text.trim()} is an error`, () => {
    assert.equal(shown(path, text), "error_body");
  });
}

for (const [path, text] of NOTHING) {
  Deno.test(`inspectJson() row 16, cases 1: ${path} ${text} holds no result`, () => {
    assert.equal(shown(path, text), "JSON without a result");
  });
}

for (const [path, text] of ANSWERS) {
  Deno.test(`inspectJson() takes ${text} for an answer to ${path}`, () => {
    assert.equal(shown(path, text), "passed");
  });
}

Deno.test("inspectJson() row 16: says from which byte on a body is no JSON", () => {
  const text = `{"choices":[{"message":{"content":"Ser`;
  assert.equal(shown(CHAT, text), `no JSON from byte ${text.length} of ${text.length} on`);
  assert.match(shown(CHAT, `{"choices":[]} trailing`), /^no JSON/);
});

Deno.test("inspectJson() leaves to the caller what only a strict reader refuses", () => {
  assert.equal(shown(CHAT, `{"choices":[{"message":{"content":"a\tb"}}]}`), "passed");
});

Deno.test("inspectJson() row 17: a body that was cut is cut short, however it reads", () => {
  const end = { kind: "cut", detail: "ECONNRESET" } as const;
  for (const [path, text] of [...ERRORS, ...ANSWERS, [CHAT, "{"] as const]) {
    const shape: { events: Pick<EventFormat, "name">; kind: AnswerShape["kind"] } = shapeOf(path);
    const cut = { kind: "cut_short", detail: "ECONNRESET" };
    assert.deepEqual(inspectJson(bytesOf(text), end, shape), cut);
  }
});

import assert from "node:assert/strict";
import { matchingPattern, PATTERN_TEXT_LIMIT } from "../../lib/policy/patterns.ts";
import { detectionOf } from "../routing.ts";
import { errorJson } from "./replies.ts";

/** The pattern, as written, that an error body matches. */
function matched(text: string, ...patterns: readonly string[]): string | undefined {
  return matchedOn(503, text, ...patterns);
}

function matchedOn(status: number, text: string, ...patterns: readonly string[]) {
  return matchingPattern({ status, text }, detectionOf(...patterns).errorPatterns)?.source;
}

Deno.test("matchingPattern() looks at type, code, status and message of a JSON error", () => {
  for (const field of ["type", "code", "status", "message"]) {
    const text = errorJson({ [field]: "The Rate_Limit was hit" });
    assert.equal(matched(text, "rate_limit"), "rate_limit", field);
  }
});

Deno.test("matchingPattern() looks at nothing else of a JSON error", () => {
  const error = { type: "overloaded", param: "rate_limit", input: "rate_limit" };
  assert.equal(matched(JSON.stringify({ error, request: "rate_limit" }), "rate_limit"), undefined);
});

Deno.test("matchingPattern() reads every vendor's error", () => {
  const bodies = [
    { type: "error", error: { type: "overloaded_error", message: "Overloaded" } },
    { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } },
    [{ error: { code: 503, message: "overloaded", status: "UNAVAILABLE" } }],
    { error: "overloaded" },
    { message: "overloaded" },
    { detail: "overloaded" },
    { code: 1305, msg: "overloaded" },
  ];
  for (const body of bodies) {
    const text = JSON.stringify(body);
    assert.equal(matched(text, "overloaded"), "overloaded", text);
  }
});

Deno.test("matchingPattern() matches a numeric code", () => {
  assert.equal(matched(errorJson({ code: 1305 }), "/^1305$/"), "/^1305$/");
});

Deno.test("matchingPattern() reads escaped text as what it means", () => {
  const text = String.raw`{"error":{"message":"\u65e0\u53ef\u7528\u6e20\u9053"}}`;
  assert.equal(matched(text, "无可用渠道"), "无可用渠道");
});

Deno.test("matchingPattern() matches other bodies as text", () => {
  const html = "<html><h1>网关超时</h1>Error 1015: you are being rate limited</html>";
  assert.equal(matched(html, "error 1015"), "error 1015");
  assert.equal(matched(html, "网关超时"), "网关超时");
});

Deno.test("matchingPattern() looks at the first 64 KiB of other bodies", () => {
  const inside = "x".repeat(PATTERN_TEXT_LIMIT - 4) + "down";
  assert.equal(matched(inside, "down"), "down");
  assert.equal(matched(`x${inside}`, "down"), undefined);
});

Deno.test("matchingPattern() ignores what may quote the prompt on 400, 413 and 422", () => {
  const message = "messages.0: content is too long: 'what is a rate_limit?'";
  const bodies = [
    errorJson({ type: "invalid_request_error", message }),
    JSON.stringify({ error: message }),
    JSON.stringify({ detail: [{ loc: ["body"], msg: message }] }),
    `<p>${message}</p>`,
  ];
  for (const status of [400, 413, 422]) {
    for (const text of bodies) assert.equal(matchedOn(status, text, "rate_limit"), undefined, text);
  }
});

Deno.test("matchingPattern() looks at type, code and status of a 400, 413 and 422", () => {
  for (const status of [400, 413, 422]) {
    for (const field of ["type", "code", "status"]) {
      const text = errorJson({ [field]: "insufficient_quota", message: "You have no money." });
      assert.equal(matchedOn(status, text, "insufficient_quota"), "insufficient_quota", field);
    }
  }
});

Deno.test("matchingPattern() gives the first of several patterns", () => {
  const text = errorJson({ type: "b", message: "a" });
  assert.equal(matched(text, "c", "a", "b"), "a");
});

Deno.test("matchingPattern() gives nothing for an empty body", () => {
  assert.equal(matched("", "rate_limit"), undefined);
});

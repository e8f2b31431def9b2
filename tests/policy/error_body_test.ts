import assert from "node:assert/strict";
import { errorFields } from "../../lib/policy/error_body.ts";

const NONE = { type: "", code: "", status: "", message: "" };

Deno.test("errorFields() reads OpenAI's error", () => {
  const error = {
    message: "Slow down",
    type: "requests",
    param: null,
    code: "rate_limit_exceeded",
  };
  assert.deepEqual(errorFields(JSON.stringify({ error })), {
    ...NONE,
    type: "requests",
    code: "rate_limit_exceeded",
    message: "Slow down",
  });
});

Deno.test("errorFields() reads Anthropic's error", () => {
  const error = { type: "overloaded_error", message: "Overloaded" };
  assert.deepEqual(errorFields(JSON.stringify({ type: "error", error })), { ...NONE, ...error });
});

Deno.test("errorFields() reads Gemini's error, whose code is a number", () => {
  const error = { code: 429, message: "Quota exceeded", status: "RESOURCE_EXHAUSTED", details: [] };
  const { code, message, status } = { ...error, code: "429" };
  assert.deepEqual(errorFields(JSON.stringify([{ error }])), { ...NONE, code, message, status });
});

Deno.test("errorFields() takes as message what resellers call it", () => {
  const message = "no channel";
  for (const body of [{ error: message }, { detail: message }, { msg: message }, { message }]) {
    assert.deepEqual(errorFields(JSON.stringify(body)), { ...NONE, message });
  }
});

Deno.test("errorFields() reads problem details (RFC 9457)", () => {
  const problem = { type: "about:blank", title: "Too many", status: 429, detail: "Wait." };
  assert.deepEqual(errorFields(JSON.stringify(problem)), {
    ...NONE,
    type: "about:blank",
    status: "429",
    message: "Wait.",
  });
});

Deno.test("errorFields() passes over what is not text", () => {
  const error = { type: null, code: { a: 1 }, status: true, message: ["no"] };
  assert.equal(errorFields(JSON.stringify({ error })), undefined);
});

Deno.test("errorFields() gives nothing where there is no error in JSON", () => {
  for (const text of ["", "{}", "[]", "null", '"error"', "<html>", '{"error":', '{"a":"b"}']) {
    assert.equal(errorFields(text), undefined, text);
  }
});

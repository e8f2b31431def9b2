/** What the events of every format have in common. */
import assert from "node:assert/strict";
import { anthropicEvents } from "../../lib/dialect/anthropic_events.ts";
import { geminiEvents } from "../../lib/dialect/gemini_events.ts";
import { openaiChat } from "../../lib/dialect/openai_chat.ts";
import { openaiResponses } from "../../lib/dialect/openai_responses.ts";
import { unknownEvents } from "../../lib/dialect/unknown_events.ts";
import { says, saysStart, saysText } from "./reading.ts";

const KNOWN = [openaiChat, openaiResponses, anthropicEvents, geminiEvents];

for (const format of [...KNOWN, unknownEvents]) {
  const otherwise = format === unknownEvents ? "content" : "blank";

  Deno.test(`${format.name}: an event named error is one, whatever it holds`, () => {
    assert.equal(saysText(format, "no capacity", "error"), "error ends");
    assert.equal(says(format, {}, "error"), "error ends");
  });

  Deno.test(`${format.name}: a top-level error that says something is an error`, () => {
    for (const error of [{ message: "m" }, "m", 500, true, ["m"]]) {
      assert.equal(says(format, { error }), "error ends", JSON.stringify(error));
    }
  });

  Deno.test(`${format.name}: an error that says nothing is none`, () => {
    for (const error of [null, "", {}, false, []]) {
      assert.equal(says(format, { error }), otherwise, JSON.stringify(error));
    }
  });

  Deno.test(`${format.name}: an object of type error is an error`, () => {
    assert.equal(says(format, { type: "error", message: "m" }), "error ends");
  });

  Deno.test(`${format.name}: a ping is one by its name or its type`, () => {
    assert.equal(saysText(format, "ping", "ping"), "ping");
    assert.equal(says(format, { type: "ping" }), "ping");
  });

  Deno.test(`${format.name}: a large event is an error where its start says so`, () => {
    for (const start of ['{"error":{"message":"', ' {"error": "', '{"type":"error","message":"']) {
      assert.equal(saysStart(format, start), "error ends", start);
    }
    assert.equal(saysStart(format, "long", "error"), "error ends");
    assert.notEqual(saysStart(format, '{"error":null,"choices":['), "error ends");
    assert.notEqual(saysStart(format, '{"error":{},"choices":['), "error ends");
  });
}

for (const format of KNOWN) {
  Deno.test(`${format.name}: [DONE] ends what was begun`, () => {
    assert.equal(saysText(format, "[DONE]"), "done ends");
    assert.equal(saysText(format, "[DONE] "), "done ends");
  });

  Deno.test(`${format.name}: what is no JSON is malformed`, () => {
    for (const data of ["<html>", '{"a":', "DONE", "undefined"]) {
      assert.equal(saysText(format, data), "malformed", data);
    }
  });

  Deno.test(`${format.name}: cases 2: JSON that bears no mark of the format is foreign`, () => {
    for (const data of [123, "x", true, ["a"], { token: "Su" }, { data: { text: "a" } }]) {
      assert.equal(says(format, data), "foreign", JSON.stringify(data));
    }
  });

  Deno.test(`${format.name}: JSON that holds nothing is blank`, () => {
    for (const data of [null, [], {}, 0, "", { a: null }, { code: 0, msg: "ok" }]) {
      assert.equal(says(format, data), "blank", JSON.stringify(data));
    }
  });

  Deno.test(`${format.name}: cases 1: an error is one in any vendor's spelling`, () => {
    for (
      const data of [
        { code: 500, msg: "m", success: false },
        { base_resp: { status_code: 1002, status_msg: "rate limit" }, choices: null },
        { detail: "Not Found" },
        { object: "error", message: "m", code: 400 },
        { error_code: 336100, error_msg: "m" },
        { errors: [{ message: "m" }], success: false },
        { Response: { Error: { Code: "LimitExceeded", Message: "m" } } },
        { __type: "ThrottlingException", message: "m" },
        { type: "BadRequestError", message: "m" },
        [{ error: { code: 503 } }],
      ]
    ) assert.equal(says(format, data), "error ends", JSON.stringify(data));
  });

  Deno.test(`${format.name}: a large event whose end is unknown may be content and the last`, () => {
    assert.equal(saysStart(format, '{"id":"'), "content ends");
  });
}

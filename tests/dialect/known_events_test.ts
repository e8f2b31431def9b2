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
  const otherwise = format === unknownEvents ? "content" : "neutral";

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
  Deno.test(`${format.name}: [DONE] is terminal`, () => {
    assert.equal(saysText(format, "[DONE]"), "terminal ends");
    assert.equal(saysText(format, "[DONE] "), "terminal ends");
  });

  Deno.test(`${format.name}: what is no JSON is malformed`, () => {
    for (const data of ["<html>", '{"a":', "DONE", "undefined"]) {
      assert.equal(saysText(format, data), "malformed", data);
    }
  });

  Deno.test(`${format.name}: JSON that is no object is neutral, and so are unknown objects`, () => {
    for (const data of [123, "x", null, [], true, {}, { type: "novelty" }, { choices: 1 }]) {
      assert.equal(says(format, data), "neutral", JSON.stringify(data));
    }
  });

  Deno.test(`${format.name}: a large event whose end is unknown may be content and the last`, () => {
    assert.equal(saysStart(format, '{"id":"'), "content ends");
  });
}

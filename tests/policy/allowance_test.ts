import assert from "node:assert/strict";
import {
  isRestricted,
  mayUse,
  modelNotAllowed,
  modelWanted,
  unknownCaller,
} from "../../lib/policy/allowance.ts";
import { callerOf } from "../routing.ts";

const ANY = callerOf("any");
const SOME = callerOf("some", { models: ["claude-*", "gpt-5"] });
const NONE = callerOf("none", { models: [] });
const STAR = callerOf("star", { models: ["gpt-5", "*"] });

Deno.test("mayUse() lets a caller use what its list has, and everything without a list", () => {
  const used = (name: string) => [undefined, ANY, STAR, SOME, NONE].map((c) => mayUse(c, name));
  assert.deepEqual(used("claude-opus"), [true, true, true, true, false]);
  assert.deepEqual(used("gpt-5"), [true, true, true, true, false]);
  assert.deepEqual(used("gpt-50"), [true, true, true, false, false]);
  assert.deepEqual(used(""), [true, true, true, false, false]);
});

Deno.test("isRestricted() tells a list without a star in it", () => {
  const restricted = [undefined, ANY, STAR, SOME, NONE].map(isRestricted);
  assert.deepEqual(restricted, [false, false, false, true, true]);
  assert.equal(isRestricted(callerOf("nearly", { models: ["**", "*-*"] })), true);
});

Deno.test("unknownCaller() says which keys are wanted, and where", () => {
  const [missing, wrong] = [unknownCaller(false), unknownCaller(true)];
  assert.deepEqual([missing.status, missing.code], [401, "missing_key"]);
  assert.deepEqual([wrong.status, wrong.code], [401, "unknown_key"]);
  for (const { message } of [missing, wrong]) {
    assert.match(message, /Authorization: Bearer, x-api-key, x-goog-api-key, api-key or \?key=/);
  }
});

Deno.test("modelNotAllowed() names the caller, the model and what is allowed, never a key", () => {
  const { status, message } = modelNotAllowed(SOME, "gpt-50");
  assert.equal(status, 403);
  assert.equal(
    message,
    'The caller "some" may not use the model "gpt-50": "models" of its entry in clients allows ' +
      '"claude-*", "gpt-5".',
  );
  assert.match(modelNotAllowed(NONE, "x").message, /allows none\.$/);
});

Deno.test("modelWanted() says how to get in", () => {
  const { status, message } = modelWanted(SOME, "GET /v1/files");
  assert.equal(status, 403);
  assert.match(message, /^GET \/v1\/files names no model, and the caller "some" may only use some/);
  assert.ok(!message.includes(SOME.key));
});

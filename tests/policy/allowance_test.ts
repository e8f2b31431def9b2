import assert from "node:assert/strict";
import {
  callNotAllowed,
  isModelCall,
  isRestricted,
  mayUse,
  modelNotAllowed,
  modelWanted,
  otherModel,
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
    'The caller "some" may not use the model "gpt-50". "models" of its entry in clients allows ' +
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

Deno.test("the refusals cut short what may be a key", () => {
  const key = "sk-proj-AbCd_EfGh-0123456789abcdef";
  const finding = { kind: "other_model", name: key, where: "the query" } as const;
  const problems = [
    modelNotAllowed(SOME, key),
    callNotAllowed(SOME, `GET /v1/${key}`),
    modelWanted(SOME, `POST /v1/0123456789abcdef0123`),
    otherModel(SOME, finding),
  ];
  for (const { message } of problems) assert.doesNotMatch(message, /EfGh|89abcdef/, message);
  assert.match(modelNotAllowed(SOME, "claude-sonnet-4-5-20250929").message, /4-5-20250929/);
});

const isAlias = (name: string) => name === "org/model";

/** Whether a POST is a model's call. */
function isCall(path: string, name?: string): boolean {
  const start = path.indexOf(name ?? "");
  const place = {
    kind: "path",
    span: { start, end: start + (name ?? "").length },
    name: name && decodeURIComponent(name),
    slash: "stays",
    elsewhere: "same",
  } as const;
  const models = name === undefined ? [] : [place];
  return isModelCall({ method: "POST", path, headers: [], models }, isAlias);
}

Deno.test("isModelCall() takes an alias of any spelling in a path, and else one plain segment", () => {
  const gemini = (name: string) => isCall(`/v1beta/models/${name}:generateContent`, name);
  const names = [
    "gpt-5",
    "org/model",
    "org%2Fmodel",
    "a%20b",
    "other/model",
    "a;b",
    "a\\b",
    "{model}",
  ];
  const expected = [true, true, true, false, false, false, false, false];
  assert.deepEqual(names.map(gemini), expected);
  assert.equal(isCall("/v1beta/models/{model}:generateContent"), false);
  assert.equal(isCall("/v1/chat/completions"), true);
});

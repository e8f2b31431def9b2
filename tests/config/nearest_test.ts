import assert from "node:assert/strict";
import { nearestNames } from "../../lib/config/nearest.ts";

const NAMES = ["claude-opus", "claude-sonnet", "gpt-fast", "gemini-pro"];

function nearest(word: string, count = 1): string[] {
  return nearestNames(word, NAMES, { count });
}

Deno.test("nearestNames() finds the name that was mistyped", () => {
  assert.deepEqual(nearest("claude-opsu"), ["claude-opus"]);
  assert.deepEqual(nearest("gpt-fats"), ["gpt-fast"]);
});

Deno.test("nearestNames() does not mind the case", () => {
  assert.deepEqual(nearest("GEMINI-PRO"), ["gemini-pro"]);
});

Deno.test("nearestNames() takes a part of a name, or more around it, for near", () => {
  assert.deepEqual(nearest("opus"), ["claude-opus"]);
  assert.deepEqual(nearest("openrouter/google/gemini-pro-2.5-preview"), ["gemini-pro"]);
});

Deno.test("nearestNames() gives closest first, as many as asked for", () => {
  assert.deepEqual(nearest("claude-sonet", 2), ["claude-sonnet", "claude-opus"]);
  assert.equal(nearest("x", 9).length, NAMES.length);
  assert.deepEqual(nearest("x", 0), []);
});

Deno.test("nearestNames() keeps the order of equally near names", () => {
  assert.deepEqual(nearestNames("x", ["a", "b", "c"], { count: 2 }), ["a", "b"]);
});

Deno.test("nearestNames() has an answer to an empty word and to no names", () => {
  assert.equal(nearest("").length, 1);
  assert.deepEqual(nearestNames("x", [], { count: 3 }), []);
});

Deno.test("nearestNames() compares the start of an enormous word only", () => {
  assert.deepEqual(nearest(`gpt-fast${"x".repeat(5_000_000)}`), ["gpt-fast"]);
});

Deno.test("nearestNames() leaves the names as they are", () => {
  const names = ["b", "a"];
  nearestNames("a", names, { count: 2 });
  assert.deepEqual(names, ["b", "a"]);
});

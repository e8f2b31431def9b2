import assert from "node:assert/strict";
import { quantile, Results } from "./bench.ts";

Deno.test("quantile() lies between the values next to it", () => {
  assert.equal(quantile([3, 1, 2], 0.5), 2);
  assert.equal(quantile([4, 1, 2, 3], 0.5), 2.5);
  assert.equal(quantile([1, 2], 1), 2);
  assert.throws(() => quantile([], 0.5), /Nothing was measured/);
});

Deno.test("Results.median() is of the rounds of one contestant", () => {
  const results = new Results();
  for (const value of [30, 10, 20]) results.add("cpu1k", "ours", value);
  results.add("cpu1k", "nginx", 5);
  assert.equal(results.median("cpu1k", "ours"), 20);
  assert.equal(results.median("cpu1k", "nginx"), 5);
  assert.equal(results.median("cpu1k", "go"), undefined);
  assert.equal(results.median("cpu100k", "ours"), undefined);
});

Deno.test("Results.figures() keeps the order of the table, and each remark stands once", () => {
  const results = new Results();
  results.add("rssIdle", "ours", 1);
  results.add("cpu1k", "ours", 1);
  assert.deepEqual(results.figures().map(({ key }) => key), ["cpu1k", "rssIdle"]);
  results.remark("left out");
  results.remark("left out");
  assert.deepEqual(results.remarks, ["left out"]);
});

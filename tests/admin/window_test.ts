import assert from "node:assert/strict";
import { quantile, Window } from "../../lib/admin/window.ts";

function makeWindow() {
  let nowMs = 1_000_000;
  const window = new Window({ monotonicMs: () => nowMs });
  return { window, pass: (seconds: number) => void (nowMs += seconds * 1000) };
}

Deno.test("Window.figures() counts the last 5 minutes", () => {
  const { window, pass } = makeWindow();
  window.ended("a", false);
  pass(301);
  for (let each = 0; each < 4; each++) window.ended("a", each > 0);
  const { count, failed, perMinute, successRate } = window.figures("a");
  assert.deepEqual({ count, failed, perMinute, successRate }, {
    count: 4,
    failed: 1,
    perMinute: 0.8,
    successRate: 0.75,
  });
});

Deno.test("Window.figures() knows nothing where nothing happened", () => {
  const { window } = makeWindow();
  assert.deepEqual(window.figures("a"), {
    count: 0,
    failed: 0,
    perMinute: 0,
    successRate: undefined,
    p50Ms: undefined,
    p95Ms: undefined,
  });
});

Deno.test("Window.figures() gives the median and the 95th percentile", () => {
  const { window } = makeWindow();
  for (let ms = 1; ms <= 100; ms++) window.came("a", ms);
  const { p50Ms, p95Ms } = window.figures("a");
  assert.deepEqual([p50Ms, p95Ms], [50, 95]);
});

Deno.test("Window.series() has 60 steps of 15 s, the newest last, and forgets older ones", () => {
  const { window, pass } = makeWindow();
  window.ended("a", true);
  pass(15);
  window.ended("a", false);
  const { ok, failed, stepMs } = window.series("a");
  assert.equal(stepMs, 15_000);
  assert.equal(ok.length, 60);
  assert.deepEqual([ok.at(-2), failed.at(-1)], [1, 1]);
  pass(60 * 15);
  assert.equal(window.series("a").ok.concat(window.series("a").failed).some(Boolean), false);
});

Deno.test("Window keeps 500 subjects at most, and makes room of those that are idle", () => {
  const { window, pass } = makeWindow();
  for (let each = 0; each < 600; each++) window.ended(`model-${each}`, true);
  assert.equal(window.figures("model-499").count, 1);
  assert.equal(window.figures("model-500").count, 0);
  pass(60 * 15 + 1);
  window.ended("new", true);
  assert.equal(window.figures("new").count, 1);
});

Deno.test("quantile() is the nearest rank, and nothing of nothing", () => {
  assert.equal(quantile([], 0.5), undefined);
  assert.equal(quantile([7], 0.95), 7);
  assert.equal(quantile([3, 1, 2, 4], 0.5), 2);
});

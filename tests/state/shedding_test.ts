import assert from "node:assert/strict";
import { Shedding } from "../../lib/state/shedding.ts";
import { standingClock } from "../proxy.ts";

function scene() {
  const clock = standingClock();
  const lines: string[] = [];
  const log = { warn: (line: string) => void lines.push(line) };
  return { shedding: new Shedding({ ...clock, log }), lines, pass: clock.pass };
}

Deno.test("Shedding tells of the first at once, and of a storm every 10 s", () => {
  const { shedding, lines, pass } = scene();
  for (let count = 0; count < 1000; count++) shedding.shed("max_concurrent");
  assert.equal(lines.length, 1);
  pass(10);
  shedding.shed("memory");
  assert.deepEqual(lines, [
    "Turned away 1 request with 503 overloaded, the last because limits.max_concurrent requests are in flight.",
    "Turned away 1000 requests with 503 overloaded, the last because requests hold as much memory as they may.",
  ]);
  assert.deepEqual(shedding.counts, { max_concurrent: 1000, memory: 1 });
});

Deno.test("Shedding tells of the rest once requests are let in again", () => {
  const { shedding, lines, pass } = scene();
  shedding.shed("memory");
  shedding.shed("memory");
  shedding.letIn();
  assert.equal(lines.length, 1);
  pass(10);
  shedding.letIn();
  shedding.letIn();
  assert.equal(lines.length, 2);
  assert.equal(lines[1], "Turned away 1 request with 503 overloaded, none since.");
});

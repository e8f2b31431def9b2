import assert from "node:assert/strict";
import { Progress } from "../../lib/record/progress.ts";
import { standingClock } from "../proxy.ts";

function progressOf(total?: number) {
  const clock = standingClock();
  const lines: string[] = [];
  const tell = (line: string) => void lines.push(line);
  const progress = new Progress({ what: "counting", tell, total, ...clock });
  return { progress, clock, lines };
}

Deno.test("Progress.add() says nothing of what takes less than a second", () => {
  const { progress, clock, lines } = progressOf(5);
  clock.pass(0.9);
  progress.add(5);
  assert.deepEqual(lines, []);
});

Deno.test("Progress.add() says after a second how far it is, and then every five", () => {
  const { progress, clock, lines } = progressOf(40_000);
  for (let second = 0; second < 8; second++) {
    clock.pass(1);
    progress.add(6000);
  }
  assert.deepEqual(lines, [
    "counting: 6,000 of about 40,000",
    "counting: 36,000 of about 40,000",
  ]);
});

Deno.test("Progress.add() says how many there were where the total is not known", () => {
  const { progress, clock, lines } = progressOf();
  clock.pass(1);
  progress.add(1200);
  assert.deepEqual(lines, ["counting: 1,200"]);
});

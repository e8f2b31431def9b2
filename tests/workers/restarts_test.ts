import assert from "node:assert/strict";
import { Restarts } from "../../lib/workers/restarts.ts";

Deno.test("Restarts waits longer for a loop that keeps dying, a minute at most", () => {
  const restarts = new Restarts();
  restarts.stop();
  const never = () => assert.fail("it was stopped");
  const waits = Array.from({ length: 8 }, () => restarts.again(1, never));
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  assert.equal(restarts.again(2, never), 1_000);
});

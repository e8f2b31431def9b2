import assert from "node:assert/strict";
import { Restarts } from "../../lib/workers/restarts.ts";

Deno.test("Restarts waits longer for a loop that keeps dying, a minute at most", () => {
  const restarts = new Restarts();
  const never = () => assert.fail("it is stopped before");
  const waits = Array.from({ length: 8 }, () => restarts.again(1, never));
  assert.deepEqual(waits, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  assert.equal(restarts.again(2, never), 1_000);
  restarts.stop();
  assert.equal(restarts.again(3, never), undefined);
});

Deno.test("Restarts starts again once it is time", async () => {
  const started = Promise.withResolvers<void>();
  assert.equal(new Restarts(5).again(1, started.resolve), 5);
  await started.promise;
});

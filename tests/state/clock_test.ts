import assert from "node:assert/strict";
import { clockFrom, clockOriginMs, systemClock } from "../../lib/state/clock.ts";

Deno.test("clockFrom() counts as the other loop does, whenever this one began", () => {
  // The other loop began before the wall clock was set on by five seconds.
  const clock = clockFrom(clockOriginMs() + 5_000);
  const aheadMs = clock.monotonicMs() - systemClock.monotonicMs();
  assert.ok(Math.abs(aheadMs + 5_000) < 100, `${aheadMs}`);
});

import assert from "node:assert/strict";
import { loopCount } from "../../lib/workers/loop_count.ts";

Deno.test("loopCount() is one a core for auto, and at most 64", () => {
  const count = (cores: number) => loopCount({ workers: "auto" }, { os: "linux", cores }).loops;
  assert.deepEqual([count(1), count(8), count(128)], [1, 8, 64]);
});

Deno.test("loopCount() is one where the system does not deal out connections, and says so", () => {
  const { loops, warnings } = loopCount({ workers: 4 }, { os: "windows", cores: 8 });
  assert.equal(loops, 1);
  assert.match(warnings[0] ?? "", /^workers: 4 needs Linux; one event loop serves here\.$/);
  assert.deepEqual(loopCount({ workers: 1 }, { os: "windows", cores: 8 }).warnings, []);
});

import assert from "node:assert/strict";
import { materials, runRound } from "./round.ts";

Deno.test("the ledger of 20 MB each way has no unexpected byte", async () => {
  const bytes = 20_000_000;
  const { unexpected, ...passed } = await runRound({ ...materials(), seed: 1000, bytes });
  assert.deepEqual(unexpected, []);
  assert.ok(passed.bytesSent >= bytes && passed.bytesReceived >= bytes);
  assert.ok(passed.exchanges > 50 && passed.attempts > 50);
});

import assert from "node:assert/strict";
import { hasRoom, heldBudget, isShortOfMemory, overloaded } from "../../lib/policy/overload.ts";

const MIB = 1024 * 1024;
const CALM = { heapBytes: 50 * MIB, heapLimitBytes: 1000 * MIB, externalBytes: 10 * MIB };
const BUDGET = { budgetBytes: 100 * MIB, wasShort: false };

Deno.test("heldBudget() is what the configuration says, else a quarter of the heap's limit up to 512 MiB", () => {
  assert.equal(heldBudget({ maxHeldBytes: 5 }, CALM), 5);
  assert.equal(heldBudget({ maxHeldBytes: undefined }, CALM), 250 * MIB);
  const large = { heapLimitBytes: 16 * 1024 * MIB };
  assert.equal(heldBudget({ maxHeldBytes: undefined }, large), 512 * MIB);
});

Deno.test("hasRoom() lets a body in that fits beside the others, or is alone, or is none", () => {
  const among = (others: number) => ({ others, budgetBytes: 100 });
  assert.equal(hasRoom(40, among(60)), true);
  assert.equal(hasRoom(41, among(60)), false);
  assert.equal(hasRoom(1000, among(0)), true);
  assert.equal(hasRoom(1, among(1000)), false);
  assert.equal(hasRoom(0, among(1000)), true);
});

Deno.test("isShortOfMemory() begins at 85 % of the heap and ends below 75 %", () => {
  const at = (share: number, wasShort: boolean) =>
    isShortOfMemory({ ...CALM, heapBytes: share * CALM.heapLimitBytes }, { ...BUDGET, wasShort });
  assert.deepEqual([at(0.84, false), at(0.86, false)], [false, true]);
  assert.deepEqual([at(0.76, true), at(0.74, true)], [true, false]);
});

Deno.test("isShortOfMemory() counts bytes outside the heap against the budget and its copies", () => {
  const outside = (mib: number, wasShort = false) =>
    isShortOfMemory({ ...CALM, externalBytes: mib * MIB }, { ...BUDGET, wasShort });
  // 85 % of 4 x 100 + 256 MiB.
  assert.deepEqual([outside(557), outside(558)], [false, true]);
  assert.deepEqual([outside(493, true), outside(491, true)], [true, false]);
});

Deno.test("overloaded() says why, and when to come again", () => {
  const limits = { maxConcurrent: 7 };
  const full = overloaded("max_concurrent", limits);
  assert.deepEqual([full.status, full.code, full.retryAfterMs], [503, "overloaded", 1000]);
  assert.match(full.message, /has 7 requests in flight, its limits\.max_concurrent/);
  const short = overloaded("memory", limits);
  assert.deepEqual([short.status, short.code, short.retryAfterMs], [503, "overloaded", 5000]);
  assert.match(short.message, /memory/);
});

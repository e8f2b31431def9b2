import assert from "node:assert/strict";
import fc from "fast-check";
import { rotationAt } from "../../lib/policy/rotation.ts";

/** Who has each of the first so many turns. */
function firstTurns(weights: readonly number[], { count }: { readonly count: number }): number[] {
  return Array.from({ length: count }, (_, turn) => rotationAt(weights, turn)[0]!);
}

Deno.test("rotationAt() rotates equal weights, the rest of the rotation following", () => {
  for (const weight of [1, 0.1, 7, 1e300, Number.MIN_VALUE]) {
    const orders = [0, 1, 2, 3, 1_000_000].map((turn) =>
      rotationAt([weight, weight, weight], turn)
    );
    assert.deepEqual(orders, [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 1, 2], [1, 2, 0]]);
  }
});

Deno.test("rotationAt() spreads the turns of a heavy weight", () => {
  assert.deepEqual(firstTurns([5, 1, 1], { count: 7 }), [0, 0, 0, 1, 2, 0, 0]);
  assert.deepEqual(firstTurns([3, 1], { count: 8 }), [0, 0, 1, 0, 0, 0, 1, 0]);
});

const someWeights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 });

Deno.test("rotationAt() gives each weight as many turns as it is heavy, in every round", () => {
  fc.assert(fc.property(someWeights, fc.nat(1_000_000), (weights, round) => {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const seen = weights.map(() => 0);
    for (let turn = round * total; turn < (round + 1) * total; turn++) {
      const next = rotationAt(weights, turn)[0]!;
      seen[next] = seen[next]! + 1;
    }
    assert.deepEqual(seen, weights);
  }));
});

Deno.test("rotationAt() begins the rest of an order with whoever has the next turn", () => {
  fc.assert(fc.property(someWeights, fc.nat(), (weights, turn) => {
    const [now, ...rest] = rotationAt(weights, turn);
    const next = rotationAt(weights, turn + 1)[0]!;
    assert.ok(next === now || next === rest[0]);
  }));
});

Deno.test("rotationAt() keeps any weights within a turn of their share, however long it goes", () => {
  const weights = [0.3, 2.75, 1e-3, 11];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const turns = firstTurns(weights, { count: 3000 });
  for (const [index, weight] of weights.entries()) {
    const seen = turns.filter((each) => each === index).length;
    assert.ok(Math.abs(seen - 3000 * weight / total) <= 1, `${weight} had ${seen} turns`);
  }
});

Deno.test("rotationAt() has every index once, for any weights and turn", () => {
  const anyWeight = fc.double({ min: 0, minExcluded: true, noNaN: true, noDefaultInfinity: true });
  const many = fc.array(anyWeight, { minLength: 1, maxLength: 12 });
  fc.assert(fc.property(many, fc.maxSafeNat(), (weights, turn) => {
    assert.deepEqual(rotationAt(weights, turn).sort((a, b) => a - b), [...weights.keys()]);
  }));
});

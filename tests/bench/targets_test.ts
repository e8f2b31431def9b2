import assert from "node:assert/strict";
import { Results } from "./bench.ts";
import { standingOf, targetsOf } from "./targets.ts";

Deno.test("standingOf() tells a miss from what holds and from the aim", () => {
  const target = { label: "", unit: "x", atLeast: 3, aim: 2 } as const;
  assert.equal(standingOf({ ...target, measured: 3.01 }), "misses");
  assert.equal(standingOf({ ...target, measured: 3 }), "holds");
  assert.equal(standingOf({ ...target, measured: 2 }), "aim");
  assert.equal(standingOf({ ...target, measured: undefined }), "not measured");
});

Deno.test("targetsOf() holds every row that Portkey has against it, rates the other way round", () => {
  const results = new Results();
  for (const [name, cpu, rate] of [["ours", 100, 900], ["portkey", 1_000, 100]] as const) {
    results.add("cpu1k", name, cpu);
    results.add("rate1k", name, rate);
    results.add("busy1k", name, 100);
  }
  const against = targetsOf(results).filter(({ label }) => label.endsWith("against Portkey"));
  assert.deepEqual(against.map(({ measured }) => measured), [0.1, 100 / 900]);
  assert.deepEqual(against.map(standingOf), ["aim", "holds"]);
});

Deno.test("targetsOf() names each target also where nothing was measured", () => {
  const standings = new Set(targetsOf(new Results()).map(standingOf));
  assert.deepEqual([...standings], ["not measured"]);
});

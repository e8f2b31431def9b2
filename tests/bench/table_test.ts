import assert from "node:assert/strict";
import { Results } from "./bench.ts";
import { figuresTable, ratiosTable, tableOf } from "./table.ts";

function someResults(): Results {
  const results = new Results();
  results.add("cpu1k", "nginx", 20);
  results.add("cpu1k", "ours", 50);
  results.add("firstEvent", "nginx", -0.01);
  results.add("firstEvent", "ours", 0.2);
  results.add("busy1k", "nginx", 80);
  results.add("busy1k", "ours", 100);
  results.add("streamMemory", "ours", 1234.56);
  return results;
}

Deno.test("figuresTable() has a column a contestant and a row a figure", () => {
  assert.equal(
    figuresTable(someResults()),
    `
|                                    |  nginx | ours, no logs |
| ---------------------------------- | -----: | ------------: |
| CPU per 1 kB request, µs           |   20.0 |          50.0 |
| … the proxy's core was busy, %     |     80 |           100 |
| added time to first event, p50, ms | -0.010 |         0.200 |
| memory per idle stream, kB         |        |       1,234.6 |`.slice(1),
  );
});

Deno.test("ratiosTable() leaves out what has no meaning as a multiple", () => {
  assert.equal(
    ratiosTable(someResults()),
    `
|                      |               | / nginx |
| -------------------- | ------------: | ------: |
| CPU per 1 kB request | ours, no logs |   2.50x |`.slice(1),
  );
});

Deno.test("tableOf() keeps text to the left where asked", () => {
  assert.equal(
    tableOf(["a", "b"], [["one", "two three"]], "left"),
    "| a   | b         |\n| --- | --------- |\n| one | two three |",
  );
});

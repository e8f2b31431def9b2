import assert from "node:assert/strict";
import { type Arguments, parseArguments, type UsageError } from "./arguments.ts";
import { NAMES } from "./contestants/contestant.ts";
import { MEASURE_NAMES } from "./measures/measure.ts";

Deno.test("parseArguments() measures everything and writes the page, unless told otherwise", () => {
  const everything = { kind: "arguments", quick: false, only: [...NAMES], rows: MEASURE_NAMES };
  const cases: readonly (readonly [string[], Partial<Arguments>])[] = [
    [[], { write: true }],
    [["--quick"], { quick: true, write: false }],
    [["--quick", "--write"], { quick: true, write: true }],
    [["--only", "ours,nginx"], { only: ["direct", "nginx", "ours"], write: false }],
    [["--", "--rows", "sse, cpu1k"], { rows: ["cpu1k", "sse"], write: false }],
  ];
  for (const [args, expected] of cases) {
    assert.deepEqual(parseArguments(args), { ...everything, ...expected }, args.join(" "));
  }
});

Deno.test("parseArguments() says what is wrong", () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [["--only", "caddy"], /^--only: caddy is none of direct, nginx/],
    [["--rows", "speed"], /^--rows: speed is none of cpu1k/],
    [["--fast"], /--fast/],
  ];
  for (const [args, message] of cases) {
    const usage = parseArguments(args);
    assert.equal(usage.kind, "usage");
    assert.match((usage as UsageError).message, message);
  }
});

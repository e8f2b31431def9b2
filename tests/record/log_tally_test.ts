import assert from "node:assert/strict";
import { logNameOf, minuteOf } from "../../lib/record/log_name.ts";
import { LogTally } from "../../lib/record/log_tally.ts";

/** A tally of minutes `a`, `b` …, with as many bytes in each. */
function tallyOf(...sizes: readonly number[]): LogTally {
  const tally = new LogTally();
  sizes.forEach((bytes, at) => tally.add(String.fromCharCode(97 + at), bytes));
  return tally;
}

Deno.test("LogTally.cutoff() keeps all that is neither too old nor too much", () => {
  assert.equal(tallyOf(10, 10, 10).cutoff({ oldest: "a", maxBytes: 30 }), undefined);
  assert.equal(new LogTally().cutoff({ oldest: "z", maxBytes: 0 }), undefined);
});

Deno.test("LogTally.cutoff() gives the first minute that is not too old", () => {
  const tally = tallyOf(10, 10, 10);
  assert.equal(tally.cutoff({ oldest: "b", maxBytes: Infinity }), "b");
  assert.equal(tally.cutoff({ oldest: "bb", maxBytes: Infinity }), "c");
  assert.equal(tally.cutoff({ oldest: "z", maxBytes: Infinity }), "z");
});

Deno.test("LogTally.cutoff() goes below the maximum by a tenth, so that passes are few", () => {
  const tally = tallyOf(10, 10, 10, 10);
  assert.equal(tally.cutoff({ oldest: "", maxBytes: 39 }), "b");
  assert.equal(tally.cutoff({ oldest: "", maxBytes: 33 }), "c");
  assert.equal(tally.cutoff({ oldest: "b", maxBytes: 30 }), "b");
});

Deno.test("LogTally.cutoff() keeps the newest minute, however large", () => {
  assert.equal(tallyOf(10, 1000).cutoff({ oldest: "", maxBytes: 1 }), "b");
  assert.equal(tallyOf(1000).cutoff({ oldest: "", maxBytes: 1 }), undefined);
});

Deno.test("LogTally counts bytes and files, and forgets them", () => {
  const tally = tallyOf(10, 20);
  tally.add("a", 5);
  assert.deepEqual([tally.bytes, tally.filesBefore("b"), tally.isDivisible], [35, 2, true]);
  tally.forgetBefore("b");
  assert.deepEqual([tally.bytes, tally.filesBefore("c"), tally.isDivisible], [20, 1, false]);
});

Deno.test("minuteOf() knows the names that logNameOf() gives, and no others", () => {
  const name = logNameOf({ receivedAt: new Date("2026-01-02T03:04:05.006Z"), id: "0123abcd" });
  assert.equal(name, "2026-01-02T03-04-05.006Z_0123abcd.log");
  assert.equal(minuteOf(name), "2026-01-02T03-04");
  const others = [`x${name}`, `${name}.gz`, name.replace("abcd", "ABCD"), "proxy.log", ".probe-1"];
  for (const other of others) assert.equal(minuteOf(other), undefined);
});

import assert from "node:assert/strict";
import { CallerKeys } from "../../lib/state/caller_keys.ts";
import { callerOf } from "../routing.ts";

const [A, B] = [callerOf("a", { key: "key-of-a" }), callerOf("b", { key: "key-of-b" })];

Deno.test("CallerKeys.whose() knows each caller by its key, and nobody by another", () => {
  const keys = new CallerKeys();
  assert.equal(keys.whose("key-of-a", [A, B]), A);
  assert.equal(keys.whose("key-of-b", [A, B]), B);
  for (const other of ["", "key-of-", "key-of-aa", "KEY-OF-A", "key-of-a ", "key-of-c"]) {
    assert.equal(keys.whose(other, [A, B]), undefined, other);
  }
  assert.equal(keys.whose("key-of-a", []), undefined);
});

Deno.test("CallerKeys.whose() goes by the callers that it is given", () => {
  const keys = new CallerKeys();
  const [before, after] = [[A], [B]];
  assert.equal(keys.whose("key-of-a", before), A);
  assert.equal(keys.whose("key-of-a", after), undefined);
  assert.equal(keys.whose("key-of-b", after), B);
  assert.equal(keys.whose("key-of-a", before), A);
});

Deno.test("CallerKeys.whose() takes as long for a key that is nearly right as for any other (F177)", () => {
  const keys = new CallerKeys();
  const callers = Array.from(
    { length: 64 },
    (_, at) => callerOf(`n${at}`, { key: `${"x".repeat(64)}${at}` }),
  );
  const tookMs = (credential: string) => {
    const started = performance.now();
    for (let at = 0; at < 2_000; at++) keys.whose(credential, callers);
    return performance.now() - started;
  };
  const [first, last, none] = [`${"x".repeat(64)}0`, `${"x".repeat(64)}63`, "y".repeat(65)];
  for (const credential of [first, last, none]) tookMs(credential);
  const best = (credential: string) => Math.min(...[1, 2, 3, 4, 5].map(() => tookMs(credential)));
  const times = [best(first), best(last), best(none)];
  // An early exit at the first of 64 would take a tenth of the time.
  assert.ok(Math.max(...times) < 3 * Math.min(...times), times.join(", "));
});

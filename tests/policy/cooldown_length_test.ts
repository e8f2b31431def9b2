import assert from "node:assert/strict";
import { type CooledFailure, nextCooldown } from "../../lib/policy/cooldown.ts";
import { AS_SET, FAILED_ALIKE, lengthWords } from "../../lib/policy/cooldown_length.ts";
import { retryHint } from "../../lib/policy/hints.ts";

const SETTINGS = { cooldownMs: 300_000, maxCooldownMs: 3_600_000 };
const FAILURE: CooledFailure = {
  row: 12,
  reason: "",
  hint: undefined,
  isLasting: false,
  attempt: "probe",
  attemptStartedAtMs: 1_000_000,
  nowMs: 1_000_000,
};

/** What is said of the cooldowns of so many failures in a row, the last one's. */
function inARow(failures: number): string {
  let last = undefined as ReturnType<typeof nextCooldown>;
  for (let count = 0; count < failures; count++) last = nextCooldown(last, FAILURE, SETTINGS);
  return lengthWords(last?.lengthMs ?? 0, last?.why ?? AS_SET);
}

Deno.test("cases 14: nextCooldown() says why a cooldown is as long as it is", () => {
  assert.equal(inARow(1), "300 s, set by cooldown_seconds");
  assert.equal(inARow(2), "600 s, twice as long as before: failure 2 in a row");
  assert.equal(inARow(4), "2400 s, twice as long as before: failure 4 in a row");
  assert.equal(inARow(5), "3600 s at most (max_cooldown_seconds), failure 5 in a row");
});

Deno.test("cases 14: retryHint() says where a wait was asked for, and what our bounds made of it", () => {
  const said = (headers: Record<string, string>, errorText = "", status = 429) => {
    const reply = { status, headers: Object.entries(headers), errorText };
    const hint = retryHint(reply, { nowMs: 0, maxMs: 600_000 });
    return hint && lengthWords(hint.ms, hint.why);
  };
  assert.equal(said({ "Retry-After": "17" }), "17 s, as Retry-After said");
  assert.equal(said({ "retry-after-ms": "2500" }), "2.5 s, as retry-after-ms said");
  assert.equal(
    said({ "Retry-After": "7200" }),
    "600 s at most (max_cooldown_seconds), Retry-After said 7200 s",
  );
  assert.equal(said({ "Retry-After": "0" }), "1 s at least, Retry-After said 0 s");
  const reset = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "30" };
  assert.equal(said(reset), "30 s, as the reset of its limit said");
  const inSeconds = JSON.stringify({ error: { resets_in_seconds: 42 } });
  assert.equal(said({}, inSeconds), "42 s, as the error said");
  const worded = JSON.stringify({ error: { message: "Please try again in 20s." } });
  assert.equal(said({}, worded), "20 s, as the error's message said");
  assert.equal(said({}), undefined);
});

Deno.test("lengthWords() tells of a cooldown that was cut", () => {
  assert.equal(lengthWords(10_000, FAILED_ALIKE), "10 s: every attempt failed alike");
});

import assert from "node:assert/strict";
import { AS_SET } from "../../lib/policy/cooldown_length.ts";
import { hintOf } from "./replies.ts";
import {
  type Cooldown,
  type CooledFailure,
  nextCooldown,
  phaseOf,
} from "../../lib/policy/cooldown.ts";

const SETTINGS = { cooldownMs: 300_000, maxCooldownMs: 3_600_000 };
const NOW_MS = 1_000_000;

const FAILURE: CooledFailure = {
  row: 12,
  reason: "status 503",
  hint: undefined,
  isLasting: false,
  attempt: "regular",
  attemptStartedAtMs: NOW_MS - 10,
  nowMs: NOW_MS,
};

/** A cooldown that ended just before FAILURE's attempt began. */
function over(lengthMs: number): Cooldown {
  const untilMs = NOW_MS - 20;
  return {
    startedAtMs: untilMs - lengthMs,
    untilMs,
    lengthMs,
    triedAtMs: 0,
    why: AS_SET,
    isLasting: false,
    doublings: 0,
    row: 12,
    reason: "status 500",
  };
}

function lengthMs(last: Cooldown | undefined, failure: Partial<CooledFailure>) {
  return nextCooldown(last, { ...FAILURE, ...failure }, SETTINGS)?.lengthMs;
}

Deno.test("nextCooldown() takes the configured span from now on", () => {
  assert.deepEqual(nextCooldown(undefined, FAILURE, SETTINGS), {
    startedAtMs: NOW_MS,
    untilMs: NOW_MS + 300_000,
    lengthMs: 300_000,
    triedAtMs: NOW_MS,
    why: AS_SET,
    isLasting: false,
    doublings: 0,
    row: 12,
    reason: "status 503",
  });
});

Deno.test("nextCooldown() takes a hint instead, shorter or longer", () => {
  assert.equal(lengthMs(undefined, { hint: hintOf(7000) }), 7000);
  assert.equal(lengthMs(undefined, { hint: hintOf(900_000) }), 900_000);
});

Deno.test("nextCooldown() doubles after a failed probe, up to the maximum", () => {
  assert.equal(lengthMs(over(300_000), { attempt: "probe" }), 600_000);
  assert.equal(lengthMs(over(600_000), { attempt: "probe" }), 1_200_000);
  assert.equal(lengthMs(over(2_400_000), { attempt: "probe" }), 3_600_000);
});

Deno.test("nextCooldown() is never shorter than configured after a failed probe", () => {
  assert.equal(lengthMs(over(2000), { attempt: "probe" }), 300_000);
});

Deno.test("nextCooldown() takes a hint rather than doubling", () => {
  assert.equal(lengthMs(over(600_000), { attempt: "probe", hint: hintOf(5000) }), 5000);
});

Deno.test("nextCooldown() doubles for a probe only", () => {
  assert.equal(lengthMs(over(600_000), { attempt: "regular" }), 300_000);
});

Deno.test("nextCooldown() learns nothing from an attempt begun before the cooldown", () => {
  const last = {
    startedAtMs: NOW_MS - 5,
    untilMs: NOW_MS + 100,
    lengthMs: 105,
    triedAtMs: 0,
    why: AS_SET,
    isLasting: false,
    doublings: 0,
    row: 12,
    reason: "first",
  };
  const failure = { ...FAILURE, hint: hintOf(900_000), attemptStartedAtMs: NOW_MS - 6 };
  assert.equal(nextCooldown(last, failure, SETTINGS), last);
});

Deno.test("nextCooldown() leaves a last resort's failure without consequence, but for a hint", () => {
  const last = { ...over(300_000), untilMs: NOW_MS + 50_000 };
  const failure = { ...FAILURE, attempt: "last_resort" as const };
  assert.equal(nextCooldown(last, failure, SETTINGS), last);
  assert.equal(nextCooldown(undefined, failure, SETTINGS), undefined);
  assert.equal(
    nextCooldown(last, { ...failure, hint: hintOf(9000) }, SETTINGS)?.untilMs,
    NOW_MS + 9000,
  );
});

Deno.test("nextCooldown() is none where the configuration says 0 seconds", () => {
  const settings = { cooldownMs: 0, maxCooldownMs: 0 };
  assert.equal(nextCooldown(undefined, FAILURE, settings), undefined);
});

Deno.test("phaseOf() is closed, open until the instant, then half-open", () => {
  const cooldown = over(100);
  assert.equal(phaseOf(undefined, 0), "closed");
  assert.equal(phaseOf(cooldown, cooldown.untilMs - 1), "open");
  assert.equal(phaseOf(cooldown, cooldown.untilMs), "half_open");
});

Deno.test("nextCooldown() counts how often failed probes doubled it, until something else decides", () => {
  const twice = { ...over(600_000), doublings: 1 };
  const doublings = (failure: Partial<CooledFailure>) =>
    nextCooldown(twice, { ...FAILURE, ...failure }, SETTINGS)?.doublings;
  assert.equal(doublings({ attempt: "probe" }), 2);
  assert.equal(doublings({ attempt: "probe", hint: hintOf(5000) }), 0);
  assert.equal(doublings({ attempt: "regular" }), 0);
});

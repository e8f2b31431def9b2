import assert from "node:assert/strict";
import { hintOf } from "./replies.ts";
import { AS_SET } from "../../lib/policy/cooldown_length.ts";
import type { Cooldown } from "../../lib/policy/cooldown.ts";
import { compareLastResorts, type Holding } from "../../lib/policy/last_resort.ts";

const NOW_MS = 1_000_000;

function held(given: Partial<Cooldown> = {}): Holding {
  const times = { startedAtMs: 0, untilMs: NOW_MS + 300_000, triedAtMs: 0, lengthMs: 300_000 };
  const kind = { doublings: 0, why: AS_SET, isLasting: false, row: 12, reason: "" };
  return [{ ...times, ...kind, ...given }];
}

/** Asserts that the first is the better one, whichever way they are compared. */
function isBefore(first: Holding, second: Holding): void {
  assert.ok(compareLastResorts(first, second, NOW_MS) < 0);
  assert.ok(compareLastResorts(second, first, NOW_MS) > 0);
}

const LATE = NOW_MS - 1;
const LONG = { why: hintOf(90_000)!.why, untilMs: NOW_MS + 60_001 };

Deno.test("compareLastResorts() begins with what was tried longest ago", () => {
  isBefore(held({ triedAtMs: 1 }), held({ triedAtMs: 2, untilMs: NOW_MS + 1 }));
});

Deno.test("compareLastResorts() takes of equals the one that recovers soonest", () => {
  isBefore(held({ untilMs: NOW_MS + 1 }), held({ untilMs: NOW_MS + 2 }));
});

Deno.test("compareLastResorts() puts a hint with over 60 s to run behind those without", () => {
  isBefore(held({ triedAtMs: LATE }), held(LONG));
  const nearlyOver = held({ ...LONG, untilMs: NOW_MS + 60_000 });
  isBefore(nearlyOver, held({ triedAtMs: LATE }));
});

Deno.test("compareLastResorts() puts what only a person can mend behind all others", () => {
  isBefore(held({ ...LONG, triedAtMs: LATE }), held({ isLasting: true, untilMs: NOW_MS + 1 }));
});

Deno.test("compareLastResorts() heeds each of the cooldowns that keep a route out", () => {
  isBefore(held({ triedAtMs: 5 }), [...held(), ...held({ triedAtMs: 6 })]);
  isBefore(held({ triedAtMs: 5 }), [...held(), ...held({ isLasting: true })]);
});

import assert from "node:assert/strict";
import type { DetectionSettings } from "../../lib/config/snapshot.ts";
import type { Operation } from "../../lib/dialect/event_format.ts";
import { openai } from "../../lib/dialect/openai.ts";
import { errorEventOf, expectationOf } from "../../lib/policy/expectation.ts";
import type { Call } from "../../lib/policy/identify.ts";
import { aliasOf, detectionOf, snapshotOf } from "../routing.ts";
import { COUNTING, CREATING, INFERENCE } from "./verdicts.ts";

function callFor(operation: Operation | undefined): Call {
  const rest = { places: [], dialect: openai, operation, streamed: true, upgrade: false };
  return { kind: "call", alias: aliasOf("chat", []), ...rest };
}

function snapshotWith(given: Partial<DetectionSettings>) {
  return snapshotOf([], { detection: { ...detectionOf(), ...given } });
}

Deno.test("expectationOf() has the answers of models looked at, and no others", () => {
  for (const operation of [INFERENCE, COUNTING]) {
    const expected = expectationOf(callFor(operation), snapshotWith({}));
    assert.deepEqual(expected, { events: operation?.events, kind: operation?.kind, hold: true });
  }
  assert.equal(expectationOf(callFor(CREATING), snapshotWith({})), undefined);
});

Deno.test("expectationOf() holds no stream where stream_gate is off", () => {
  const expected = expectationOf(callFor(INFERENCE), snapshotWith({ streamGate: false }));
  assert.equal(expected?.hold, false);
});

Deno.test("errorEventOf() words an error event in the call's dialect, with the reason", () => {
  const told = errorEventOf(callFor(INFERENCE), snapshotWith({ midStreamError: "event" }));
  const event = told?.("silent for 180 s") ?? assert.fail("there is none");
  const { error } = JSON.parse(/^data: (.*)\n\n$/.exec(event)?.[1] ?? "");
  assert.equal(error.code, "stream_broken");
  assert.match(error.message, /silent for 180 s/);
});

Deno.test("errorEventOf() has none where a broken stream is only cut", () => {
  assert.equal(errorEventOf(callFor(INFERENCE), snapshotWith({})), undefined);
  const event = snapshotWith({ midStreamError: "event" });
  assert.equal(errorEventOf(callFor(CREATING), event), undefined);
});

import assert from "node:assert/strict";
import type { EventFormat } from "../../lib/dialect/event_format.ts";
import { unknownEvents } from "../../lib/dialect/unknown_events.ts";
import {
  COMMENT,
  CONTENT,
  delta,
  DONE,
  ERROR,
  event,
  gateOf,
  MALFORMED,
  PING,
  ROLE,
  VENDORS,
} from "./streams.ts";

/** What became of a stream that begins like this: `held`, or the inspection's kind. */
function shown(texts: readonly string[], format?: EventFormat): string {
  const { gate, push } = gateOf({ format });
  push(...texts);
  return gate.inspection?.kind ?? "held";
}

for (const { format, start, content, terminal, finish, error } of VENDORS) {
  const { name } = format;

  Deno.test(`StreamGate holds a stream of ${name} until its first content event`, () => {
    assert.equal(shown([start], format), "held");
    assert.equal(shown([start, content], format), "passed");
  });

  Deno.test(`StreamGate gives a stream of ${name} up at an error event before content`, () => {
    assert.equal(shown([error], format), "error_event");
    assert.equal(shown([start, error, content], format), "error_event");
  });

  Deno.test(`StreamGate commits a stream of ${name} that is over without content`, () => {
    assert.equal(shown([start, terminal], format), "passed");
  });

  Deno.test(`StreamGate gives a stream of ${name} up at what is no event of it`, () => {
    const { gate, push } = gateOf({ format });
    push(start, MALFORMED, content);
    const what = JSON.stringify(`${MALFORMED.slice("data: ".length, "data: ".length + 8)}…`);
    assert.deepEqual(gate.inspection, { kind: "malformed_event", what });
  });

  Deno.test(`StreamGate holds a stream of ${name} over pings, comments and unknown events`, () => {
    const unknown = event({ type: "something.new", delta: 1 });
    assert.equal(shown([start, COMMENT, PING, unknown], format), "held");
  });

  if (finish !== "") {
    Deno.test(`StreamGate holds a stream of ${name} over a reason to finish`, () => {
      assert.equal(shown([start, finish], format), "held");
    });
  }
}

Deno.test("StreamGate shows what the first event showed that is no neutral one", () => {
  assert.equal(shown([ROLE, CONTENT, ERROR]), "passed");
  assert.equal(shown([ROLE, ERROR + CONTENT]), "error_event");
});

Deno.test("StreamGate commits a stream of an unknown format with its first event", () => {
  for (const data of [event({ a: 1 }), event("no JSON")]) {
    assert.equal(shown([COMMENT, PING, data], unknownEvents), "passed", data);
  }
});

for (const { format, start, terminal } of VENDORS) {
  Deno.test(`StreamGate cases 2: a stream of ${format.name} without a mark is of no known format`, () => {
    assert.equal(shown([COMMENT, PING, event({ token: "Su" })], format), "passed");
    assert.equal(shown([event({}), event({ id: null })], format), "held");
    assert.equal(shown([start, event({ token: "Su" })], format), "held");
  });

  Deno.test(`StreamGate cases 1: [DONE] alone ends nothing in a stream of ${format.name}`, () => {
    assert.equal(shown([DONE], format), "held");
    assert.equal(shown([PING, COMMENT, DONE], format), "held");
    assert.equal(shown([start, DONE], format), "passed");
    assert.equal(shown([start, terminal], format), "passed");
  });
}

Deno.test("StreamGate cases 1: an error in any spelling comes before [DONE]", () => {
  const busy = event({ base_resp: { status_code: 1002, status_msg: "rate limit" }, choices: null });
  assert.equal(shown([busy, DONE]), "error_event");
});

Deno.test("StreamGate gives a stream of an unknown format up at an error event", () => {
  assert.equal(shown([ERROR], unknownEvents), "error_event");
  assert.equal(shown(["event: error\ndata: busy\n\n"], unknownEvents), "error_event");
});

Deno.test("StreamGate shows a malformed event by its start", () => {
  const { gate, push } = gateOf();
  push(`data: <${"p".repeat(100_000)}\n\n`);
  const inspection = gate.inspection;
  assert.ok(inspection?.kind === "malformed_event");
  assert.equal(inspection.what, '"<ppppppp…"');
});

Deno.test("StreamGate holds 63 neutral events, and commits with the cap", () => {
  assert.equal(shown(Array.from({ length: 63 }, () => ROLE)), "held");
  assert.equal(shown([...Array.from({ length: 65 }, () => ROLE), ERROR]), "passed");
});

Deno.test("StreamGate commits with the cap whether the events come one by one or at once", () => {
  const events = [...Array.from({ length: 65 }, () => ROLE), ERROR];
  assert.equal(shown([events.join("")]), shown(events));
  const large = delta({ padding: "x".repeat(260 * 1024) });
  assert.equal(shown([large + ERROR]), shown([large, ERROR]));
});

Deno.test("StreamGate counts no pings and no comments towards the cap", () => {
  const quiet = Array.from({ length: 1000 }, () => PING + COMMENT);
  assert.equal(shown([ROLE, ...quiet]), "held");
  assert.equal(shown([ROLE, ...quiet, ERROR]), "error_event");
});

Deno.test("StreamGate commits past 256 KiB of events, whole or not", () => {
  const large = (kib: number) => delta({ padding: "x".repeat(kib * 1024) });
  assert.equal(shown([large(200)]), "held");
  assert.equal(shown([large(200), large(57)]), "passed");
  assert.equal(shown([large(200), large(57).slice(0, -2)]), "passed");
  assert.equal(shown([`data: "${"x".repeat(255 * 1024)}`]), "held");
  assert.equal(shown([`data: "${"x".repeat(257 * 1024)}`]), "passed");
});

Deno.test("StreamGate counts no endless comment towards the cap", () => {
  assert.equal(shown([`:${"x".repeat(300 * 1024)}`]), "held");
});

Deno.test("StreamGate.release() commits whatever has come, and takes nothing back", () => {
  const held = gateOf();
  held.push(ROLE);
  held.gate.release();
  held.push(ERROR);
  assert.equal(held.gate.inspection?.kind, "passed");
  const failed = gateOf();
  failed.push(ERROR);
  failed.gate.release();
  assert.equal(failed.gate.inspection?.kind, "error_event");
});

Deno.test("StreamGate holds nothing where stream_gate is off, and reads along all the same", () => {
  const { gate, push } = gateOf({ hold: false });
  assert.equal(gate.inspection?.kind, "passed");
  push(ERROR, MALFORMED);
  assert.equal(gate.inspection?.kind, "passed");
  assert.equal(gate.errorText, `{"error":{"message":"Overloaded","code":"overloaded"}}`);
});

Deno.test("StreamGate tells of every event, held or not", () => {
  const { gate, push, events } = gateOf();
  push(ROLE, PING, COMMENT, CONTENT, ERROR, DONE, "data: cut");
  gate.ended({ kind: "complete" });
  const data = [ROLE, PING, CONTENT, ERROR, DONE].map((text) => /data: (.*)/.exec(text)?.[1]);
  assert.deepEqual(events.map((told) => told.data), data);
});

Deno.test("StreamGate.errorText is the first error event's data, before content or after", () => {
  const { gate, push } = gateOf();
  push(CONTENT);
  assert.equal(gate.errorText, undefined);
  push(ERROR, event({ error: "another" }));
  assert.match(gate.errorText ?? "", /Overloaded/);
});

Deno.test("StreamGate.atBoundary tells whether an event could begin", () => {
  const { gate, push } = gateOf();
  assert.equal(gate.atBoundary, true);
  push(CONTENT.slice(0, -1));
  assert.equal(gate.atBoundary, false);
  push("\n");
  assert.equal(gate.atBoundary, true);
});

Deno.test("StreamGate tells once of the first content, held or committed before it", () => {
  for (const hold of [true, false]) {
    const { push, contents } = gateOf({ hold });
    push(ROLE, PING, CONTENT, CONTENT, DONE);
    assert.deepEqual(contents, [3]);
  }
  const long = gateOf();
  for (let count = 0; count < 70; count++) long.push(ROLE);
  assert.equal(long.gate.inspection?.kind, "passed");
  long.push(CONTENT);
  assert.deepEqual(long.contents, [71]);
});

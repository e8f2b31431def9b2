import assert from "node:assert/strict";
import { Departures } from "../../lib/state/departures.ts";
import { NO_CONTENT, requestOf } from "../departures.ts";
import { aliasOf, backendOf, routeOf, snapshotOf } from "../routing.ts";
import { loopsOf } from "./loops.ts";

const [A, B] = [routeOf(backendOf("a")), routeOf(backendOf("b"))];
const CHAT = aliasOf("chat", [A, B]);

/** Departures of one event loop or two: the last of them is asked. */
function setUp({ loops = 1, maxEntries = 10 } = {}) {
  let nowMs = 0;
  const make = { monotonicMs: () => nowMs, maxEntries };
  const parts = loops === 1
    ? [new Departures(make)]
    : loopsOf((shared) => new Departures({ ...make, shared }), { loops });
  const leave = (conversation: string, route = A, silentMs = 60_000) =>
    parts[0]!.callerLeft(route, requestOf(conversation, { alias: CHAT, silentMs }));
  const come = (conversation: string, lines: readonly (readonly [string, string])[] = []) => {
    const { repetition } = requestOf(conversation, { alias: CHAT, silentMs: 0, lines });
    return parts.at(-1)!.secondChoices("chat", repetition).map(({ backend }) => backend);
  };
  return { all: parts.at(-1)!, leave, come, pass: (seconds: number) => nowMs += seconds * 1000 };
}

for (const loops of [1, 2]) {
  Deno.test(`Departures makes what was left second choice when it comes again (${loops} loops)`, () => {
    const { leave, come, pass } = setUp({ loops });
    leave("c");
    pass(60);
    assert.deepEqual(come("d"), []);
    assert.deepEqual(come("c"), ["a"]);
    pass(299);
    assert.deepEqual(come("c"), ["a"]);
    pass(1);
    assert.deepEqual(come("c"), []);
  });

  Deno.test(`Departures puts the route left last behind (${loops} loops)`, () => {
    const { leave, come } = setUp({ loops });
    for (const [route, order] of [[A, "a"], [B, "ab"], [A, "ba"]] as const) {
      leave("c", route);
      assert.equal(come("c").join(""), order);
    }
  });
}

Deno.test("Departures says of a route why it is second choice, while it is", () => {
  const { all, leave, come, pass } = setUp();
  leave("c", A, 61_000);
  assert.equal(all.why(A), "");
  come("c");
  assert.equal(
    all.why(A),
    "second choice for a conversation: its caller left after 61 s of silence",
  );
  leave("d", A, 25_000);
  come("d");
  assert.equal(
    all.why(A),
    "second choice for 2 conversations: its caller left after 25 s of silence",
  );
  assert.equal(all.why(B), "");
  pass(300);
  assert.equal(all.why(A), "");
});

Deno.test("Departures keeps a bounded number, and drops the oldest", () => {
  const { leave, come } = setUp({ maxEntries: 2 });
  for (const conversation of ["c", "d", "e"]) leave(conversation);
  assert.deepEqual(["c", "d", "e"].map((each) => come(each).length), [0, 1, 1]);
});

Deno.test("Departures notes nothing where there is no choice, a drill was met, or no model is asked", () => {
  const { all, come } = setUp();
  const request = requestOf("c", { alias: CHAT, silentMs: 60_000 });
  all.callerLeft(A, { ...request, metDrill: () => true });
  all.callerLeft(A, { ...request, call: { alias: CHAT, operation: undefined } });
  all.callerLeft(A, requestOf("c", { alias: aliasOf("chat", [A]), silentMs: 60_000 }));
  all.callerLeft(A, { ...request, entry: { attempts: [], elapsedMs: () => 60_000 } });
  const content = { startedMs: 0, notes: { ...NO_CONTENT, contentMs: 1 } };
  all.callerLeft(A, { ...request, entry: { attempts: [content], elapsedMs: () => 60_000 } });
  assert.deepEqual(come("c"), []);
});

Deno.test("Departures forgets backends that are gone", () => {
  const { all, leave, come } = setUp();
  leave("c");
  come("c");
  leave("d");
  all.retain(snapshotOf([aliasOf("chat", [B])]));
  assert.deepEqual([come("c"), come("d")], [[], []]);
});

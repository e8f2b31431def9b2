import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { callRaw, connectTo, requestBytes, textOf } from "./caller.ts";
import { accountOf, ANSWER, CALL, startPair } from "./drills.ts";
import { DRILL_KINDS, type DrillKind } from "../lib/state/drills.ts";
import { ask } from "./faults/answers.ts";
import { nextEnd } from "./faults/follow.ts";
import { STREAMS } from "./faults/streams.ts";
import { includes } from "./faults/scene.ts";
import type { TestProxy } from "./proxy.ts";
import { failure } from "./state/ward.ts";
import { VENDOR_CALLS } from "./vendor_calls.ts";

for (const kind of ["429", "html200", "cut"] as const) {
  Deno.test(`a drill ${kind} is hidden by fallback, cools the route, and leaves nothing`, async () => {
    await using pair = await startPair();
    await pair.tried();
    const before = accountOf(pair.proxy);
    pair.drill(kind);
    assert.deepEqual(await pair.tried(), ["primary", "secondary", 200]);
    assert.deepEqual(await pair.tried(), ["secondary", 200]);
    assert.equal(pair.primary.requests.length, 1);
    pair.proxy.pass(60);
    assert.deepEqual(accountOf(pair.proxy), before);
    assert.deepEqual(await pair.tried(), ["primary", 200]);
  });
}

Deno.test("a drill leaves a cooldown and its doubling as they really are", async () => {
  await using pair = await startPair("fallback: { cooldown_seconds: 10 }");
  const { proxy: { state, pass, current } } = pair;
  const route = current().aliases.get("chat")!.routes[0]!;
  const fail = () => {
    const admission = state.health.admit(route);
    assert.ok(admission.kind === "admitted");
    state.health.record(admission.ticket, failure("route"), current().fallback);
  };
  fail();
  pass(10);
  fail();
  const before = accountOf(pair.proxy);
  assert.equal(before.cooldowns[0]?.cooldown.doublings, 1);
  pair.drill("html200", 5);
  assert.deepEqual(await pair.tried(), ["primary", "secondary", 200]);
  state.drills.end("primary");
  assert.deepEqual(accountOf(pair.proxy), before);
});

Deno.test("a drill 429 asks for no longer than it lasts, in the caller's format", async () => {
  await using pair = await startPair("fallback: { max_retries: 1 }");
  pair.drill("429", 30);
  pair.proxy.pass(10.5);
  const got = await callRaw(pair.proxy.url, CALL);
  assert.equal(got.status, 429);
  assert.ok(got.lines.includes("retry-after: 19"), got.lines.join("\n"));
  assert.equal(JSON.parse(textOf(got)).error.code, "rate_limit_exceeded");
});

for (const { name, request } of VENDOR_CALLS.filter(({ events }) => events.length > 0)) {
  Deno.test(`a drill cut breaks a stream off after its first content: ${name}`, async () => {
    await using pair = await startPair();
    const before = accountOf(pair.proxy);
    const drill = pair.drill("cut");
    const got = await callRaw(pair.proxy.url, request);
    assert.deepEqual([got.status, got.ending], [200, "cut"]);
    includes(textOf(got), "This is a drill");
    assert.deepEqual(pair.proxy.state.health.cooldowns()[0]?.cooldown.row, 19);
    includes(pair.proxy.lines.join("\n"), "CONNECTION_LOST: a drill cuts it off");
    assert.equal(pair.proxy.state.drills.end("primary"), drill);
    assert.deepEqual(accountOf(pair.proxy), before);
  });
}

/** The row by which each kind is judged; of those that begin an answer, the row without a stream. */
const ROWS: Readonly<Record<DrillKind, number>> = {
  "401": 10,
  "402": 21,
  "404": 22,
  "429": 12,
  "503": 12,
  cut: 17,
  empty200: 16,
  error200: 15,
  error_event: 15,
  hang: 6,
  html200: 16,
  pings: 18,
  slow503: 12,
};
const BEGUN: ReadonlySet<DrillKind> = new Set(["cut", "error_event"]);
const SHORT = "timeouts: { first_byte_seconds: 0.1, first_content_seconds: 0.1 }";

const CALLS = [
  ...VENDOR_CALLS.map(({ name, request, events }) => ({
    name,
    request,
    streams: events.length > 0,
  })),
  ...STREAMS.map(({ name, request }) => ({ name: `a stream of ${name}`, request, streams: true })),
];

for (const { name, request, streams } of CALLS) {
  Deno.test(`a drill of each kind is taken for what it plays: ${name}`, async () => {
    for (const kind of DRILL_KINDS) {
      await using pair = await startPair(SHORT);
      pair.drill(kind);
      const { entry } = await ask(pair.proxy, request);
      const [first] = entry.attempts;
      const isLate = streams && BEGUN.has(kind);
      const row = isLate ? entry.late?.row : first?.verdict.row;
      assert.equal(row, isLate ? { cut: 19, error_event: 20 }[kind as string] : ROWS[kind], kind);
    }
  });
}

for (const kind of ["pings", "slow503"] as const) {
  Deno.test(`a drill ${kind} lets go of what waits when the drill ends`, async () => {
    await using pair = await startPair();
    const { state, url } = pair.proxy;
    pair.drill(kind);
    await using caller = await connectTo(url);
    await caller.send(requestBytes(CALL));
    await waiting(pair.proxy);
    state.drills.end("primary");
    assert.equal(textOf(await caller.reply()), ANSWER);
    assert.deepEqual(state.health.cooldowns(), []);
  });

  Deno.test(`a drill ${kind} is over for a caller who leaves`, async () => {
    await using pair = await startPair();
    pair.drill(kind);
    const ended = nextEnd(pair);
    await using caller = await connectTo(pair.proxy.url);
    await caller.send(requestBytes(CALL));
    await waiting(pair.proxy);
    caller.leave();
    await ended;
    assert.equal(accountOf(pair.proxy).routes[0]?.inFlight, 0);
  });
}

Deno.test("a drill hang gives no head until first_byte_seconds", async () => {
  await using pair = await startPair("timeouts: { first_byte_seconds: 0.1 }");
  pair.drill("hang");
  assert.deepEqual(await pair.tried(), ["primary", "secondary", 200]);
  assert.equal(pair.proxy.state.health.cooldowns()[0]?.cooldown.row, 6);
});

Deno.test("a drill hang gives up by itself when the drill is over", async () => {
  await using pair = await startPair();
  pair.drill("hang", 0.1);
  assert.deepEqual(await pair.tried(), ["primary", "secondary", 200]);
  includes(pair.proxy.lines.join("\n"), "the drill that let it hang is over");
});

Deno.test("a drill hang lets go of what waits when the drill ends", async () => {
  await using pair = await startPair();
  const { state, url } = pair.proxy;
  pair.drill("hang");
  await using caller = await connectTo(url);
  await caller.send(requestBytes(CALL));
  await waiting(pair.proxy);
  state.drills.end("primary");
  assert.equal(textOf(await caller.reply()), ANSWER);
  assert.deepEqual(state.health.cooldowns(), []);
  assert.deepEqual(await pair.tried().then((tried) => tried.slice(-2)), ["primary", 200]);
});

Deno.test("a drill hang is over for a caller who leaves", async () => {
  await using pair = await startPair();
  pair.drill("hang");
  const ended = new Promise<void>((resolve) => {
    pair.proxy.state.journal.watch({ onAttempt() {}, onEnd: () => resolve() });
  });
  await using caller = await connectTo(pair.proxy.url);
  await caller.send(requestBytes(CALL));
  await waiting(pair.proxy);
  caller.leave();
  await ended;
  assert.equal(accountOf(pair.proxy).routes[0]?.inFlight, 0);
});

/** Resolves once an attempt waits for its reply: nothing tells, since nothing has happened yet. */
async function waiting({ state, current }: TestProxy): Promise<void> {
  const primary = current().backends.get("primary")!;
  while (state.health.inFlight(primary) === 0) await delay(1);
}

Deno.test("a drill answers an upload that is sent on as it comes in, without its bytes", async () => {
  await using pair = await startPair("default_backend: primary");
  const body = "x".repeat(3 * 1024 * 1024);
  const lines = ["Content-Type: application/octet-stream"];
  pair.drill("429");
  const request = { target: "/v1/uploads/u1/parts", lines, body };
  assert.deepEqual(await pair.tried(request), ["primary", 429]);
  assert.equal(pair.primary.requests.length, 0);
  assert.equal(accountOf(pair.proxy).routes[0]?.inFlight, 0);
});

Deno.test("a drill moves no conversation: it comes back to where it was", async () => {
  await using pair = await startPair();
  const request = { ...CALL, lines: ["x-session-id: s1"] };
  assert.deepEqual(await pair.tried(request), ["primary", 200]);
  pair.drill("429");
  assert.deepEqual(await pair.tried(request), ["primary", "secondary", 200]);
  assert.deepEqual(await pair.tried(request), ["secondary", 200]);
  pair.proxy.state.drills.end("primary");
  assert.deepEqual(await pair.tried(request), ["primary", 200]);
});

Deno.test("a drill begins no conversation at the backend that helped out", async () => {
  await using pair = await startPair();
  const request = { ...CALL, lines: ["x-session-id: s2"] };
  pair.drill("429");
  assert.deepEqual(await pair.tried(request), ["primary", "secondary", 200]);
  pair.proxy.pass(60);
  assert.deepEqual(await pair.tried(request), ["primary", 200]);
});

Deno.test("drills of several backends at once end each by itself", async () => {
  await using pair = await startPair();
  pair.drill("html200", 60);
  const { state } = pair.proxy;
  const { backends } = pair.proxy.current();
  state.drills.start(backends.get("secondary")!, { kind: "429", forMs: 30_000 });
  assert.deepEqual(await pair.tried(), ["primary", "secondary", 429]);
  pair.proxy.pass(30);
  assert.deepEqual(await pair.tried(), ["secondary", 200]);
  pair.proxy.pass(30);
  assert.deepEqual(await pair.tried(), ["primary", 200]);
});

Deno.test("a drill is marked in the log and in the request's record", async () => {
  await using pair = await startPair();
  pair.drill("html200");
  await pair.tried();
  const [record = ""] = await pair.proxy.logs();
  includes(record, " (drill); the route cools for 300 s, set by cooldown_seconds\n");
  includes(
    pair.proxy.lines.join("\n"),
    " (drill); the route cools for 300 s, set by cooldown_seconds [",
  );
});

Deno.test("a drill ends when a reload takes its backend away", async () => {
  await using pair = await startPair();
  pair.drill("hang");
  await pair.proxy.configure(`
backends: [{ name: other, url: "${pair.primary.url}" }]
models: { chat: [{ backend: other, model: m }] }
`);
  assert.deepEqual(pair.proxy.state.drills.all(), []);
});

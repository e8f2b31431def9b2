import assert from "node:assert/strict";
import { requestOf } from "../departures.ts";
import { explain, type Explanation } from "../../lib/admin/explain.ts";
import type { Alias, Snapshot } from "../../lib/config/snapshot.ts";
import { createState, type State } from "../../lib/state/state.ts";
import { standingClock } from "../proxy.ts";
import { aliasOf, backendOf, callerOf, FALLBACK, routeOf, snapshotOf } from "../routing.ts";
import { failure } from "../state/ward.ts";

const A = routeOf(backendOf("a"), { model: "a-model" });
const B = routeOf(backendOf("b"), { model: "b-model", priority: 2 });

function setUp(aliases: readonly Alias[], given: Partial<Snapshot> = {}) {
  const clock = standingClock();
  const flush = () => Promise.resolve();
  const silent = {
    debug() {},
    info() {},
    warn() {},
    error() {},
    takes: () => true,
    flush,
    dropped: 0,
  };
  const state = createState({ clock, random: () => assert.fail("a draw was made"), log: silent });
  const snapshot = snapshotOf(aliases, given);
  const ask = (query: string) =>
    explain(new URLSearchParams(query), { state, current: () => snapshot });
  return {
    state,
    pass: clock.pass,
    ask,
    explained(query = "model=chat") {
      const { status, body } = ask(query);
      assert.equal(status, 200, JSON.stringify(body));
      return body as Explanation;
    },
    refused(query: string) {
      const { status, body } = ask(query);
      const { error } = body as { error: { code: string; message: string } };
      return [status, error.code, error.message];
    },
  };
}

function fail({ health }: State, route = A, hintMs?: number): void {
  const admission = health.admit(route);
  assert.ok(admission.kind === "admitted");
  health.record(admission.ticket, failure("route", hintMs), FALLBACK);
}

function shown({ routes }: Explanation) {
  return routes.map(({ backend, state, why }) => [backend, state, why]);
}

Deno.test("explain() gives the routes in the order of a plan, and what they come to", () => {
  const { explained } = setUp([aliasOf("chat", [B, A])]);
  const explanation = explained();
  assert.deepEqual(shown(explanation), [["a", "ready", ""], ["b", "ready", ""]]);
  assert.equal(
    explanation.verdict,
    "A new request goes to a (a-model) first, then down the list. At most 3 attempts " +
      "(max_retries), none begun 240 s after its arrival. A conversation goes where it was served " +
      "last, before all of these.",
  );
});

Deno.test("explain() tells what cools, why, and when it is back", () => {
  const { state, pass, explained } = setUp([aliasOf("chat", [A, B])]);
  fail(state);
  pass(258);
  const { routes: [first], verdict } = explained();
  assert.deepEqual([first?.state, first?.isIn, first?.backInSeconds], ["cooling", false, 42]);
  assert.equal(first?.why, "cooling for another 42 s after status 503");
  assert.match(verdict, /^A new request goes to b \(b-model\) first\. /);
});

Deno.test("explain() tells of a probe that is due, and of one under way", () => {
  const { state, pass, explained } = setUp([aliasOf("chat", [A, B])]);
  fail(state);
  pass(300);
  const why = "its cooldown after status 503 is over: the next request probes it";
  assert.deepEqual(shown(explained())[0], ["a", "probe", why]);
  state.health.admit(A);
  assert.equal(explained().routes[0]?.state, "probing");
});

Deno.test("explain() tells a backend at its max_concurrent, with its numbers", () => {
  const route = routeOf(backendOf("full", { maxConcurrent: 1 }));
  const { state, explained } = setUp([aliasOf("chat", [route, B])]);
  state.health.admit(route);
  const [first] = explained().routes;
  assert.deepEqual([first?.state, first?.inFlight, first?.maxConcurrent], ["at_capacity", 1, 1]);
});

Deno.test("explain() lists what is turned off or speaks another format last", () => {
  const off = routeOf(backendOf("off"), { enabled: false });
  const other = routeOf(backendOf("other", { dialects: ["gemini"] }));
  const { explained } = setUp([aliasOf("chat", [off, other, A])]);
  assert.deepEqual(explained().routes.map(({ state }) => state), ["ready", "off", "format"]);
  const asGemini = explained("model=chat&dialect=gemini");
  assert.deepEqual(asGemini.routes.map(({ state }) => state), ["ready", "ready", "off"]);
});

Deno.test("explain() says so where no backend takes the format", () => {
  const other = routeOf(backendOf("other", { dialects: ["gemini"] }));
  const { explained } = setUp([aliasOf("chat", [other])]);
  const asked = explained("model=chat&dialect=openai");
  assert.match(asked.verdict, /^"chat" has no backend for calls in openai's format/);
});

Deno.test("cases 14: explain() takes a format that fits, openai's where any route takes it", () => {
  const [one, two] = ["one", "two"].map((name) =>
    routeOf(backendOf(name, { dialects: ["anthropic"] }))
  );
  const gemini = routeOf(backendOf("three", { dialects: ["gemini"] }));
  assert.ok(one !== undefined && two !== undefined);
  const { explained } = setUp([
    aliasOf("chat", [one]),
    aliasOf("mixed", [gemini, one, two]),
    aliasOf("any", [A]),
    aliasOf("some", [one, two, A]),
    aliasOf("spare", [gemini], { fallbackTo: ["chat"] }),
  ]);
  assert.deepEqual(shown(explained()), [["one", "ready", ""]]);
  assert.match(explained().verdict, /^A new request goes to one/);
  const dialects = ["chat", "mixed", "any", "some", "spare"].map((name) =>
    explained(`model=${name}`).dialect
  );
  assert.deepEqual(dialects, ["anthropic", "anthropic", "openai", "openai", "anthropic"]);
});

Deno.test("cases 14: explain() gives no time for what only a person brings back", () => {
  const { state, explained } = setUp([aliasOf("chat", [A])]);
  state.health.outOfUse.add(A);
  const { routes: [first], verdict } = explained();
  assert.deepEqual([first?.state, first?.backInSeconds], ["out_of_use", undefined]);
  assert.match(first?.why ?? "", /^put out of use on the dashboard/);
  assert.equal(verdict, "Every route is out, so requests are answered 503.");
});

Deno.test("cases 14: explain() tells of callers whose own key cools, whoever asks", () => {
  const { state, pass, explained } = setUp([aliasOf("chat", [A, B])]);
  const admission = state.health.admit(A, { callerKey: () => "digest" });
  assert.ok(admission.kind === "admitted");
  state.health.record(admission.ticket, failure("caller"), FALLBACK);
  assert.deepEqual(shown(explained())[0], [
    "a",
    "ready",
    "not for one caller whose own key cools there",
  ]);
  pass(100_000);
  assert.deepEqual(shown(explained())[0]?.slice(0, 2), ["a", "ready"]);
  assert.doesNotMatch(explained().routes[0]?.why ?? "", /own key/);
});

Deno.test("explain() puts the aliases it falls back to in their place", () => {
  const { explained } = setUp([
    aliasOf("chat", [A], { fallbackTo: ["spare"] }),
    aliasOf("spare", [B]),
  ]);
  const places = explained().routes.map(({ alias, backend }) => [alias, backend]);
  assert.deepEqual(places, [["chat", "a"], ["spare", "b"]]);
});

Deno.test("explain() marks what max_retries keeps from being tried", () => {
  const fallback = { ...FALLBACK, maxAttempts: 1 };
  const { explained } = setUp([aliasOf("chat", [A, B])], { fallback });
  const why = "only where routes before it are out: max_retries is 1";
  assert.deepEqual(shown(explained())[1], ["b", "ready", why]);
});

const BALANCED: readonly (readonly [Alias["balance"], string, string])[] = [
  ["weighted", "drawn by weight: 75 % (weight 3 of 4)", "drawn by weight: 25 % (weight 1 of 4)"],
  ["round_robin", "in turn, turn 1 (weight 3 of 4)", "in turn, turn 1 (weight 1 of 4)"],
  ["least_busy", "0 in flight (weight 3 of 4)", "0 in flight (weight 1 of 4)"],
  ["fastest", "not measured lately", "not measured lately"],
];

for (const [balance, heavy, light] of BALANCED) {
  Deno.test(`explain() gives the numbers of ${balance}`, () => {
    const routes = [{ ...A, weight: 3 }, { ...B, priority: 1 }];
    const { explained } = setUp([aliasOf("chat", routes, { balance })]);
    assert.deepEqual(explained().routes.map(({ why }) => why), [heavy, light]);
  });
}

Deno.test("explain() gives the measured time of the fastest", () => {
  const { state, explained } = setUp([
    aliasOf("chat", [A, { ...B, priority: 1 }], { balance: "fastest" }),
  ]);
  state.timings.note(B, 320.4);
  assert.deepEqual(shown(explained()), [
    ["a", "ready", "not measured lately"],
    ["b", "ready", "first content in 320 ms"],
  ]);
});

Deno.test("explain() names the last resort where everything is cooling", () => {
  const { state, explained } = setUp([aliasOf("chat", [A, B])]);
  fail(state, A, 60_000);
  fail(state, B, 20_000);
  assert.match(
    explained().verdict,
    /^Every route is out\. Those .* tried all the same, b \(b-model\) first/,
  );
});

Deno.test("explain() tells the 503 where a cooling route is not to be tried", () => {
  const fallback = { ...FALLBACK, whenAllCooling: "reject" as const };
  const { state, explained } = setUp([aliasOf("chat", [A])], { fallback });
  fail(state, A, 20_000);
  assert.equal(
    explained().verdict,
    "Every route is out, so requests are answered 503 with Retry-After: 20.",
  );
});

Deno.test("explain() shows a drill and what it has cooled", () => {
  const { state, explained } = setUp([aliasOf("chat", [A, B])]);
  state.drills.start(A.backend, { kind: "hang", forMs: 30_000 });
  const [first] = explained().routes;
  assert.deepEqual([first?.isIn, first?.drill?.kind, first?.drill?.secondsLeft], [
    true,
    "hang",
    30,
  ]);
});

Deno.test("explain() gives the default backend for a name that no alias has", () => {
  const { backend } = A;
  const { explained } = setUp([aliasOf("chat", [A])], { defaultBackend: backend });
  const { by, routes } = explained("model=gpt-x");
  assert.deepEqual([by, routes[0]?.backend, routes[0]?.model], ["default_backend", "a", "gpt-x"]);
});

Deno.test("explain() names the nearest aliases for a name that nobody has", () => {
  const { refused } = setUp([aliasOf("chat", [A])]);
  const message = `Unknown model "chit". Nearest aliases: "chat".`;
  assert.deepEqual(refused("model=chit"), [400, "unknown_model", message]);
});

Deno.test("explain() asks for a caller of clients, by what it may call", () => {
  const callers = [callerOf("laptop", { models: ["other"] })];
  const { refused } = setUp([aliasOf("chat", [A])], { callers });
  assert.deepEqual(refused("model=chat&caller=laptop").slice(0, 2), [403, "model_not_allowed"]);
  const message = `clients has nobody called "phone"; there are: "laptop".`;
  assert.deepEqual(refused("model=chat&caller=phone"), [404, "no_such_caller", message]);
});

Deno.test("explain() refuses a question that names no model, or no known format", () => {
  const { refused } = setUp([aliasOf("chat", [A])]);
  assert.deepEqual(refused("").slice(0, 2), [400, "invalid_call"]);
  assert.deepEqual(refused("model=chat&dialect=french").slice(0, 2), [400, "invalid_call"]);
});

Deno.test("explain() changes nothing: no ticket, no turn, no draw, no probe", () => {
  const pool = routeOf(backendOf("pool", { keys: ["k1", "k2"] }), { model: "m" });
  const alias = aliasOf("chat", [pool, { ...A, priority: 1 }], { balance: "round_robin" });
  const { state, pass, explained } = setUp([alias]);
  fail(state, A);
  pass(300);
  const account = () => ({
    cooldowns: state.health.cooldowns(),
    probing: state.health.cooldowns().map(({ subject }) => state.health.isProbing(subject)),
    inFlight: [pool, A].map(({ backend }) => state.health.inFlight(backend)),
    turn: state.turns.peek(alias),
  });
  const before = account();
  const first = explained();
  assert.deepEqual(explained(), first);
  assert.deepEqual(account(), before);
  const admission = state.health.admit(pool);
  assert.equal(admission.kind === "admitted" && admission.ticket.key, "k1");
});

Deno.test("cases 15: explain() tells that a route is second choice for whom its caller left in silence", () => {
  const alias = aliasOf("chat", [A, B]);
  const { state, explained } = setUp([alias]);
  const request = requestOf("c", { alias, silentMs: 60_000 });
  state.departures.callerLeft(A, request);
  state.departures.secondChoices("chat", request.repetition);
  const why = "second choice for a conversation: its caller left after 60 s of silence";
  assert.deepEqual(shown(explained()), [["a", "ready", why], ["b", "ready", ""]]);
});

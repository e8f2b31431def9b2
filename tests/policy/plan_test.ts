import assert from "node:assert/strict";
import fc from "fast-check";
import type { Alias, Route } from "../../lib/config/snapshot.ts";
import { anthropic } from "../../lib/dialect/anthropic.ts";
import { openai } from "../../lib/dialect/openai.ts";
import type { Call } from "../../lib/policy/identify.ts";
import { misfit } from "../../lib/policy/misfit.ts";
import { type Home, type Plan, planFor, type Standing } from "../../lib/policy/plan.ts";
import { aliasOf, backendOf, routeOf, snapshotOf } from "../routing.ts";

function callOf(alias: Alias): Call {
  const rest = {
    dialect: openai,
    operation: undefined,
    streamed: false,
    upgrade: false,
    places: [],
  };
  return { kind: "call", alias, ...rest };
}

/** A call on the first alias; the others are there to fall back to. */
function planOf(aliases: readonly [Alias, ...Alias[]], given: Partial<Standing> = {}): Plan {
  return planFor(callOf(aliases[0]), {
    random: () => 0,
    snapshot: snapshotOf(aliases),
    turnOf: () => assert.fail("nobody takes turns"),
    inFlight: () => assert.fail("nobody asks who is busy"),
    firstContentMs: () => assert.fail("nobody asks who is fast"),
    home: undefined,
    secondChoices: [],
    ...given,
  });
}

function plan(routes: readonly Route[], random: () => number = () => 0): Plan {
  return planOf([aliasOf("chat", routes)], { random });
}

function namesIn({ routes }: Plan): string[] {
  return routes.map(({ backend }) => backend.name);
}

function order(routes: readonly Route[], random?: () => number): string[] {
  return namesIn(plan(routes, random));
}

/** Marsaglia's xorshift32, so that a distribution is the same in every run. */
function seededRandom(): () => number {
  let state = 0x9e3779b9;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

Deno.test("planFor() puts smaller priorities first, as written or not, heavy or not", () => {
  const routes = [
    routeOf(backendOf("third"), { priority: 10, weight: 1000 }),
    routeOf(backendOf("first"), { priority: -1, weight: 0.001 }),
    routeOf(backendOf("second"), { priority: 2 }),
  ];
  const random = seededRandom();
  for (let run = 0; run < 100; run++) {
    assert.deepEqual(order(routes, random), ["first", "second", "third"]);
  }
});

Deno.test("planFor() shares the first place of a priority by weight", () => {
  const routes = [
    routeOf(backendOf("one"), { weight: 1 }),
    routeOf(backendOf("three"), { weight: 3 }),
    routeOf(backendOf("six"), { weight: 6 }),
  ];
  const first = new Map<string | undefined, number>();
  const random = seededRandom();
  for (let run = 0; run < 10_000; run++) {
    const [name] = order(routes, random);
    first.set(name, (first.get(name) ?? 0) + 1);
  }
  for (const [name, expected] of [["one", 1000], ["three", 3000], ["six", 6000]] as const) {
    const seen = first.get(name) ?? 0;
    assert.ok(Math.abs(seen - expected) < 200, `${name} came first ${seen} times of 10000`);
  }
});

Deno.test("planFor() shares the second place by the remaining weights", () => {
  const routes = [
    routeOf(backendOf("heavy"), { weight: 1_000_000 }),
    routeOf(backendOf("one"), { weight: 1 }),
    routeOf(backendOf("three"), { weight: 3 }),
  ];
  const random = seededRandom();
  let seen = 0;
  for (let run = 0; run < 10_000; run++) if (order(routes, random)[1] === "three") seen++;
  assert.ok(Math.abs(seen - 7500) < 200, `three came second ${seen} times of 10000`);
});

Deno.test("planFor() has every route exactly once, at the ends of the random range too", () => {
  const names = ["a", "b", "c", "d"];
  const routes = names.map((name) => routeOf(backendOf(name), { weight: 0.5 }));
  for (const random of [() => 0, () => 1 - 2 ** -53, seededRandom()]) {
    assert.deepEqual(order(routes, random).sort(), names);
  }
});

Deno.test("planFor() skips what is turned off, with the reason", () => {
  const routes = [
    routeOf(backendOf("route-off"), { enabled: false }),
    routeOf(backendOf("backend-off", { enabled: false })),
    routeOf(backendOf("on")),
  ];
  assert.deepEqual(order(routes), ["on"]);
  assert.deepEqual(
    plan(routes).skipped.map(({ route, reason }) => `${route.backend.name}: ${reason}`),
    [
      "route-off: the route is turned off (enabled: false)",
      "backend-off: the backend is turned off (enabled: false)",
    ],
  );
});

/** Routes of one alias, each to a backend of its own. */
const someRoutes = fc.array(
  fc.record({
    priority: fc.integer({ min: -2, max: 2 }),
    weight: fc.double({ min: 0, minExcluded: true, max: 1e9, noNaN: true }),
    enabled: fc.boolean(),
  }),
  { maxLength: 12 },
).map((all) => all.map((given, index) => routeOf(backendOf(`b${index}`), given)));

/** What any balance may ask. */
const someStanding = fc.record({
  random: fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
    .map((draws) => () => draws.next().value!),
  turnOf: fc.nat().map((turn) => () => turn),
  inFlight: fc.nat(9).map((most) => ({ name }: { name: string }) => name.length % (most + 1)),
  firstContentMs: fc.option(fc.nat(), { nil: undefined }).map((ms) => () => ms),
});

const someBalance = fc.constantFrom("weighted", "round_robin", "least_busy", "fastest");

Deno.test("planFor() has every enabled route once, priorities ascending, in any balance", () => {
  const property = fc.property(someRoutes, someBalance, someStanding, (routes, balance, given) => {
    const planned = planOf([aliasOf("chat", routes, { balance })], given);
    const byName = (a: Route, b: Route) => a.backend.name < b.backend.name ? -1 : 1;
    const enabled = routes.filter((route) => route.enabled).sort(byName);
    assert.deepEqual([...planned.routes].sort(byName), enabled);
    const priorities = planned.routes.map(({ priority }) => priority);
    assert.deepEqual(priorities, [...priorities].sort((a, b) => a - b));
    assert.equal(planned.skipped.length, routes.length - enabled.length);
  });
  fc.assert(property);
});

Deno.test("planFor() plans no model of a backend twice, under its better priority", () => {
  const twin = backendOf("twin");
  const routes = [
    routeOf(twin, { priority: 3 }),
    routeOf(backendOf("other"), { priority: 2 }),
    routeOf(twin, { priority: 1 }),
    routeOf(twin, { priority: 4, model: "another" }),
    routeOf(twin, { priority: 5, enabled: false }),
  ];
  const { routes: planned, skipped } = plan(routes);
  assert.deepEqual(planned.map(({ priority }) => priority), [1, 2, 4]);
  assert.deepEqual(skipped, []);
});

/** The named aliases with one route each, to a backend of the same name in capitals. */
function chainOf(fallbacks: Readonly<Record<string, readonly string[]>>): [Alias, ...Alias[]] {
  const [first, ...others] = Object.entries(fallbacks).map(([name, fallbackTo]) => {
    return aliasOf(name, [routeOf(backendOf(name.toUpperCase()))], { fallbackTo });
  });
  return [first!, ...others];
}

Deno.test("planFor() goes on to the aliases of fallbackTo, depth first, each once", () => {
  const aliases = chainOf({ a: ["b", "c"], e: [], c: ["e", "d"], b: ["d"], d: ["e"] });
  assert.deepEqual(namesIn(planOf(aliases)), ["A", "B", "D", "E", "C"]);
});

Deno.test("planFor() ends although aliases fall back in a circle (F053)", () => {
  assert.deepEqual(namesIn(planOf(chainOf({ a: ["a", "b"], b: ["c"], c: ["a", "b"] }))), [
    "A",
    "B",
    "C",
  ]);
});

Deno.test("planFor() ignores a fallback to an alias that does not exist", () => {
  assert.deepEqual(namesIn(planOf(chainOf({ a: ["__proto__", "gone", "b"], b: [] }))), ["A", "B"]);
});

Deno.test("planFor() puts the routes of a fallback after all of the alias, whatever priorities", () => {
  const routes = [routeOf(backendOf("last"), { priority: 9 }), routeOf(backendOf("first"))];
  const spare = aliasOf("spare", [routeOf(backendOf("spare"), { priority: -1 })]);
  const chat = aliasOf("chat", routes, { fallbackTo: ["spare"] });
  assert.deepEqual(namesIn(planOf([chat, spare])), ["first", "last", "spare"]);
});

Deno.test("planFor() skips the routes of a disabled alias, and goes on to its fallbacks", () => {
  const aliases = chainOf({ a: ["b"], b: ["c"], c: [] });
  const [a, b, c] = [aliases[0], { ...aliases[1]!, enabled: false }, aliases[2]!];
  const planned = planOf([a, b, c]);
  assert.deepEqual(namesIn(planned), ["A", "C"]);
  assert.deepEqual(
    planned.skipped.map(({ route, reason }) => `${route.backend.name}: ${reason}`),
    ["B: the alias b is turned off (enabled: false)"],
  );
});

Deno.test("planFor() neither repeats nor skips in a fallback what it has planned already", () => {
  const shared = routeOf(backendOf("shared"));
  const off = routeOf(backendOf("off", { enabled: false }));
  const chat = aliasOf("chat", [shared, off], { fallbackTo: ["spare", "dead"] });
  const again = routeOf(backendOf("shared"), { priority: 7 });
  const spare = aliasOf("spare", [again, off, routeOf(backendOf("shared"), { model: "other" })]);
  const dead = aliasOf("dead", [shared], { enabled: false });
  const planned = planOf([chat, spare, dead]);
  assert.deepEqual(planned.routes.map(({ model }) => model), ["model", "other"]);
  assert.deepEqual(planned.skipped.map(({ route }) => route), [off]);
});

const WARM = [
  routeOf(backendOf("best"), { priority: 1 }),
  routeOf(backendOf("warm"), { priority: 2, model: "large" }),
  routeOf(backendOf("warm"), { priority: 3, model: "small" }),
  routeOf(backendOf("off"), { priority: 4, enabled: false }),
];

function orderAtHome(home: Omit<Home, "why">): string[] {
  const chat = aliasOf("chat", WARM, { fallbackTo: ["spare"] });
  const spare = aliasOf("spare", [routeOf(backendOf("spare"))]);
  const { routes } = planOf([chat, spare], { home: { ...home, why: "session" } });
  return routes.map(({ backend, model }) => `${backend.name} ${model}`);
}

const AWAY = ["best model", "warm large", "warm small", "spare model"];

Deno.test("planFor() begins where the conversation belongs, whatever the priority", () => {
  const small = ["warm small", "best model", "warm large", "spare model"];
  assert.deepEqual(orderAtHome({ backend: "warm", model: "small" }), small);
  assert.deepEqual(orderAtHome({ backend: "best", model: "model" }), AWAY);
  const spare = ["spare model", "best model", "warm large", "warm small"];
  assert.deepEqual(orderAtHome({ backend: "spare", model: "model" }), spare);
});

Deno.test("planFor() takes the home's first route where its model is not known or not planned", () => {
  const large = ["warm large", "best model", "warm small", "spare model"];
  assert.deepEqual(orderAtHome({ backend: "warm", model: undefined }), large);
  assert.deepEqual(orderAtHome({ backend: "warm", model: "retired" }), large);
});

Deno.test("planFor() leaves the order where the home is disabled or gone", () => {
  assert.deepEqual(orderAtHome({ backend: "off", model: "model" }), AWAY);
  assert.deepEqual(orderAtHome({ backend: "gone", model: "model" }), AWAY);
});

const FORMATS = [
  routeOf(backendOf("claude", { dialects: ["anthropic"] })),
  routeOf(backendOf("both", { dialects: ["anthropic", "openai"] })),
  routeOf(backendOf("azure", { dialects: ["azure"] })),
  routeOf(backendOf("any")),
];

Deno.test("planFor() passes over a backend that states other dialects than the call's", () => {
  const plan = planOf([aliasOf("chat", FORMATS)]);
  assert.deepEqual(namesIn(plan).sort(), ["any", "both"]);
  assert.deepEqual(plan.skipped.map(({ route, reason }) => `${route.backend.name}: ${reason}`), [
    "claude: it takes the format of anthropic, and this call is in openai's",
    "azure: it takes the format of azure, and this call is in openai's",
  ]);
});

Deno.test("planFor() passes over a home that does not speak the call's dialect", () => {
  const home = { backend: "claude", model: "model", why: "" };
  assert.ok(!namesIn(planOf([aliasOf("chat", FORMATS)], { home })).includes("claude"));
});

Deno.test("planFor() falls back to an alias that has a backend of the call's dialect", () => {
  const [claude, both] = FORMATS;
  const alias = aliasOf("chat", [claude!], { fallbackTo: ["other"] });
  const plan = planOf([alias, aliasOf("other", [both!])]);
  assert.deepEqual(namesIn(plan), ["both"]);
  assert.equal(misfit(plan, callOf(alias)), undefined);
});

Deno.test("misfit() is a 400 that names the alias and what its backends take", () => {
  const routes = [FORMATS[0]!, FORMATS[2]!, routeOf(backendOf("off", { enabled: false }))];
  const alias = aliasOf("chat", routes);
  const { status, code, message = "" } = misfit(planOf([alias]), callOf(alias)) ?? {};
  assert.deepEqual([status, code], [400, "format_not_taken"]);
  assert.match(
    message,
    /^"chat" has no backend for calls in openai's format: claude \(model\): it/,
  );
  assert.match(message, /; azure \(model\): it takes the format of azure/);
  assert.ok(!message.includes("off"));
});

Deno.test("misfit() is nothing while a route is left, or where all are only turned off", () => {
  const isFit = (alias: Alias) => misfit(planOf([alias]), callOf(alias)) === undefined;
  assert.ok(isFit(aliasOf("chat", FORMATS)));
  assert.ok(isFit(aliasOf("chat", [routeOf(backendOf("off", { enabled: false }))])));
});

Deno.test("misfit() goes by the dialect of the call", () => {
  const alias = aliasOf("chat", [FORMATS[0]!]);
  const call = { ...callOf(alias), dialect: anthropic };
  const standing: Standing = {
    random: () => 0,
    snapshot: snapshotOf([alias]),
    turnOf: () => 0,
    inFlight: () => 0,
    firstContentMs: () => undefined,
    home: undefined,
    secondChoices: [],
  };
  assert.equal(misfit(planFor(call, standing), call), undefined);
});

import assert from "node:assert/strict";
import type { Route } from "../../lib/config/snapshot.ts";
import { openai } from "../../lib/dialect/openai.ts";
import { planFor } from "../../lib/policy/plan.ts";
import { aliasOf, backendOf, routeOf } from "../routing.ts";

function plan(routes: readonly Route[], random: () => number = () => 0) {
  const alias = aliasOf("chat", routes);
  const rest = { dialect: openai, countsTokens: false, streamed: false, modelSpans: [] };
  return planFor({ kind: "call", alias, ...rest }, { random });
}

function order(routes: readonly Route[], random?: () => number): string[] {
  return plan(routes, random).routes.map(({ backend }) => backend.name);
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

import assert from "node:assert/strict";
import fc from "fast-check";
import type { Alias, Balance, Route } from "../../lib/config/snapshot.ts";
import { balanced, type Circumstances } from "../../lib/policy/balance.ts";
import { aliasOf, backendOf, routeOf } from "../routing.ts";

const [A, B, C] = ["a", "b", "c"].map((name) => routeOf(backendOf(name))) as [Route, Route, Route];

function order(routes: readonly Route[], balance: Balance, given: Partial<Circumstances>): string {
  const alias = aliasOf("chat", routes, { balance });
  const idle = { random: () => 0, turnOf: () => 0, inFlight: () => 0, firstContentMs: () => 0 };
  const ordered = balanced(routes, alias, { ...idle, ...given });
  return ordered.map(({ backend }) => backend.name).join(" ");
}

/** A count for each backend, by its name. */
function of(counts: Readonly<Record<string, number>>): (name: string) => number {
  return (name) => counts[name] ?? assert.fail(`no count for ${name}`);
}

function busy(counts: Readonly<Record<string, number>>): Partial<Circumstances> {
  return { inFlight: ({ name }) => of(counts)(name) };
}

function fast(ms: Readonly<Record<string, number | undefined>>): Partial<Circumstances> {
  return { firstContentMs: ({ backend }) => ms[backend.name] };
}

Deno.test("balanced() takes turns under round_robin, the rest of the rotation following", () => {
  const orders = [0, 1, 2, 3].map((turn) =>
    order([A, B, C], "round_robin", { turnOf: () => turn })
  );
  assert.deepEqual(orders, ["a b c", "b c a", "c a b", "a b c"]);
});

Deno.test("balanced() takes turns within each priority", () => {
  const later = [
    routeOf(backendOf("x"), { priority: 2 }),
    routeOf(backendOf("y"), { priority: 2 }),
  ];
  const orders = [0, 1, 2].map((turn) => {
    return order([later[0]!, A, B, C, later[1]!], "round_robin", { turnOf: () => turn });
  });
  assert.deepEqual(orders, ["a b c x y", "b c a y x", "c a b x y"]);
});

const someRoutes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })
  .map((weights) => weights.map((weight, index) => routeOf(backendOf(`b${index}`), { weight })));

Deno.test("balanced() gives each route as many turns as its weight under round_robin", () => {
  fc.assert(fc.property(someRoutes, fc.nat(1000), (routes, round) => {
    const total = routes.reduce((sum, { weight }) => sum + weight, 0);
    const turns = Array.from({ length: total }, (_, index) => round * total + index);
    const first = turns.map((turn) => {
      return order(routes, "round_robin", { turnOf: () => turn }).split(" ")[0];
    });
    for (const { backend, weight } of routes) {
      assert.equal(first.filter((name) => name === backend.name).length, weight);
    }
  }));
});

Deno.test("balanced() asks for a turn once, and under round_robin only", () => {
  const asked: Balance[] = [];
  for (const balance of ["weighted", "round_robin", "least_busy", "fastest"] as const) {
    const turnOf = (alias: Alias) => asked.push(alias.balance);
    order([A, B, C, routeOf(backendOf("d"), { priority: 2 })], balance, { turnOf });
  }
  assert.deepEqual(asked, ["round_robin"]);
});

Deno.test("balanced() prefers the fewest attempts in flight under least_busy", () => {
  assert.equal(order([A, B, C], "least_busy", busy({ a: 2, b: 1, c: 0 })), "c b a");
});

Deno.test("balanced() counts attempts in proportion to weight under least_busy", () => {
  const heavy = routeOf(backendOf("heavy"), { weight: 4 });
  assert.equal(order([A, heavy], "least_busy", busy({ a: 1, heavy: 3 })), "heavy a");
  assert.equal(order([heavy, A], "least_busy", busy({ a: 1, heavy: 5 })), "a heavy");
});

Deno.test("balanced() prefers the smallest time to first content under fastest", () => {
  assert.equal(order([A, B, C], "fastest", fast({ a: 300, b: 200.5, c: 200 })), "c b a");
});

Deno.test("balanced() has unknown routes measured first under fastest", () => {
  assert.equal(order([A, B, C], "fastest", fast({ a: 0, b: 900, c: undefined })), "c a b");
});

Deno.test("balanced() lets no load and no speed go before priority", () => {
  const slow = routeOf(backendOf("slow"), { priority: -1 });
  assert.equal(order([A, slow], "fastest", fast({ a: undefined, slow: 5000 })), "slow a");
  assert.equal(order([A, slow], "least_busy", busy({ a: 0, slow: 50 })), "slow a");
});

Deno.test("balanced() settles ties by a weighted draw", () => {
  const heavy = routeOf(backendOf("heavy"), { weight: 3 });
  const draws = Array.from({ length: 100 }, (_, index) => (index + 0.5) / 100);
  for (const balance of ["weighted", "least_busy", "fastest"] as const) {
    const orders = draws.map((uniform) => order([A, heavy], balance, { random: () => uniform }));
    assert.equal(orders.filter((each) => each === "heavy a").length, 75, balance);
  }
});

Deno.test("balanced() shares the draws by weight, whatever the weights", () => {
  fc.assert(fc.property(someRoutes, (routes) => {
    const total = routes.reduce((sum, { weight }) => sum + weight, 0);
    const seen = new Map<string, number>();
    for (let index = 0; index < total; index++) {
      const random = () => (index + 0.5) / total;
      const [first = ""] = order(routes, "weighted", { random }).split(" ");
      seen.set(first, (seen.get(first) ?? 0) + 1);
    }
    for (const { backend, weight } of routes) assert.equal(seen.get(backend.name), weight);
  }));
});

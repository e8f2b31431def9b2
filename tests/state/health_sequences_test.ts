import assert from "node:assert/strict";
import fc from "fast-check";
import type { Route } from "../../lib/config/snapshot.ts";
import type { Finding, Ticket } from "../../lib/state/health.ts";
import { backendOf, routeOf } from "../routing.ts";
import { testLoops } from "./loops.ts";
import { ANSWERED, failure, NOTHING, Ward } from "./ward.ts";

const SMALL_POOL = backendOf("small", { keys: ["k1", "k2"], maxConcurrent: 3 });
const SMALL_ROUTES = ["one", "two"].map((model) => routeOf(SMALL_POOL, { model }));

const step = fc.oneof(
  fc.record({ do: fc.constant("admit" as const), route: fc.nat(1) }),
  fc.record({ do: fc.constant("pass" as const), seconds: fc.constantFrom(1, 10, 300, 4000) }),
  fc.record({
    do: fc.constant("record" as const),
    which: fc.nat(5),
    finding: fc.constantFrom(
      ANSWERED,
      NOTHING,
      failure("key"),
      failure("route"),
      failure("backend", 5000),
      failure("nothing"),
    ),
  }),
);

testLoops("Health keeps its counts and its single probe through any sequence", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const ward = new Ward();
    const out: Ticket[] = [];
    for (const each of steps) {
      if (each.do === "pass") ward.pass(each.seconds);
      else if (each.do === "admit") take(ward, SMALL_ROUTES[each.route]!, out);
      else give(ward, out.splice(each.which, 1)[0], each.finding);
      assert.equal(ward.health.inFlight(SMALL_POOL), out.length);
    }
    out.forEach((ticket) => give(ward, ticket, NOTHING));
    ward.pass(10_000);
    assert.equal(ward.health.inFlight(SMALL_POOL), 0);
    SMALL_ROUTES.forEach((route) => assert.equal(ward.waitSeconds(route), 0));
  }));
});

/** Admits and keeps the ticket, or checks that the refusal is one that ends. */
function take(ward: Ward, route: Route, out: Ticket[]): void {
  const admission = ward.health.admit(route);
  if (admission.kind === "refused") {
    assert.ok(admission.retryAfterMs > 0 && admission.retryAfterMs <= 3_600_000);
    return;
  }
  const { ticket } = admission;
  out.push(ticket);
  assert.ok(out.length <= SMALL_POOL.maxConcurrent);
  const rivals = out.filter((other) => other.kind === "probe" && other.route === ticket.route);
  const shared = rivals.filter(({ key }) => key === ticket.key);
  if (ticket.kind === "probe") assert.equal(shared.length, 1, "two probes of one route and key");
}

function give(ward: Ward, ticket: Ticket | undefined, finding: Finding): void {
  if (ticket === undefined) return;
  ward.record(ticket, finding);
  if (finding.kind === "answered") ward.health.ended(ticket);
}

/** Several loops' Health against one that is nobody else's: whatever happens, they say the same. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Drills } from "../../lib/state/drills.ts";
import { type Finding, Health, type Ticket } from "../../lib/state/health.ts";
import { OutOfUse } from "../../lib/state/out_of_use.ts";
import type { Shared } from "../../lib/state/shared.ts";
import { Timings } from "../../lib/state/timings.ts";
import { Turns } from "../../lib/state/turns.ts";
import { aliasOf, backendOf, FALLBACK, routeOf, snapshotOf } from "../routing.ts";
import { loopsOf } from "./loops.ts";
import { ANSWERED, failure, NOTHING } from "./ward.ts";

const POOL = backendOf("pool", { keys: ["k1", "k2"], maxConcurrent: 3 });
const PLAIN = backendOf("plain");
const ROUTES = [routeOf(POOL), routeOf(POOL, { model: "two" }), routeOf(PLAIN)];
const ALIAS = aliasOf("chat", ROUTES);
const FULL = snapshotOf([ALIAS]);
const SMALLER = snapshotOf([aliasOf("chat", ROUTES.slice(0, 2))]);

/** A loop of its own, or one of several. */
function stateOf(monotonicMs: () => number, shared?: Shared) {
  const drills = new Drills({ monotonicMs, shared });
  const health = new Health({ monotonicMs, drills, shared });
  const timings = new Timings({ monotonicMs, shared });
  return { shared, drills, health, timings, turns: new Turns(shared) };
}

type Held = ReturnType<typeof stateOf>;

interface Pending {
  readonly loop: number;
  readonly theirs: Ticket;
  readonly model: Ticket;
}

const loop = fc.nat(2);
const route = fc.nat(2);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("admit" as const), loop, route }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("record" as const),
      which: fc.nat(5),
      late: fc.boolean(),
      finding: fc.constantFrom<Finding>(
        ANSWERED,
        NOTHING,
        failure("key"),
        failure("route"),
        failure("backend", 5000),
      ),
    }),
  },
  fc.record({ do: fc.constant("anyway" as const), loop, route }),
  fc.record({ do: fc.constant("pass" as const), seconds: fc.constantFrom(0.5, 10, 300, 4000) }),
  fc.record({ do: fc.constant("clear" as const), loop, which: fc.nat(3) }),
  fc.record({ do: fc.constant("drill" as const), loop, seconds: fc.constantFrom(0, 5, 600) }),
  fc.record({ do: fc.constant("use" as const), loop, route, out: fc.boolean() }),
  fc.record({ do: fc.constant("note" as const), loop, route, ms: fc.nat(1000) }),
  fc.record({ do: fc.constant("turn" as const), loop }),
  fc.record({ do: fc.constant("reload" as const), loop, shrinks: fc.boolean() }),
);
type Step = typeof step extends fc.Arbitrary<infer Each> ? Each : never;

/** Three loops and the model, which are told the same. */
class Course {
  #nowMs = 1000;
  readonly #pending: Pending[] = [];
  readonly #model = stateOf(() => this.#nowMs);
  readonly #loops: readonly Held[];

  constructor(logBytes: number) {
    const now = () => this.#nowMs;
    this.#loops = loopsOf((shared) => stateOf(now, shared), { loops: 3, logBytes });
  }

  take(step: Step): void {
    switch (step.do) {
      case "pass":
        this.#nowMs += step.seconds * 1000;
        return;
      case "admit":
        return this.#admit(step.loop, step.route);
      case "anyway": {
        const [theirs, model] = this.#both(step.loop, ({ health }) => {
          return health.admitLastResort([ROUTES[step.route]!]);
        });
        if (theirs === undefined || model === undefined) return assert.equal(theirs, model);
        this.#pending.push({ loop: step.loop, theirs, model });
        return;
      }
      case "record":
        return this.#record(this.#pending.splice(step.which, 1)[0], step);
      default:
        this.#same(step.loop, (held) => told(held, step));
    }
  }

  /** All loops say what the model says, and have the same of everything. */
  check(): void {
    for (const index of this.#loops.keys()) this.#same(index, said);
    const dumps = this.#loops.map(({ shared }) => shared!.dump());
    for (const dump of dumps) assert.deepEqual(dump, dumps[0]);
  }

  /** Ends all that is in flight. */
  end(): void {
    for (const each of this.#pending.splice(0)) {
      this.#record(each, { finding: NOTHING, late: false });
    }
    for (const { health } of this.#loops) {
      assert.deepEqual([POOL, PLAIN].map((backend) => health.inFlight(backend)), [0, 0]);
    }
  }

  #admit(loop: number, route: number): void {
    const [theirs, model] = this.#both(loop, ({ health }) => health.admit(ROUTES[route]!));
    if (theirs.kind === "refused" || model.kind === "refused") {
      return assert.deepEqual(theirs, model);
    }
    assert.deepEqual(plain(theirs.ticket), plain(model.ticket));
    this.#pending.push({ loop, theirs: theirs.ticket, model: model.ticket });
  }

  #record(
    pending: Pending | undefined,
    { finding, late }: { finding: Finding; late: boolean },
  ): void {
    if (pending === undefined) return;
    const tickets = new Map([[this.#loops[pending.loop]!, pending.theirs]]);
    this.#same(pending.loop, (held) => {
      const ticket = tickets.get(held) ?? pending.model;
      const change = held.health.record(ticket, finding, FALLBACK);
      if (finding.kind === "answered") held.health.ended(ticket);
      const then = finding.kind === "answered" && late
        ? held.health.failedLate(
          ticket,
          { ...failed, hint: undefined, isLasting: false },
          FALLBACK,
        )
        : undefined;
      return [change, then, held.health.ease([change], 200_000)];
    });
  }

  #same(loop: number, act: (held: Held) => unknown): void {
    const [theirs, model] = this.#both(loop, act);
    assert.deepEqual(theirs, model);
  }

  #both<Result>(loop: number, act: (held: Held) => Result): [Result, Result] {
    return [act(this.#loops[loop]!), act(this.#model)];
  }
}

const failed = { kind: "failed", cool: "route", row: 19, reason: "it broke off" } as const;

/** Drills are told apart by identity, in each loop. */
function plain({ drill, ...ticket }: Ticket) {
  return { ...ticket, drill: drill?.untilMs };
}

function told(
  { health, drills, timings, turns }: Held,
  step: Exclude<Step, { do: "pass" | "admit" | "anyway" | "record" }>,
): unknown {
  switch (step.do) {
    case "clear":
      return health.clearCooldown(health.cooldowns()[step.which]?.subject ?? `["backend","none"]`);
    case "drill":
      if (step.seconds === 0) return drills.end("pool")?.untilMs;
      return drills.start(POOL, { kind: "hang", forMs: step.seconds * 1000 }).untilMs;
    case "use": {
      const { outOfUse }: { readonly outOfUse: OutOfUse } = health;
      return step.out ? outOfUse.add(ROUTES[step.route]!) : outOfUse.delete(ROUTES[step.route]!);
    }
    case "note":
      return timings.note(ROUTES[step.route]!, step.ms);
    case "turn":
      return [turns.peek(ALIAS), turns.next(ALIAS)];
    case "reload": {
      const [next, previous] = step.shrinks ? [SMALLER, FULL] : [FULL, FULL];
      health.retain(next, previous);
      timings.retain(next);
      return drills.retain(next);
    }
  }
}

/** All that may be asked. */
function said({ health, drills, timings, turns }: Held): unknown {
  return {
    routes: ROUTES.map((route) => [
      health.look(route),
      health.lookAt(route.backend),
      health.whyNot(route),
      health.inFlight(route.backend),
      timings.firstContentMs(route),
    ]),
    cooldowns: health.cooldowns().map((each) => [each, health.isProbing(each.subject)]),
    drills: drills.all().map(({ backend, kind, untilMs }) => [backend, kind, untilMs]),
    turn: turns.peek(ALIAS),
  };
}

for (const logBytes of [300, 1000, 1 << 16]) {
  Deno.test(`Health says in each loop what it would say in one, with a log of ${logBytes} bytes`, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
        const course = new Course(logBytes);
        for (const each of steps) course.take(each);
        course.check();
        course.end();
        course.check();
      }),
      { numRuns: 150 },
    );
  });
}

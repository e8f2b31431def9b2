/** What several event loops do to what they share, all at once. */
import { Affinity } from "../../lib/state/affinity.ts";
import { systemClock } from "../../lib/state/clock.ts";
import { Health, type Ticket } from "../../lib/state/health.ts";
import { Shared } from "../../lib/state/shared.ts";
import type { SharedLoop } from "../../lib/state/shared_memory.ts";
import { StoredIds } from "../../lib/state/stored_ids.ts";
import { Timings } from "../../lib/state/timings.ts";
import { Turns } from "../../lib/state/turns.ts";
import { failure } from "./ward.ts";
import { aliasOf, backendOf, FALLBACK, routeOf } from "../routing.ts";

export interface Task {
  readonly shared: SharedLoop;
  readonly times: number;
  /** How many loops begin together. */
  readonly loops: number;
  /** A cell for each of the numbers below, which all loops count in. */
  readonly counts: SharedArrayBuffer;
}

/** Indices into `counts`. */
export const COUNTS = { ready: 0, probes: 1, flying: 2, mostFlying: 3, probing: 4, twice: 5 };

export interface Done {
  readonly loop: number;
  /** When each attempt began and how, and when each failure was recorded. */
  readonly begun: readonly { readonly atMs: number; readonly kind: string }[];
  readonly cooledAtMs: readonly number[];
  readonly turns: readonly number[];
  readonly dump: readonly string[];
}

/** `failing` cools for a while after each attempt, `capped` takes two at a time. */
export const FAILING = routeOf(backendOf("failing"));
export const CAPPED = routeOf(backendOf("capped", { maxConcurrent: 2 }));
export const CHAT = aliasOf("chat", [FAILING, CAPPED]);

/** So short that there are many probes, and so long that many are refused between two. */
const SETTINGS = { ...FALLBACK, cooldownMs: 3, maxCooldownMs: 3 };

const TERMS = { alias: CHAT.name, affinityMs: 300_000 };
const MAKER = { backend: "capped", model: "model", key: undefined };

interface Held {
  readonly health: Health;
  readonly timings: Timings;
  readonly turns: Turns;
  readonly affinity: Affinity;
  readonly counts: Int32Array;
}

/** Waits until so many have come here. */
function meet(counts: Int32Array, all: number): void {
  Atomics.add(counts, COUNTS.ready, 1);
  for (let ready = 0; ready < all; ready = Atomics.load(counts, COUNTS.ready)) {
    Atomics.notify(counts, COUNTS.ready);
    Atomics.wait(counts, COUNTS.ready, ready);
  }
}

/** Begins and ends when all do. */
export function hammer(task: Task): Done {
  const shared = new Shared(task.shared);
  const health = new Health({ ...systemClock, shared });
  const timings = new Timings({ ...systemClock, shared });
  const turns = new Turns(shared);
  const storedIds = new StoredIds({ ...systemClock, warn() {}, shared });
  const affinity = new Affinity({ ...systemClock, storedIds, shared, maxConversations: 5 });
  shared.begin();
  const counts = new Int32Array(task.counts);
  meet(counts, task.loops);
  const done = strike(task, { health, timings, turns, affinity, counts });
  meet(counts, 2 * task.loops);
  return { loop: shared.loop, ...done, dump: shared.dump() };
}

function strike({ times }: Task, { health, timings, turns, affinity, counts }: Held) {
  const begun: { atMs: number; kind: string }[] = [];
  const cooledAtMs: number[] = [];
  const taken: number[] = [];
  for (let time = 0; time < times; time++) {
    const failing = health.admit(FAILING);
    if (failing.kind === "admitted") {
      const { ticket } = failing;
      begun.push({ atMs: ticket.startedAtMs, kind: ticket.kind });
      const change = fail(health, ticket, counts);
      if (change.kind === "cooled") cooledAtMs.push(change.cooldown.startedAtMs);
    }
    const capped = health.admit(CAPPED);
    if (capped.kind === "admitted") relay(health, capped.ticket, counts);
    if (time % 10 === 0) timings.note(CAPPED, time);
    const belonging = { conversation: `${time % 7}`, isFirstTurn: false, issued: [], stored: [] };
    if (time % 5 === 0) affinity.served(belonging, { ...TERMS, ...MAKER });
    taken.push(turns.next(CHAT));
  }
  return { begun, cooledAtMs, turns: taken };
}

function fail(health: Health, ticket: Ticket, counts: Int32Array) {
  const isProbe = ticket.kind === "probe";
  if (isProbe) {
    Atomics.add(counts, COUNTS.probes, 1);
    if (Atomics.add(counts, COUNTS.probing, 1) > 0) Atomics.add(counts, COUNTS.twice, 1);
    dally();
    Atomics.sub(counts, COUNTS.probing, 1);
  }
  return health.record(ticket, failure("route"), SETTINGS);
}

function relay(health: Health, ticket: Ticket, counts: Int32Array): void {
  const flying = Atomics.add(counts, COUNTS.flying, 1) + 1;
  if (flying > Atomics.load(counts, COUNTS.mostFlying)) {
    Atomics.store(counts, COUNTS.mostFlying, flying);
  }
  dally();
  health.record(ticket, { kind: "answered" }, SETTINGS);
  Atomics.sub(counts, COUNTS.flying, 1);
  health.ended(ticket);
}

/** So long that another loop has the time to go wrong. */
function dally(): void {
  for (const until = performance.now() + 0.02; performance.now() < until;);
}

/** A Health to be told what happens, and findings to tell it. */
import assert from "node:assert/strict";
import { hintOf } from "../policy/replies.ts";
import type { FallbackSettings, Route } from "../../lib/config/snapshot.ts";
import type { Scope } from "../../lib/policy/judge.ts";
import { type Finding, Health, type Refused, type Ticket } from "../../lib/state/health.ts";
import { FALLBACK } from "../routing.ts";
import { alternating, parts } from "./loops.ts";

export const ANSWERED: Finding = { kind: "answered" };
export const NOTHING: Finding = { kind: "nothing" };

export function failure(cool: Scope, hintMs?: number): Finding {
  return {
    kind: "failed",
    cool,
    row: 12,
    reason: "status 503",
    hint: hintOf(hintMs),
    isLasting: false,
  };
}

/** A ticket for the route whether it is cooling or not. */
export function admittedAnyway(health: Health, route: Route): Ticket {
  const ticket = health.admitLastResort([route]);
  if (ticket !== undefined) return ticket;
  const admission = health.admit(route);
  return admission.kind === "admitted" ? admission.ticket : assert.fail(admission.reason);
}

/** A Health whose clock stands still until told. */
export class Ward {
  #nowMs = 0;
  readonly health = alternating(
    parts((shared) => new Health({ monotonicMs: () => this.#nowMs, shared })),
  );
  readonly #settings: FallbackSettings;

  constructor(settings: Partial<FallbackSettings> = {}) {
    this.#settings = { ...FALLBACK, ...settings };
  }

  pass(seconds: number): void {
    this.#nowMs += seconds * 1000;
  }

  admit(route: Route): Ticket {
    const admission = this.health.admit(route);
    return admission.kind === "admitted" ? admission.ticket : assert.fail(admission.reason);
  }

  refuse(route: Route): Refused {
    const admission = this.health.admit(route);
    return admission.kind === "refused" ? admission : assert.fail("it was admitted");
  }

  record(ticket: Ticket, finding: Finding) {
    return this.health.record(ticket, finding, this.#settings);
  }

  /** One attempt from its admission to its end. */
  attempt(route: Route, finding: Finding): Ticket {
    const ticket = this.admit(route);
    this.record(ticket, finding);
    if (finding.kind === "answered") this.health.ended(ticket);
    return ticket;
  }

  /** Seconds until the route is admitted again; 0 when it is now. Keeps the probe for nobody. */
  waitSeconds(route: Route): number {
    const admission = this.health.admit(route);
    if (admission.kind === "refused") return admission.retryAfterMs / 1000;
    this.record(admission.ticket, NOTHING);
    return 0;
  }
}

/** How things stand for one call: what its plan needs to know of the moment. */
import type { Backend, Snapshot } from "../config/snapshot.ts";
import type { Call } from "../policy/identify.ts";
import { hasChoice, type Standing } from "../policy/plan.ts";
import type { Belonging } from "../wire/belonging.ts";
import { callersOwn, type Carrier } from "../wire/credentials.ts";
import { digestOf } from "../wire/digest.ts";
import type { Received } from "../wire/receive.ts";
import { repetitionOf } from "../wire/repetition.ts";
import type { Home } from "./affinity.ts";
import { keyDigest } from "./key_digest.ts";
import type { State } from "./state.ts";

export interface StandingOptions {
  readonly state: State;
  readonly snapshot: Snapshot;
  readonly call: Call;
  readonly received: Received;
  /** Asked only where there is a choice. */
  readonly belonging: () => Belonging;
}

/** Whose turn it is, who is busy, who is fast, and where the call belongs. */
export function standingOf(
  { state, snapshot, call, received, belonging }: StandingOptions,
): Standing & { readonly home: Home | undefined } {
  const { random, health, timings, turns, affinity, departures } = state;
  const { affinityMs } = snapshot.fallback;
  const alias = call.alias.name;
  const isOpen = hasChoice(call.alias);
  return {
    random,
    snapshot,
    turnOf: (alias) => turns.next(alias),
    inFlight: (backend) => health.inFlight(backend),
    firstContentMs: (route) => timings.firstContentMs(route),
    home: isOpen ? affinity.preferred(belonging(), { alias, affinityMs }) : undefined,
    secondChoices: isOpen && isInference(call)
      ? departures.secondChoices(alias, () => repetitionOf(received, belonging()))
      : [],
  };
}

function isInference({ operation }: Call): boolean {
  return operation?.kind === "inference";
}

/** Whether a key is the one with which the call was served at home. */
export function isHomeKey(home: Home | undefined, key: string): boolean {
  return home?.keyDigest !== undefined && keyDigest(home.backend, key) === home.keyDigest;
}

/** What stands for the caller's own credentials that a backend gets to see; undefined where it sees none. */
export function callersDigest(carrier: Carrier, backend: Backend): string | undefined {
  const own = callersOwn(carrier, backend);
  return own.length === 0 ? undefined : digestOf("caller's key", own.join("\n"));
}

/** The backend that keeps what a request without a model names. */
export function keeperOf(
  belonging: Belonging,
  { state, snapshot }: { readonly state: State; readonly snapshot: Snapshot },
): Backend | undefined {
  const home = state.affinity.preferred(belonging, { alias: "", affinityMs: 0 });
  return home === undefined ? undefined : snapshot.backends.get(home.backend);
}

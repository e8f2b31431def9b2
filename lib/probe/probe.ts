/** One route asked for a word, and what its answer shows: judged as any caller's would be. */
import type { Alias, Route } from "../config/snapshot.ts";
import { dialectOf } from "../dialect/dialect.ts";
import { operationOf } from "../dialect/operations.ts";
import { judge } from "../policy/judge.ts";
import { namedModel } from "../policy/named_model.ts";
import { originOf } from "../policy/origin.ts";
import { attempt } from "../wire/attempt.ts";
import { leavingBase } from "../wire/base_path.ts";
import { outgoing } from "../wire/outgoing.ts";
import { NO_READING, type Reading } from "../wire/reading.ts";
import { type Asking, keyFor, lacksKey, Patience, receivedOf } from "./asking.ts";
import { type Form, formFor } from "./form.ts";
import { type Findings, type Heard, heardOf, NOTHING } from "./hearing.ts";
import { modelInEvent, modelInReply } from "./model_named.ts";

/** A route, and the request that tries it. */
export interface Probe {
  /** Every alias with this route: one request tells for all. */
  readonly aliases: readonly Alias[];
  readonly route: Route;
  readonly form: Form;
}

export interface ProbeResult extends Findings {
  readonly probe: Probe;
  readonly state: "well" | "failed" | "skipped" | "stopped";
  /** From the request's start to the first content, in milliseconds; undefined where none came. */
  readonly firstContentMs: number | undefined;
  /** As the reply names it; empty where it names none. */
  readonly modelNamed: string;
  /** Why it is not well, for a person; empty where it is. Not yet masked. */
  readonly why: string;
}

/** The probes of a configuration: none for what is turned off. */
export function probesOf(aliases: Iterable<Alias>): readonly Probe[] {
  const probes: Probe[] = [];
  for (const alias of aliases) {
    if (!alias.enabled) continue;
    for (const route of alias.routes) {
      if (!route.enabled || !route.backend.enabled) continue;
      const at = probes.findIndex((probe) => isSame(probe.route, route));
      const same = probes[at];
      if (same === undefined) {
        probes.push({ aliases: [alias], route, form: formFor(alias, route) });
      } else probes[at] = { ...same, aliases: [...same.aliases, alias] };
    }
  }
  return probes;
}

function isSame(a: Route, b: Route): boolean {
  return a.backend.name === b.backend.name && a.model === b.model;
}

/** Sends one request, and reads its answer to the end. */
export async function ask(probe: Probe, asking: Asking): Promise<ProbeResult> {
  const { backend } = probe.route;
  const bare = { probe, ...NOTHING, firstContentMs: undefined, modelNamed: "" };
  if (lacksKey(backend, asking)) return { ...bare, state: "skipped", why: NO_KEY };
  if (asking.stop.aborted) return { ...bare, state: "stopped", why: "not asked" };
  using patience = new Patience(asking);
  const notes = { firstContentMs: undefined as number | undefined, modelNamed: "" };
  const heard = await exchange(probe, { ...asking, patience, notes });
  if (asking.stop.aborted) return { ...bare, ...notes, state: "stopped", why: "not waited for" };
  const isWell = Object.values(heard.findings).every(Boolean) && heard.why === "";
  const why = patience.isOver ? `no whole answer within ${asking.withinMs / 1000} s` : heard.why;
  const state = isWell && why === "" ? "well" : "failed";
  return { probe, ...heard.findings, ...notes, state, why };
}

const NO_KEY =
  "its callers bring their own keys (auth: passthrough): set LLM_PROXY_KEY, to any word " +
  "where it wants none";

interface Exchange extends Asking {
  readonly patience: Patience;
  /** Filled as the reply passes. */
  readonly notes: { firstContentMs: number | undefined; modelNamed: string };
}

/** Sends it and judges what comes. */
async function exchange(probe: Probe, options: Exchange): Promise<Heard> {
  const { snapshot: { detection }, pools, mask, patience: { departure } } = options;
  const { route, route: { backend } } = probe;
  const made = await requestOf(probe, options);
  if (typeof made === "string") return { findings: NOTHING, why: made };
  const { request, operation, key } = made;
  const outcome = leavingBase(request, { backend, key }) ?? await attempt(request, {
    connections: pools.for(backend),
    timeouts: backend.timeouts,
    streamed: true,
    upgrade: false,
    mayCreate: false,
    expects: { events: operation.events, kind: operation.kind, hold: true },
    reading: readingInto(options.notes),
    signal: departure,
  });
  const verdict = judge(outcome, {
    detection,
    auth: "inject",
    operation,
    upgrade: false,
    otherKeys: 0,
    firstAttempt: true,
    origin: originOf(route, { callerKey: () => undefined, sendsElsewhere: () => false }),
  });
  const [path = ""] = request.target.split("?", 1);
  const where = `POST ${request.origin}${path}`;
  return await heardOf(outcome, { verdict, departure, where, mask });
}

/** The request as the router would send it for a caller of the alias, or why there is none. */
async function requestOf({ route, form }: Probe, asking: Asking) {
  const received = await receivedOf({ method: "POST", ...form });
  const named = namedModel(received.models);
  if (named?.kind !== "named") return "no request can name its alias";
  const { places } = named;
  const dialect = dialectOf(received.path, received.headers);
  const operation = operationOf("POST", received.path);
  if (operation === undefined) throw new Error(`No model answers ${received.path}`);
  const key = keyFor(route.backend, asking);
  const request = await outgoing(received, { route, key, places, dialect, keyPlace: undefined });
  return { request, operation, key };
}

function readingInto(notes: Exchange["notes"]): Reading {
  const startedMs = performance.now();
  return {
    ...NO_READING,
    onContent: () => notes.firstContentMs ??= performance.now() - startedMs,
    onEvent: (event) => notes.modelNamed ||= modelInEvent(event),
    onJson: (body) => notes.modelNamed ||= modelInReply(body),
  };
}

/** `GET /api/explain`: where a call would go now, and why. It asks the router's own policy. */
import { nearestNames } from "../config/nearest.ts";
import type { Alias, KnownCaller, Snapshot } from "../config/snapshot.ts";
import type { DialectName } from "../dialect/dialect.ts";
import { type Call, callOfName, type Refusal } from "../policy/identify.ts";
import { misfit } from "../policy/misfit.ts";
import { hasChoice, type Plan, planFor, type Standing } from "../policy/plan.ts";
import { type ExplainedRoute, plannedRoute, skippedRoute } from "./explained_route.ts";
import type { LiveAnswer, LiveContext } from "./live_routes.ts";
import { invalid, listed, refused } from "./refused.ts";
import { verdictOn } from "./explain_verdict.ts";

export interface Explanation {
  readonly model: string;
  /** default_backend: no alias has that name. */
  readonly by: "alias" | "default_backend";
  readonly balance: Alias["balance"];
  readonly dialect: DialectName;
  readonly streamed: boolean;
  /** Empty where it was asked for nobody in particular. */
  readonly caller: string;
  /** In the order in which they would be tried; then those that would not. */
  readonly routes: readonly ExplainedRoute[];
  /** `max_retries`; undefined for no limit. */
  readonly mostAttempts: number | undefined;
  readonly deadlineSeconds: number;
  /** What it comes to, in a sentence or more. */
  readonly verdict: string;
}

/** A call of each format, which asks a model for an answer. */
const PATHS: Readonly<Record<DialectName, string>> = {
  openai: "/v1/chat/completions",
  anthropic: "/v1/messages",
  gemini: "/v1beta/models/model:generateContent",
  azure: "/openai/deployments/model/chat/completions",
};

/**
 * `?model=NAME`, and `dialect`, `streamed`, `caller` where it matters. Changes nothing. Without a
 * `dialect` the call is one in openai's format, or in another where no route takes that.
 */
export function explain(query: URLSearchParams, context: LiveContext): LiveAnswer {
  const snapshot = context.current();
  const model = query.get("model") ?? "";
  if (model === "") return invalid("The query must name a model: ?model=NAME.");
  const asked = query.get("dialect");
  if (asked !== null && dialectNamed(asked) === undefined) {
    return invalid(`dialect must be one of ${listed(DIALECTS)}.`);
  }
  const name = query.get("caller") ?? "";
  const caller = snapshot.callers?.find((each) => each.name === name);
  if (name !== "" && caller === undefined) return unknownCaller(name, snapshot);
  const streamed = query.get("streamed") === "true";
  const asking = { ...context, snapshot, caller };
  const callIn = (dialect: DialectName) => callOn(model, { dialect, streamed, asking });
  const call = callIn(dialectNamed(asked ?? "") ?? "openai");
  if (call.kind === "refusal") return refused(call.problem);
  const fitting = asked === null ? bestFitting(call, callIn, standingNow(asking)) : call;
  return { status: 200, body: explanationOf(fitting, asking) };
}

const DIALECTS: readonly DialectName[] = ["openai", "anthropic", "gemini", "azure"];

function dialectNamed(name: string): DialectName | undefined {
  return DIALECTS.find((each) => each === name);
}

interface InDialect {
  readonly dialect: DialectName;
  readonly streamed: boolean;
  readonly asking: Asking;
}

function callOn(model: string, { dialect, streamed, asking }: InDialect): Call | Refusal {
  const form = { method: "POST", path: PATHS[dialect], headers: [] };
  return callOfName(
    { name: model, places: [] },
    { ...form, fields: { kind: "object", streamed } },
    { ...asking, nearest: nearestNames },
  );
}

/** The call as it is where any route takes its format; else in the one that most routes take. */
function bestFitting(
  call: Call,
  callIn: (dialect: DialectName) => Call | Refusal,
  standing: Standing,
): Call {
  if (misfit(planFor(call, standing), call) === undefined) return call;
  const calls = DIALECTS.map(callIn).flatMap((each) => each.kind === "call" ? [each] : []);
  const taken = (each: Call) => planFor(each, standing).routes.length;
  return calls.reduce((best, each) => taken(each) > taken(best) ? each : best, call);
}

function unknownCaller(name: string, { callers = [] }: Snapshot): LiveAnswer {
  const names = listed(callers.map((caller) => caller.name));
  const message = `clients has nobody called ${JSON.stringify(name)}; there are: ${names}.`;
  return refused({ status: 404, code: "no_such_caller", message });
}

interface Asking extends LiveContext {
  readonly snapshot: Snapshot;
  readonly caller: KnownCaller | undefined;
}

function explanationOf(call: Call, asking: Asking): Explanation {
  const { state: { health }, snapshot, caller } = asking;
  const { alias, dialect, streamed } = call;
  const standing = standingNow(asking);
  const plan = planFor(call, standing);
  const context = { ...asking, standing, plan, alias };
  const planned = plan.routes.map((route, index) => plannedRoute(route, { ...context, index }));
  const { maxAttempts, deadlineMs } = snapshot.fallback;
  return {
    model: alias.name,
    by: snapshot.aliases.has(alias.name) ? "alias" : "default_backend",
    balance: alias.balance,
    dialect: dialect.name,
    streamed,
    caller: caller?.name ?? "",
    routes: [...planned, ...plan.skipped.map((skipped) => skippedRoute(skipped, context))],
    mostAttempts: maxAttempts === Infinity ? undefined : maxAttempts,
    deadlineSeconds: deadlineMs / 1000,
    verdict: misfit(plan, call)?.message ?? verdictOn(planned, {
      ...snapshot.fallback,
      lastResorts: health.lastResorts(plan.routes),
      hasHome: snapshot.fallback.affinityMs > 0 && hasChoice(alias),
      isDrawn: isDrawn(plan, alias),
    }),
  };
}

/** As the router has it, but that nobody's turn is taken, and a draw gives the order written. */
function standingNow({ state, snapshot }: Asking): Standing {
  return {
    snapshot,
    random: () => 0,
    turnOf: (alias) => state.turns.peek(alias),
    inFlight: (backend) => state.health.inFlight(backend),
    firstContentMs: (route) => state.timings.firstContentMs(route),
    home: undefined,
    secondChoices: [],
  };
}

/** Whether chance decides between routes of one priority. */
function isDrawn({ routes }: Plan, { balance }: Alias): boolean {
  const priorities = routes.map(({ priority }) => priority);
  return balance === "weighted" && new Set(priorities).size < priorities.length;
}

/** `llm-proxy check -live`: every route asked for a word, and what came of it. */
import { environmentProxies } from "../config/environment_proxy.ts";
import { loadConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { readEnv } from "../config/read_env.ts";
import type { Snapshot } from "../config/snapshot.ts";
import {
  checkLive as askAll,
  type LivePlan,
  type LiveResults,
  planOf,
} from "../probe/live_check.ts";
import type { ProbeResult } from "../probe/probe.ts";
import { createRedactor } from "../record/redact.ts";
import { KEY_VARIABLE } from "../replay/curl.ts";
import { asData, closing, offerLines, opening, progressLine, tableLines } from "./live_report.ts";
import { createPaint } from "./paint.ts";
import type { Screen } from "./screen.ts";
import { listenForSignals, type Signals } from "./signals.ts";
import { jsonText, safe } from "./table.ts";

export interface LiveOptions {
  readonly config: string;
  readonly json: boolean;
  readonly env?: (name: string) => string | undefined;
  /** Longest for one request, in milliseconds; default 90 s. */
  readonly withinMs?: number;
  /** Whether each result is told as it comes; default on a terminal. */
  readonly progress?: boolean;
  /** Default the process's own. */
  readonly signals?: Pick<Signals, "first" | "dispose">;
}

/** Models that think first are given time; nobody waits for one that hangs for ever. */
const WITHIN_MS = 90_000;

/** Exit status 0 where every route that was asked is well, and one at least was; else 1. */
export async function checkLive(options: LiveOptions, to: Screen): Promise<number> {
  const { config, json, env = readEnv } = options;
  const loaded = await loadConfig(config, { revision: 1, env });
  const key = env(KEY_VARIABLE) ?? "";
  const screen = masked(to, [key, ...loaded.ok ? loaded.snapshot.secrets : []]);
  if (!loaded.ok) {
    loaded.problems.forEach((problem) => screen.err(formatProblem(problem)));
    return 1;
  }
  const { snapshot } = loaded;
  snapshot.warnings.forEach((line) => screen.err(`warning: ${line}`));
  const plan = planOf(snapshot, key);
  for (const line of opening(plan)) (json ? screen.err : screen.out)(line);
  const { results, isStopped } = await listening({ ...options, snapshot, plan, key, env, screen });
  if (json) {
    screen.out(jsonText(asData({ ...results, plan, isStopped }), maskedValue(screen)));
  } else report({ ...results, plan, isStopped }, screen);
  const states = new Set(results.routes.map(({ state }) => state));
  const isWell = states.has("well") && !states.has("failed");
  return isWell && !isStopped ? 0 : 1;
}

interface MaskedScreen extends Screen {
  readonly mask: (text: string) => string;
}

/** A screen that shows neither a key of the configuration nor the caller's, whoever repeats it. */
function masked(to: Screen, secrets: readonly string[]): MaskedScreen {
  const redactor = createRedactor({ enabled: true, secrets: secrets.filter((key) => key !== "") });
  const mask = (text: string) => redactor.text(text).text;
  return { ...to, mask, out: (line) => to.out(mask(line)), err: (line) => to.err(mask(line)) };
}

function maskedValue({ mask }: MaskedScreen) {
  return (_: string, value: unknown) => typeof value === "string" ? mask(value) : value;
}

interface Listening extends LiveOptions {
  readonly snapshot: Snapshot;
  readonly plan: LivePlan;
  readonly key: string;
  readonly env: (name: string) => string | undefined;
  readonly screen: MaskedScreen;
}

interface Heard {
  readonly results: LiveResults;
  /** Whether a signal ended it before its time. */
  readonly isStopped: boolean;
}

/** Asks all, until a signal. */
async function listening(options: Listening): Promise<Heard> {
  const { snapshot, plan, key, env, screen, withinMs = WITHIN_MS } = options;
  const { signals = listenForSignals({ rereads: false }) } = options;
  const stop = new AbortController();
  signals.first.then(() => stop.abort());
  const { proxyFor } = environmentProxies(env);
  const onResult = teller(options, screen);
  const { mask } = screen;
  const asking = {
    snapshot,
    proxyFor,
    callersKey: key,
    stop: stop.signal,
    withinMs,
    onResult,
    mask,
  };
  try {
    const results = await askAll(plan, asking);
    return { results, isStopped: stop.signal.aborted };
  } finally {
    signals.dispose();
  }
}

function teller({ plan, progress }: Listening, screen: Screen): (result: ProbeResult) => void {
  const told: ProbeResult[] = [];
  return (result) => {
    told.push(result);
    const isWanted = progress ?? Deno.stderr.isTerminal();
    if (isWanted) screen.err(safe(progressLine(result, told.length, plan.probes.length)));
  };
}

function report(
  results: LiveResults & { plan: LivePlan; isStopped: boolean },
  screen: Screen,
): void {
  const paint = createPaint(screen);
  screen.out("");
  for (const line of tableLines(results.routes, paint)) screen.out(line);
  for (const line of offerLines(results.offers)) screen.out(safe(line));
  screen.out("");
  screen.out(safe(closing(results)));
}

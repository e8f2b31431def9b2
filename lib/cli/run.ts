/** `llm-proxy`: runs the proxy until it is told to stop. */
import { resolve } from "node:path";
import { ListenError } from "../listener/listen_error.ts";
import settings from "../../deno.json" with { type: "json" };
import { NO_OTHER_LOOPS } from "../admin/other_loops.ts";
import { Reloads } from "../admin/reloads.ts";
import { changeClause, changesOf } from "../config/changes.ts";
import { environmentProxies } from "../config/environment_proxy.ts";
import { loadConfig, type LoadedSnapshot } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { readEnv } from "../config/read_env.ts";
import type { Snapshot } from "../config/snapshot.ts";
import { ConfigWatcher } from "../config/watch.ts";
import { FileThread } from "../record/file_thread.ts";
import { GeneralLog } from "../record/general_log.ts";
import { keptBeside } from "../record/kept_beside.ts";
import { KeptFiles } from "../record/kept_files.ts";
import { unwritableLogs } from "../record/log_directories.ts";
import { unwrittenLines } from "../record/unwritten.ts";
import { surviveStrayErrors } from "../record/stray_errors.ts";
import { type LoopPart, type RunningServer, startServer } from "../server.ts";
import { systemClock } from "../state/clock.ts";
import { createSharedMemory } from "../state/shared_memory.ts";
import { adopt, createState, type State } from "../state/state.ts";
import { loopCount } from "../workers/loop_count.ts";
import { WorkerLoops } from "../workers/worker_loops.ts";
import { openAdminPort, withAdmin } from "./admin_port.ts";
import { inventory } from "./inventory.ts";
import { drain } from "./drain.ts";
import { maskedOutput } from "./masked_output.ts";
import type { Output } from "./output.ts";
import { answerSignals } from "./reread.ts";
import { writeToConsole } from "./write_to_console.ts";
import { listenForSignals, type Signals } from "./signals.ts";

/** Runs until a signal ends it; gives the exit status. */
export async function run(file: string, to: Output): Promise<number> {
  // Before all else: a signal that comes early is no reason to die of it.
  const signals = listenForSignals({ rereads: true });
  try {
    return await runUntil(signals, file, maskedOutput(to));
  } finally {
    signals.dispose();
  }
}

async function runUntil(signals: Signals, file: string, output: Output): Promise<number> {
  const read = await loadConfig(file, { revision: 1, env: readEnv });
  if (!read.ok) {
    read.problems.forEach((problem) => output.err(formatProblem(problem)));
    return 1;
  }
  const loaded = withAbsolutePath(read);
  const log = new GeneralLog({
    now: systemClock.now,
    console: writeToConsole,
    coloured: Deno.stderr.isTerminal() && !Deno.noColor,
    others: (snapshot) => [...loaded.dependencies, loaded.sources.file, ...keptBeside(snapshot)],
  });
  log.configure(loaded.snapshot);
  const { proxyFor, warnings } = environmentProxies(readEnv);
  for (const line of warnings) log.warn(line);
  const loops = loopsFor(loaded.snapshot, log);
  const shared = loops === 1 ? undefined : { memory: createSharedMemory({ loops }), loop: 0 };
  const files = new FileThread();
  const filesReady = files.startFor(loaded.snapshot.logging);
  const state = createState({
    clock: systemClock,
    random: Math.random,
    log,
    proxyFor,
    shared,
    write: files.write,
    claims: true,
  });
  const kept = new KeptFiles({ files: [state.history, state.storedIds, state.journal, log], log });
  const workers = shared &&
    new WorkerLoops({ ...shared, loops, first: loaded.sources, state, log });
  const reloads = new Reloads(loaded.snapshot, systemClock);
  const watcher = watchConfig(file, loaded, { state, log, reloads, workers });
  const current = () => watcher.current;
  answerSignals(signals, { file, watcher, log, recheck: kept.recheck });
  surviveStrayErrors(log);
  try {
    const server = await startServer({ current, state, part: partOf(workers, loops) });
    await workers?.start(server.port);
    kept.start();
    await filesReady;
    const { version } = settings;
    const startedAt = systemClock.now();
    const about = {
      current,
      state,
      proxyUrl: server.url,
      history: state.history,
      reloads,
      otherLoops: workers ?? NO_OTHER_LOOPS,
      version,
      startedAt,
    };
    const stopped = signals.first.then(() => undefined);
    const short = Promise.withResolvers<undefined>();
    const opening = Promise.race([openAdminPort(about, () => short.resolve(undefined)), stopped]);
    // The signs of a start are for one that succeeds: nothing that ends it may follow them.
    await Promise.race([opening, short.promise]);
    output.out(`llm-proxy listening on ${server.url}`);
    log.info(`Started with ${file}: ${inventory(loaded.snapshot)}; listening on ${server.url}.`);
    reportOddities(loaded.snapshot, log);
    const admin = await opening;
    if (admin !== undefined) log.info(`Dashboard on ${admin.url}`);
    const status = await untilStopped(withAdmin(server, admin), signals, {
      drainMs: () => watcher.current.limits.drainMs,
      log,
    });
    const { history, storedIds } = state;
    const all = [history.unwritten, log.unwritten, storedIds.unwritten];
    for (const line of unwrittenLines(all)) output.err(line);
    return status;
  } catch (cause) {
    if (!(cause instanceof ListenError)) throw cause;
    output.err(`Cannot listen on ${cause.message} in ${file}.`);
    return 1;
  } finally {
    kept.close();
    log.close();
  }
  // The watcher ends with the process.
}

/** So that the file is found again where the working directory was deleted or replaced. */
function withAbsolutePath(loaded: LoadedSnapshot): LoadedSnapshot {
  const { sources } = loaded;
  return { ...loaded, sources: { ...sources, file: resolve(sources.file) } };
}

function loopsFor(snapshot: Snapshot, log: GeneralLog): number {
  const machine = { os: Deno.build.os, cores: navigator.hardwareConcurrency };
  const { loops, warnings } = loopCount(snapshot, machine);
  for (const line of warnings) log.warn(line);
  return loops;
}

function partOf(workers: WorkerLoops | undefined, loops: number): LoopPart {
  if (workers === undefined) return { kind: "only" };
  return { kind: "main", loops, drainOthers: (drainMs) => workers.drain(drainMs) };
}

function watchConfig(
  file: string,
  first: LoadedSnapshot,
  { state, log, reloads, workers }: {
    readonly state: State;
    readonly log: GeneralLog;
    readonly reloads: Reloads;
    readonly workers: WorkerLoops | undefined;
  },
): ConfigWatcher {
  return new ConfigWatcher({
    file: first.sources.file,
    first,
    env: readEnv,
    onSnapshot: (next, previous, sources) => {
      adopt(state, next, previous);
      workers?.configure(sources);
      reloads.loaded(next);
      log.configure(next);
      const what = changeClause(changesOf(previous, next));
      const reload = `reload ${next.revision - 1} since the start`;
      log.info(`Reloaded ${file}: ${what}; now ${inventory(next)} (${reload}).`);
      reportOddities(next, log);
    },
    onProblems: (problems) => {
      reloads.failed(problems);
      state.metrics.reloadFailed();
      for (const problem of problems) log.error(formatProblem(problem));
      log.error(`${file} was not loaded; the configuration in force stays.`);
    },
    onWarning: (line) => log.warn(line),
  });
}

async function reportOddities({ warnings, logging }: Snapshot, log: GeneralLog): Promise<void> {
  for (const line of warnings) log.warn(line);
  for (const line of await unwritableLogs(logging)) log.warn(line);
}

/** Waits for a signal, then drains; a second signal cuts that short. */
async function untilStopped(
  server: RunningServer,
  signals: Signals,
  { drainMs, log }: { readonly drainMs: () => number; readonly log: GeneralLog },
): Promise<number> {
  const { signal, why, mostMs } = await signals.first;
  const limitMs = Math.min(drainMs(), mostMs);
  const what = why === "" ? signal : `${signal} (${why})`;
  log.info(`${what}: no new connections; responses in flight have ${limitMs / 1000} s to end.`);
  return await drain(server, { signals, drainMs: limitMs });
}

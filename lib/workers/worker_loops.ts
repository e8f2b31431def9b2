/** The event loops beside the main one: started, told of configurations, asked, drained. */
import type { LoopsWatcher, OtherLoops } from "../admin/other_loops.ts";
import type { ConfigSources } from "../config/load.ts";
import type { GeneralLog } from "../record/general_log.ts";
import { counted, type MetricFigures } from "../record/metric_registry.ts";
import type { SharedMemory } from "../state/shared_memory.ts";
import { expectLoop, forgetLoop, type State } from "../state/state.ts";
import { hasDescriptorsForThread, startThread } from "../system/descriptors.ts";
import { EVENT_LOOP } from "../system/places.ts";
import type { Batch } from "./messages.ts";
import { Restarts } from "./restarts.ts";
import { WorkerLink } from "./worker_link.ts";

export interface WorkerLoopsOptions {
  /** How many loops there are, the main one included. */
  readonly loops: number;
  readonly memory: SharedMemory;
  /** What the proxy started with. */
  readonly first: ConfigSources;
  readonly state: State;
  readonly log: GeneralLog;
  /** Default the worker of this program. */
  readonly url?: URL;
  /** How soon a loop that has died is started again, the first time. Default 1000. */
  readonly restartMs?: number;
  /** Gives undefined where a thread cannot be started now. Default `startThread`. */
  readonly startThread?: (url: URL) => Worker | undefined;
}

/** How long the start waits for loops; those that are slower join later. */
const START_MS = 10_000;
/** How long one has for its figures, for its requests in flight, and after a drain for its records. */
const FIGURES_MS = 1_000;
const OPEN_MS = 250;
const FLUSH_MS = 7_000;

export class WorkerLoops implements OtherLoops {
  readonly #options: WorkerLoopsOptions;
  readonly #links = new Map<number, WorkerLink>();
  readonly #watchers = new Set<LoopsWatcher>();
  readonly #restarts: Restarts;
  /** By loop, so that one that is slow to answer is not missing. */
  readonly #figures = new Map<number, MetricFigures>();
  /** What loops had counted that have died. */
  #retired: MetricFigures = [];
  /** Loops that wait for descriptors to be started with. */
  readonly #postponed = new Set<number>();
  #looking: Promise<void> | undefined;
  #latest: ConfigSources;
  #port = 0;

  constructor(options: WorkerLoopsOptions) {
    this.#options = options;
    this.#latest = options.first;
    this.#restarts = new Restarts(options.restartMs);
  }

  /** Resolves when all of them serve on that port; what goes wrong stands in the log. */
  async start(port: number): Promise<void> {
    this.#port = port;
    for (let loop = 1; loop < this.#options.loops; loop++) this.#spawn(loop);
    const settled = [...this.#links.values()].map((link) => link.settled);
    if (await within(Promise.all(settled), START_MS)) return;
    this.#options.log.warn("Some event loops are slow to start; they join when they are ready.");
  }

  /** Puts another configuration in force everywhere. */
  configure(sources: ConfigSources): void {
    this.#latest = sources;
    for (const link of this.#links.values()) link.send({ kind: "configure", sources });
  }

  watch(watcher: LoopsWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  async figures(): Promise<readonly MetricFigures[]> {
    await Promise.all([...this.#links].map(async ([loop, link]) => {
      const answer = await link.ask("figures", FIGURES_MS);
      if (answer?.question === "figures") this.#figures.set(loop, answer.figures);
    }));
    return [...this.#figures.values(), this.#retired];
  }

  /** Whoever looks meanwhile sees the same. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => this.#looking = undefined);
    return this.#looking;
  }

  async #look(): Promise<void> {
    await Promise.all([...this.#links].map(async ([loop, link]) => {
      const answer = await link.ask("open", OPEN_MS);
      if (answer?.question !== "open") return;
      for (const { onOpen } of this.#watchers) onOpen(loop, answer.open);
    }));
  }

  /** Lets their responses end and takes in their records; resolves when they are gone. */
  async drain(drainMs: number): Promise<void> {
    this.#restarts.stop();
    const links = [...this.#links.values()];
    await within(Promise.all(links.map((link) => link.drain(drainMs))), drainMs + FLUSH_MS);
    for (const link of links) link.end();
  }

  async #startAgain(loop: number): Promise<void> {
    expectLoop(this.#options.state, loop);
    const serves = await this.#spawn(loop)?.settled;
    if (serves === true) this.#options.log.info(`Event loop ${loop} serves again.`);
  }

  /** Undefined where it has to wait for descriptors. */
  #spawn(loop: number): WorkerLink | undefined {
    const { loops, memory, first, url = EVENT_LOOP } = this.#options;
    const worker = (this.#options.startThread ?? startThread)(url);
    if (worker === undefined) return this.#postpone(loop);
    this.#postponed.delete(loop);
    const link = new WorkerLink({
      worker,
      start: () => ({
        shared: { memory, loop },
        loops,
        port: this.#port,
        first,
        latest: this.#latest,
      }),
      onBatch: (batch) => this.#take(batch),
      onDeath: (reason) => this.#died(loop, reason),
    });
    this.#links.set(loop, link);
    return link;
  }

  /** It is waited for by nobody until it can be started. */
  #postpone(loop: number): undefined {
    const { state, log } = this.#options;
    forgetLoop(state, loop);
    this.#restarts.soon(() => this.#startAgain(loop));
    if (this.#postponed.has(loop)) return;
    this.#postponed.add(loop);
    log.error(
      `Event loop ${loop} cannot be started: too few file descriptors are left. The others go on, ` +
        "and it is tried again every second. Raise the limit (ulimit -n).",
    );
  }

  #take({ lines, rows, written, sights }: Batch): void {
    const { log, state: { history, journal } } = this.#options;
    lines.forEach((line) => log.take(line));
    rows.forEach((row) => history.take(row));
    written.forEach(([name, bytes]) => journal.wrote(name, bytes));
    for (const watcher of this.#watchers) {
      sights.forEach((sight) => watcher.onSight(sight));
      rows.forEach((row) => watcher.onEnd(row));
    }
  }

  #died(loop: number, reason: string): void {
    this.#links.delete(loop);
    for (const { onOpen } of this.#watchers) onOpen(loop, { count: 0, details: [] });
    this.#retire(loop);
    const { state, log } = this.#options;
    forgetLoop(state, loop);
    const again = () => this.#startAgain(loop);
    // One that had no descriptors to begin with does not keep dying of itself.
    const afterMs = hasDescriptorsForThread()
      ? this.#restarts.again(loop, again)
      : this.#restarts.soon(again);
    const next = afterMs === undefined ? "" : ` It is started again in ${afterMs / 1000} s.`;
    log.error(
      `Event loop ${loop} has died, and the requests in flight on it with it: ${reason}. The others go on.${next}`,
    );
  }

  async #retire(loop: number): Promise<void> {
    const last = this.#figures.get(loop);
    if (last === undefined) return;
    this.#figures.delete(loop);
    this.#retired = await counted([this.#retired, last]);
  }
}

/** Whether it was kept in that time. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const { promise: timeout, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), ms);
  const isKept = await Promise.race([promise.then(() => true), timeout]);
  clearTimeout(timer);
  return isKept;
}

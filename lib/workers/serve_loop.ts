/** One event loop of several, but not the main one: serves requests, and hands over what is kept once. */
import { observer } from "../admin/observer.ts";
import { environmentProxies } from "../config/environment_proxy.ts";
import { type ConfigSources, reloadConfig } from "../config/load.ts";
import { formatProblem } from "../config/problem.ts";
import { readEnv } from "../config/read_env.ts";
import { withSettingsInUse } from "../config/restart_settings.ts";
import type { Snapshot } from "../config/snapshot.ts";
import { FileThread } from "../record/file_thread.ts";
import { GeneralLog } from "../record/general_log.ts";
import { surviveStrayErrors } from "../record/stray_errors.ts";
import { startServer } from "../server.ts";
import { clockFrom } from "../state/clock.ts";
import { adopt, createState, type State } from "../state/state.ts";
import type { Answer, FromWorker, Question, Start, ToWorker } from "./messages.ts";
import { OpenEntries } from "./open_entries.ts";
import { Outbox } from "./outbox.ts";

export interface ServingLoop {
  /** Takes in what the main loop says, in order. */
  hear(message: Exclude<ToWorker, Start>): void;
}

/**
 * Listens and serves until it is told to drain.
 *
 * @throws {ListenError} where the operating system refuses
 */
export async function serveLoop(
  { shared, loops, port, clockOriginMs, first, latest }: Start,
  post: (message: FromWorker) => void,
): Promise<ServingLoop> {
  const inUse = await snapshotOf(first);
  let current = latest.revision === first.revision ? inUse : await snapshotOf(latest, inUse);
  const clock = clockFrom(clockOriginMs);
  const isShown = current.admin.listen !== undefined;
  const outbox = new Outbox({
    post: (batch) => post({ kind: "batch", batch }),
    wantsRows: isShown || current.history.file !== "",
  });
  const log = new GeneralLog({ now: clock.now, console: unheard, pass: outbox.line });
  log.configure(current);
  surviveStrayErrors(log);
  const { proxyFor } = environmentProxies(readEnv);
  const { random } = Math;
  const files = new FileThread();
  const filesReady = files.startFor(current.logging);
  const { write } = files;
  const state = createState({ clock, random, log, proxyFor, shared, write, main: outbox });
  const open = new OpenEntries();
  if (isShown) watch(state, open, outbox);
  const part = { kind: "other", loops, port } as const;
  await filesReady;
  const server = await startServer({ current: () => current, state, part });
  let configured = Promise.resolve();

  async function configure(sources: ConfigSources): Promise<void> {
    const previous = current;
    current = await snapshotOf(sources, previous);
    log.configure(current);
    adopt(state, current, previous);
  }

  function notInForce(cause: unknown): void {
    log.error(`Event loop ${shared.loop} goes on with its configuration: ${cause}`);
  }

  async function answer(id: number, question: Question): Promise<void> {
    const answer: Answer = question === "figures"
      ? { question, figures: await state.metrics.figures() }
      : { question, open: open.look() };
    // What is no longer in flight has to come before a list without it.
    outbox.send();
    post({ kind: "answer", id, answer });
  }

  async function drain(drainMs: number): Promise<void> {
    await server.drain(drainMs);
    await outbox.flush();
    post({ kind: "drained" });
  }

  return {
    hear(message) {
      switch (message.kind) {
        case "configure":
          configured = configured.then(() => configure(message.sources)).catch(notInForce);
          return;
        case "taken":
          return outbox.taken();
        case "ask":
          return void answer(message.id, message.question);
        case "drain":
          return void drain(message.drainMs);
      }
    },
  };
}

/** The lines are the main loop's to show. */
const unheard = () => Promise.resolve();

function watch(state: State, live: OpenEntries, { sight }: Outbox): void {
  const window = {
    ended: (subject: string, isOk: boolean) => sight({ kind: "ended", subject, isOk }),
    came: (subject: string, ms: number) => sight({ kind: "came", subject, ms }),
  };
  state.journal.watch(observer({ live, window }));
}

/** What the main loop has in force; it has proven it. */
async function snapshotOf(sources: ConfigSources, inUse?: Snapshot): Promise<Snapshot> {
  const loaded = await reloadConfig(sources, readEnv);
  if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join("; "));
  return inUse === undefined
    ? loaded.snapshot
    : Object.freeze(withSettingsInUse(loaded.snapshot, inUse));
}

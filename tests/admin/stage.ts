/** A proxy with its admin port, in this process. */
import { join } from "node:path";
import { type AdminServer, startAdmin } from "../../lib/admin/admin_server.ts";
import type { HistoryReader } from "../../lib/admin/context.ts";
import { NO_OTHER_LOOPS } from "../../lib/admin/other_loops.ts";
import { Reloads } from "../../lib/admin/reloads.ts";
import type { Problem } from "../../lib/config/problem.ts";
import type { Snapshot } from "../../lib/config/snapshot.ts";
import { GeneralLog } from "../../lib/record/general_log.ts";
import { startServer } from "../../lib/server.ts";
import { adopt, createState, type State } from "../../lib/state/state.ts";
import { snapshotOf } from "../proxy.ts";

export interface Stage extends AsyncDisposable {
  /** Of the proxy. */
  readonly url: string;
  readonly admin: AdminServer;
  readonly state: State;
  readonly directory: string;
  readonly snapshot: Snapshot;
  readonly lines: readonly string[];
  /** Moves the clock on, besides going by itself. */
  pass(seconds: number): void;
  /** Puts another configuration in force, as a reload does. */
  configure(yaml: string): Promise<void>;
  /** A reload that found these. */
  fail(problems: readonly Problem[]): void;
}

export interface StageOptions {
  /** In place of the one that the proxy keeps. */
  readonly history?: HistoryReader;
  /** How far the clock is behind, so that it can be moved up to now. */
  readonly behindSeconds?: number;
}

/** The default ports may be somebody else's. */
function onAnyPort(yaml: string): string {
  const listen = /^listen:/m.test(yaml) ? "" : `listen: "127.0.0.1:0"\n`;
  const admin = /^admin:/m.test(yaml) ? "" : `admin: { listen: "127.0.0.1:0" }\n`;
  return `${yaml.trimEnd()}\n${listen}${admin}`;
}

export async function startStage(
  yaml: string,
  { history, behindSeconds = 0 }: StageOptions = {},
): Promise<Stage> {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-admin-" });
  let aheadMs = 0;
  const startMs = Date.now() - behindSeconds * 1000;
  const zeroMs = performance.now();
  const monotonicMs = () => performance.now() - zeroMs + aheadMs + 60_000;
  const clock = { monotonicMs, now: () => new Date(startMs + monotonicMs() - 60_000) };
  const lines: string[] = [];
  const log = new GeneralLog({
    now: clock.now,
    console: (text) => Promise.resolve(void lines.push(...text.trimEnd().split("\n"))),
  });
  let current = await snapshotOf(onAnyPort(yaml), directory);
  log.configure(current);
  const state = createState({ clock, random: () => 0, log });
  const server = await startServer({ current: () => current, state });
  const reloads = new Reloads(current, clock);
  const admin = await startAdmin(current.admin.listen ?? { hostname: "127.0.0.1", port: 0 }, {
    current: () => current,
    state,
    proxyUrl: server.url,
    history: history ?? state.history,
    reloads,
    otherLoops: NO_OTHER_LOOPS,
    version: "0.0.0",
    startedAt: clock.now(),
  });
  return {
    url: server.url,
    admin,
    state,
    directory,
    get snapshot() {
      return current;
    },
    lines,
    pass: (seconds) => void (aheadMs += seconds * 1000),
    async configure(next) {
      const previous = current;
      current = await snapshotOf(next, directory, previous.revision + 1);
      log.configure(current);
      adopt(state, current, previous);
      reloads.loaded(current);
    },
    fail: (problems) => reloads.failed(problems),
    async [Symbol.asyncDispose]() {
      admin.draining();
      await server.drain(0);
      await admin.close();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** Where a stage's request logs go. */
export function logsOf({ directory }: Stage): string {
  return join(directory, "logs", "requests");
}

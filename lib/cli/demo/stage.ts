/** Everything the demo runs on: providers, a running proxy, and a directory that goes with it. */
import settings from "../../../deno.json" with { type: "json" };
import { NO_OTHER_LOOPS } from "../../admin/other_loops.ts";
import { Reloads } from "../../admin/reloads.ts";
import type { Snapshot } from "../../config/snapshot.ts";
import { GeneralLog } from "../../record/general_log.ts";
import { type RunningServer, startServer } from "../../server.ts";
import { systemClock } from "../../state/clock.ts";
import { createState, type State } from "../../state/state.ts";
import { openAdminPort, withAdmin } from "../admin_port.ts";
import { demoSnapshot } from "./config.ts";
import { startProviders } from "./providers.ts";

export interface Stage extends AsyncDisposable {
  /** With its dashboard: draining it ends both. */
  readonly server: RunningServer;
  readonly dashboardUrl: string | undefined;
  readonly state: State;
  readonly snapshot: Snapshot;
}

/**
 * Builds the stage. Disposing stops the providers and removes the directory; draining the server
 * comes before it.
 *
 * @throws what the operating system refuses a directory or a port with
 */
export async function setStage(): Promise<Stage> {
  await using stack = new AsyncDisposableStack();
  const providers = stack.use(startProviders());
  const directory = await makeDirectory();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const snapshot = await demoSnapshot(providers, directory);
  const log = new GeneralLog({ now: systemClock.now, console: () => Promise.resolve() });
  log.configure(snapshot);
  const state = createState({ clock: systemClock, random: Math.random, log });
  const current = () => snapshot;
  const proxy = await startServer({ current, state });
  const admin = await openAdminPort({
    current,
    state,
    proxyUrl: proxy.url,
    history: state.history,
    reloads: new Reloads(snapshot, systemClock),
    otherLoops: NO_OTHER_LOOPS,
    version: settings.version,
    startedAt: systemClock.now(),
  });
  const strike = stack.move();
  const server = withAdmin(proxy, admin);
  return {
    server,
    dashboardUrl: admin?.url,
    state,
    snapshot,
    [Symbol.asyncDispose]: () => strike.disposeAsync(),
  };
}

async function makeDirectory(): Promise<string> {
  try {
    return await Deno.makeTempDir({ prefix: "llm-proxy-demo-" });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const what = `no temporary directory can be made for its logs (${why})`;
    throw new Error(`${what}; set TMPDIR (on Windows TEMP) to one that can be written`, { cause });
  }
}

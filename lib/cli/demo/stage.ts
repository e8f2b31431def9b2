/** Everything the demo runs on: providers, a running proxy, and a directory that goes with it. */
import type { Snapshot } from "../../config/snapshot.ts";
import { GeneralLog } from "../../record/general_log.ts";
import { type RunningServer, startServer } from "../../server.ts";
import { systemClock } from "../../state/clock.ts";
import { createState, type State } from "../../state/state.ts";
import { demoSnapshot } from "./config.ts";
import { startProviders } from "./providers.ts";

export interface Stage extends AsyncDisposable {
  readonly server: RunningServer;
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
  const server = await startServer({ current: () => snapshot, state });
  const strike = stack.move();
  return { server, state, snapshot, [Symbol.asyncDispose]: () => strike.disposeAsync() };
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

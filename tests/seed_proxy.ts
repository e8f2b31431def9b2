/** The seed README's own configuration, and a proxy that runs on it from a real, watched file. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { loadConfig, type LoadedSnapshot } from "../lib/config/load.ts";
import type { Snapshot } from "../lib/config/snapshot.ts";
import { ConfigWatcher } from "../lib/config/watch.ts";
import { GeneralLog } from "../lib/record/general_log.ts";
import { startServer } from "../lib/server.ts";
import { adopt, createState } from "../lib/state/state.ts";
import { type Peer, type Script, startPeer } from "./peer.ts";
import { reworded, SEED_YAML } from "./seed_example.ts";
import { standingClock, textsIn } from "./proxy.ts";

export interface SeedProxy extends AsyncDisposable {
  readonly url: string;
  readonly providerA: Peer;
  readonly providerB: Peer;
  readonly snapshot: Snapshot;
  /** The configuration in the file, with the addresses of this run in it. */
  readonly yaml: string;
  /** Moves the proxy's clock on. */
  pass(seconds: number): void;
  /** Saves the configuration file; resolves when it is in force. */
  save(yaml: string): Promise<void>;
  /** The texts of the files in `logs/requests` or `logs/errors`. */
  logs(kind: "requests" | "errors"): Promise<string[]>;
  /** The lines of `logs/proxy.log`; none where there is no such file. */
  generalLog(): Promise<string[]>;
}

export interface SeedOptions {
  readonly a: Script;
  /** Without it, provider-b stays as in the README: named by a route, defined nowhere. */
  readonly b?: Script;
  /** Rewords the README's configuration. Default: not at all. */
  readonly edit?: (yaml: string) => string;
  /** For the share of routes of equal priority; default always 0. */
  readonly random?: () => number;
}

/** Starts the proxy on the README's configuration; only addresses are others. */
export async function startSeed(options: SeedOptions): Promise<SeedProxy> {
  await using stack = new AsyncDisposableStack();
  const providerA = stack.use(await startPeer(options.a));
  const providerB = stack.use(await startPeer(options.b ?? (() => {})));
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-seed-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const printed = (options.edit ?? ((yaml) => yaml))(SEED_YAML);
  const addressed = withAddresses(printed, providerA.url);
  const yaml = options.b === undefined ? addressed : withProviderB(addressed, providerB.url);
  const file = join(directory, "config.yaml");
  await Deno.writeTextFile(file, yaml);
  const first = await loadConfig(file, { revision: 1, env: () => undefined });
  assert.ok(first.ok, JSON.stringify(first));
  const running = await runFrom(file, first, options.random ?? (() => 0));
  stack.defer(() => running.stop());
  const owned = stack.move();
  return {
    url: running.url,
    providerA,
    providerB,
    snapshot: first.snapshot,
    yaml,
    pass: running.pass,
    save: async (next) => {
      const inForce = running.nextSnapshot();
      await Deno.writeTextFile(file, next);
      await inForce;
    },
    logs: async (kind) => {
      await running.flush();
      return await textsIn(join(directory, "logs", kind));
    },
    generalLog: async () => {
      await running.flush();
      return await linesOf(join(directory, "logs/proxy.log"));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function withAddresses(yaml: string, providerA: string): string {
  const free = reworded(yaml, `listen: ":8080"`, `listen: ":0"`);
  return reworded(free, "https://api.provider-a.com/v1", `${providerA}/v1`);
}

async function linesOf(path: string): Promise<string[]> {
  try {
    return (await Deno.readTextFile(path)).trimEnd().split("\n");
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return [];
    throw cause;
  }
}

/** A block for provider-b after that of provider-a. */
function withProviderB(yaml: string, providerB: string): string {
  const block = `  - name: "provider-b"\n    url: "${providerB}/v1"\n\n# 模型别名`;
  return reworded(yaml, "\n# 模型别名", block);
}

async function runFrom(file: string, first: LoadedSnapshot, random: () => number) {
  const clock = standingClock();
  const log = new GeneralLog({ now: clock.now, console: () => Promise.resolve() });
  log.configure(first.snapshot);
  const state = createState({ clock, random, log });
  const waiting: PromiseWithResolvers<void>[] = [];
  const watcher = new ConfigWatcher({
    file,
    first,
    env: () => undefined,
    onSnapshot: (next, previous) => {
      adopt(state, next, previous);
      log.configure(next);
      waiting.splice(0).forEach(({ resolve }) => resolve());
    },
    onProblems: (problems) => {
      waiting.splice(0).forEach(({ reject }) => reject(new Error(JSON.stringify(problems))));
    },
    onWarning: (line) => log.warn(line),
    stableMs: 20,
  });
  const server = await startServer({ current: () => watcher.current, state });
  return {
    url: server.url,
    pass: (seconds: number) => void clock.pass(seconds),
    nextSnapshot: () => {
      const next = Promise.withResolvers<void>();
      waiting.push(next);
      return next.promise;
    },
    flush: async () => {
      await state.journal.flush();
      await log.flush();
    },
    stop: async () => {
      await server.drain(0);
      await watcher.close();
    },
  };
}

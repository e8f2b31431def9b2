/** A proxy in this process, with a clock that stands still until it is told to move. */
import { join } from "node:path";
import { parseConfig } from "../lib/config/load.ts";
import { formatProblem } from "../lib/config/problem.ts";
import { readText } from "../lib/config/read_text.ts";
import type { Snapshot } from "../lib/config/snapshot.ts";
import type { MemoryFigures } from "../lib/policy/overload.ts";
import { GeneralLog } from "../lib/record/general_log.ts";
import { startServer } from "../lib/server.ts";
import { adopt, createState, type State } from "../lib/state/state.ts";
import { type Leak, leaksIn } from "./canary/leaks.ts";
import { leakLine, leaksUnder } from "./canary/logged.ts";
import { Ledger } from "./ledger/ledger.ts";

export interface TestProxy extends AsyncDisposable {
  readonly url: string;
  readonly state: State;
  /** The configuration in force. */
  readonly current: () => Snapshot;
  /** The general log's lines so far, without level filtering by time. */
  readonly lines: readonly string[];
  /** Where relative paths of the configuration start. */
  readonly directory: string;
  /** Moves the proxy's clock on. */
  pass(seconds: number): void;
  /** Stops the proxy: what has not ended in that (real) time is cut. */
  drain(seconds: number): Promise<void>;
  /** Puts another configuration in force, as a reload does. */
  configure(yaml: string): Promise<void>;
  /** The texts of all request logs, oldest first; `errors` for those in the error directory. */
  logs(kind?: "requests" | "errors"): Promise<string[]>;
  /** What has passed so far; undefined where none is kept. */
  readonly ledger: Ledger | undefined;
}

export interface TestProxyOptions {
  /** For weighted choice; default always 0. */
  readonly random?: () => number;
  /**
   * Whether every byte is held against the documented differences once the proxy is stopped (default);
   * not for a test that asks for more than a relay of TCP connections can pass on.
   */
  readonly ledger?: boolean;
  /** How much memory is in use; default what V8 says. */
  readonly memory?: () => MemoryFigures;
}

/** Starts a proxy. `listen` defaults to a free loopback port; logs go to a directory of its own. */
export async function startProxy(
  yaml: string,
  { random = () => 0, ledger: kept = true, memory }: TestProxyOptions = {},
): Promise<TestProxy> {
  const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
  const clock = standingClock();
  const lines: string[] = [];
  const console = (text: string) => Promise.resolve(void lines.push(...text.trimEnd().split("\n")));
  const log = new GeneralLog({ now: clock.now, console });
  const ledger = kept ? new Ledger() : undefined;
  const load = async (yaml: string, revision: number) => {
    const snapshot = await snapshotOf(yaml, directory, revision);
    return await ledger?.behind(snapshot) ?? snapshot;
  };
  let current = await load(yaml, 1);
  log.configure(current);
  const state = createState({ clock, random, log, ...memory && { memory } });
  state.journal.watch({ onAttempt: () => {}, onEnd: (entry) => ledger?.ended(entry) });
  const server = await startServer({ current: () => current, state });
  return {
    url: await ledger?.before(server.url) ?? server.url,
    state,
    current: () => current,
    lines,
    directory,
    pass: (seconds) => clock.pass(seconds),
    drain: (seconds) => server.drain(seconds * 1000),
    async configure(next) {
      const previous = current;
      current = await load(next, previous.revision + 1);
      log.configure(current);
      adopt(state, current, previous);
    },
    async logs(kind = "requests") {
      await state.journal.flush();
      return await textsIn(join(directory, "logs", kind));
    },
    ledger,
    async [Symbol.asyncDispose]() {
      await server.drain(0);
      await ledger?.[Symbol.asyncDispose]();
      const leaks = ledger === undefined ? [] : await leaksOf(ledger, { directory, lines });
      await Deno.remove(directory, { recursive: true });
      ledger?.verify();
      if (leaks.length > 0) throw new Error(`The logs leak:\n${leaks.map(leakLine).join("\n")}`);
    },
  };
}

/** Credentials unmasked in what a proxy wrote to its logs and to the console. */
async function leaksOf(
  ledger: Ledger,
  { directory, lines }: Pick<TestProxy, "directory" | "lines">,
): Promise<Leak[]> {
  const secrets = [...ledger.credentials()].map((value) => ({ value }));
  const console = leaksIn("the console", lines.join("\n"), secrets);
  return [...console, ...await leaksUnder(join(directory, "logs"), secrets)];
}

/** The snapshot a configuration text means; throws with every problem it has. */
export async function snapshotOf(yaml: string, directory: string, revision = 1): Promise<Snapshot> {
  const listening = yaml.includes("listen:") ? yaml : `listen: "127.0.0.1:0"\n${yaml}`;
  const file = join(directory, "config.yaml");
  const loaded = await parseConfig(listening, {
    file,
    revision,
    env: () => undefined,
    read: readText,
  });
  if (loaded.ok) return loaded.snapshot;
  throw new Error(loaded.problems.map(formatProblem).join("\n"));
}

/** A clock that moves when it is told to, from the first of January 2026 on. */
export function standingClock() {
  let elapsedMs = 0;
  const startMs = Date.UTC(2026, 0, 1);
  return {
    monotonicMs: () => elapsedMs,
    now: () => new Date(startMs + elapsedMs),
    pass: (seconds: number) => elapsedMs += seconds * 1000,
  };
}

/** The texts of a directory's files by name; none where there is no directory. */
export async function textsIn(directory: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(directory)) names.push(name);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  }
  return await Promise.all(names.sort().map((name) => Deno.readTextFile(join(directory, name))));
}

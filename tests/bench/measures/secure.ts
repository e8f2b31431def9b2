/** Backends as they are at providers: over TLS, on connections that are kept, or opened anew. */
import { type Bench, quantile } from "../bench.ts";
import type { Name, Running } from "../contestants/contestant.ts";
import { Connection } from "../load/connection.ts";
import { checkReply, type Target } from "../load/target.ts";
import { cpuLane, ONE_KB } from "./cpu.ts";
import { inRounds } from "./rounds.ts";
import { pause, targetOf } from "./window.ts";

/** Those that speak TLS to the backend here. */
const SPEAKING: readonly Name[] = ["nginx", "bare", "ours", "before"];

export async function requestsToTls(bench: Bench): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const running = await startAll(bench, stack);
  await inRounds(
    bench,
    running.map((each) => cpuLane(bench, each, { key: "cpuTls", bytes: ONE_KB })),
  );
}

/**
 * One request, a pause, one request: what it takes where the connection was kept meanwhile, and where it
 * has to be opened anew. All take turns within the pause.
 */
export async function rareRequests(bench: Bench): Promise<void> {
  const { effort, results } = bench;
  await using stack = new AsyncDisposableStack();
  const callers = await Promise.all((await startAll(bench, stack)).map(callerOf));
  for (const { connection } of callers) stack.defer(() => connection.close());
  for (let request = 0; request < effort.rareRequests; request++) {
    await pause(effort.rareMs);
    for (const caller of callers) caller.tookMs.push(await timed(caller));
  }
  for (const { target, tookMs } of callers) {
    results.add("rareP50", target.name, quantile(tookMs, 0.5));
  }
}

interface RareCaller {
  readonly target: Target & { readonly name: Name };
  readonly connection: Connection;
  readonly tookMs: number[];
}

/** Its proxy has made one request already, and opened what it opens for that. */
async function callerOf(running: Running): Promise<RareCaller> {
  const target = await targetOf(running, "json", ONE_KB);
  const connection = await Connection.open(running.port);
  return { target: { ...target, name: running.name }, connection, tookMs: [] };
}

async function timed({ target, connection }: RareCaller): Promise<number> {
  const startMs = performance.now();
  await connection.exchange(target.request);
  checkReply(target, connection.parser);
  return performance.now() - startMs;
}

async function startAll(bench: Bench, stack: AsyncDisposableStack): Promise<Running[]> {
  const running: Running[] = [];
  for (const name of SPEAKING) {
    const contestant = bench.contestants.get(name);
    if (contestant === undefined) continue;
    const options = await bench.fresh(name, { isSecure: true });
    running.push(stack.use(await contestant.start(options)));
  }
  return running;
}

/**
 * How long hostile requests and replies hold the proxy's event loop: the longest time between two turns
 * of it during each, alone and four at once, in milliseconds of its thread's CPU, the better of two runs.
 *
 *     deno task bench:stalls [part of a name] [--logs]
 */
import type { Snapshot } from "../../../lib/config/snapshot.ts";
import { startServer } from "../../../lib/server.ts";
import { GeneralLog } from "../../../lib/record/general_log.ts";
import { createState } from "../../../lib/state/state.ts";
import { snapshotOf } from "../../proxy.ts";
import { HOSTILE } from "./hostile.ts";
import { longestStall } from "./loop_watch.ts";
import type { Order, Report } from "./peers_worker.ts";

const wanted = Deno.args.find((each) => !each.startsWith("--")) ?? "";
const RUNS = 2;
const AT_ONCE = 4;
/** What no turn may take. */
const MOST_MS = 50;

const print = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));

/** The callers' and the backend's thread. */
class Peers {
  readonly #worker = new Worker(import.meta.resolve("./peers_worker.ts"), { type: "module" });

  order(order: Order | "go"): Promise<Report> {
    this.#worker.postMessage(order);
    return this.next();
  }

  next(): Promise<Report> {
    return new Promise((resolve, reject) => {
      this.#worker.onmessage = ({ data }: MessageEvent<Report>) => resolve(data);
      this.#worker.onerror = ({ message }) => reject(new Error(message));
    });
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }
}

async function measure(peers: Peers, order: Order) {
  let stallMs = Infinity;
  let bytes = 0;
  let statuses: readonly string[] = [];
  for (let run = 0; run < RUNS; run++) {
    const ready = await peers.order(order);
    if (ready.kind === "ready") ({ bytes } = ready);
    const ms = await longestStall(async () => {
      const done = await peers.order("go");
      if (done.kind === "done") ({ statuses } = done);
    });
    stallMs = Math.min(stallMs, ms);
  }
  return { bytes, stallMs, statuses };
}

function configuration(backendPort: number): string {
  const logs = Deno.args.includes("--logs")
    ? ""
    : `logging: { request_dir: "", error_dir: "", general_file: "" }`;
  return `
backends:
  - { name: first, url: "http://127.0.0.1:${backendPort}" }
  - { name: second, url: "http://127.0.0.1:${backendPort}/second" }
models:
  gpt: [{ backend: first, model: model-a }, { backend: second, model: model-b, priority: 2 }]
fallback: { max_retries: 1 }
detection: { error_patterns: ["overloaded", "/(?i)(quota|limit).{0,40}exceeded/", "/(a*)*b{3}c$/"] }
history: { file: "" }
${logs}
`;
}

/** More than the loader takes, so that this is no matter of how a file is written. */
function withMoreAliases(snapshot: Snapshot): Snapshot {
  const [first] = snapshot.aliases.values();
  if (first === undefined) throw new Error("There is no alias");
  const more = Array.from({ length: 20_000 }, (_, index) => `some-model-${index}-of-many`);
  const aliases = [first, ...more.map((name) => ({ ...first, name }))];
  return { ...snapshot, aliases: new Map(aliases.map((alias) => [alias.name, alias])) };
}

const directory = await Deno.makeTempDir({ prefix: "llm-proxy-stalls-" });
using peers = new Peers();
const backend = await peers.next();
if (backend.kind !== "backend") throw new Error("The peers did not start");
const snapshot = withMoreAliases(await snapshotOf(configuration(backend.port), directory));
const log = new GeneralLog({ now: () => new Date(), console: () => Promise.resolve() });
log.configure(snapshot);
const clock = { monotonicMs: () => performance.now(), now: () => new Date() };
const state = createState({ clock, random: Math.random, log });
const server = await startServer({ current: () => snapshot, state });
const port = Number(new URL(server.url).port);

print("| exchange | bytes | longest stall, ms | four at once, ms | status |");
print("| --- | --: | --: | --: | --- |");
let over = 0;
for (const { name } of HOSTILE.filter((each) => each.name.includes(wanted))) {
  const alone = await measure(peers, { name, port, count: 1 });
  const together = await measure(peers, { name, port, count: AT_ONCE });
  const worst = Math.max(alone.stallMs, together.stallMs);
  if (worst > MOST_MS) over++;
  const mark = worst > MOST_MS ? "**" : "";
  const statuses = [...new Set([...alone.statuses, ...together.statuses])].join();
  const cells = [
    name,
    alone.bytes.toLocaleString("en"),
    alone.stallMs.toFixed(1),
    mark + together.stallMs.toFixed(1) + mark,
    statuses,
  ];
  print(`| ${cells.join(" | ")} |`);
}
print(`\n${over} over ${MOST_MS} ms.`);
await server.drain(0);
await Deno.remove(directory, { recursive: true });
Deno.exit();

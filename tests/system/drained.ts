/**
 * A process of its own whose file descriptors are taken, all but a few: a scene by name, and on stdout
 * what came of it. That it ends by itself is what its tests are about: Deno panics where it is wrong.
 */
import { NO_OTHER_LOOPS } from "../../lib/admin/other_loops.ts";
import { Reloads } from "../../lib/admin/reloads.ts";
import { openAdminPort } from "../../lib/cli/admin_port.ts";
import { GeneralLog } from "../../lib/record/general_log.ts";
import { FileThread } from "../../lib/record/file_thread.ts";
import { HistoryWriter } from "../../lib/record/history_writer.ts";
import { createSharedMemory } from "../../lib/state/shared_memory.ts";
import { createState } from "../../lib/state/state.ts";
import { startThread } from "../../lib/system/descriptors.ts";
import { WorkerLoops } from "../../lib/workers/worker_loops.ts";
import { recordOf } from "../record/history_scene.ts";
import { standingClock, startProxy } from "../proxy.ts";

/** All that can be opened, but for so many. */
class Taken {
  readonly #files: Deno.FsFile[] = [];

  constructor(left = 0) {
    this.#take();
    this.free(left);
  }

  /** Takes what becomes free as well, until nothing does: a thread that has died lets go by and by. */
  async rest(): Promise<void> {
    for (let quiet = 0; quiet < 5; quiet = this.#take() ? 0 : quiet + 1) {
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  #take(): boolean {
    const before = this.#files.length;
    try {
      for (;;) this.#files.push(Deno.openSync("/dev/null"));
    } catch {
      return this.#files.length > before;
    }
  }

  free(count = Infinity): void {
    this.#files.splice(0, count).forEach((file) => file.close());
  }
}

/** Lines, and whoever waits for one. */
class Lines {
  readonly lines: string[] = [];
  #wake = () => {};

  readonly add = (line: string): void => {
    this.lines.push(line);
    this.#wake();
  };

  async like(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = this.lines.find((line) => pattern.test(line));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }
}

const ECHO = "onmessage = ({ data }) => postMessage(data); postMessage('loaded')";

/** How a thread is started with so few descriptors. */
async function thread(left: number): Promise<string> {
  const taken = new Taken(left);
  const worker = startThread(new URL(`data:text/javascript,${ECHO}`));
  const heard = worker === undefined
    ? "postponed"
    : await new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
  worker?.terminate();
  taken.free();
  return `${left}: ${heard}`;
}

const FILE = { bytes: new TextEncoder().encode("text") };

/** What a log thread that is not there, or has died, comes to. */
async function files(directory: string, url?: URL): Promise<unknown> {
  const files = new FileThread({ restMs: 0, ...url && { url } });
  // The one that dies does so now.
  if (url !== undefined) await files.startFor({ requestDir: directory, errorDir: "" });
  const taken = new Taken();
  await taken.rest();
  const [[lost] = []] = await files.write([{ ...FILE, paths: [`${directory}/a`] }]);
  taken.free();
  const [[kept] = []] = await files.write([{ ...FILE, paths: [`${directory}/b`] }]);
  files.close();
  return { lost: lost?.replace(/:.*/, ""), kept: kept ?? Deno.readTextFileSync(`${directory}/b`) };
}

async function loops(): Promise<string> {
  const clock = standingClock();
  const said = new Lines();
  const console = (text: string) => Promise.resolve(text.trimEnd().split("\n").forEach(said.add));
  const log = new GeneralLog({ now: clock.now, console });
  const memory = createSharedMemory({ loops: 2 });
  const state = createState({ clock, random: () => 0, log, shared: { memory, loop: 0 } });
  const first = {
    file: "config.yaml",
    text: "it",
    files: new Map(),
    envFile: { kind: "absent" } as const,
    revision: 1,
    listening: undefined,
  };
  const url = new URL("../workers/scripted_worker.ts", import.meta.url);
  const taken = new Taken();
  const loops = new WorkerLoops({ loops: 2, memory, first, state, log, url, restartMs: 20 });
  await loops.start(8080);
  await said.like(/ERROR Event loop 1 cannot be started: too few file descriptors/);
  // Tried again in vain, and not said again.
  await new Promise((resolve) => setTimeout(resolve, 100));
  taken.free();
  await said.like(/loop 1 begins with it/);
  await said.like(/Event loop 1 serves again\.$/);
  await loops.drain(0);
  return said.lines.filter((line) => line.includes("cannot be started")).length.toString();
}

async function history(directory: string): Promise<unknown> {
  const said = new Lines();
  const { now } = standingClock();
  const taken = new Taken();
  const path = `${directory}/history.db`;
  const writer = new HistoryWriter({ path, now, info: said.add, warn: said.add });
  writer.open();
  writer.add(recordOf());
  await said.like(/^Cannot keep the history/);
  taken.free();
  await said.like(/^The history is kept again/);
  await writer.flush();
  const rows = writer.file?.queries.requests({}, { limit: 10 }).length;
  writer.close();
  return { rows, lost: writer.lost };
}

async function admin(): Promise<unknown> {
  const proxy = await startProxy(
    `backends: [{ name: b, url: "http://127.0.0.1:9" }]
models: { chat: [{ backend: b, model: m }] }
admin: { listen: "127.0.0.1:0" }`,
    { ledger: false },
  );
  const { current, state, url: proxyUrl } = proxy;
  const reloads = new Reloads(current(), state.clock);
  const taken = new Taken();
  const opening = openAdminPort({
    current,
    state,
    proxyUrl,
    history: state.history,
    reloads,
    otherLoops: NO_OTHER_LOOPS,
    version: "",
    startedAt: state.clock.now(),
  });
  const isSaid = (line: string) => line.includes("No dashboard yet");
  while (!proxy.lines.some(isSaid)) await new Promise((resolve) => setTimeout(resolve, 10));
  taken.free();
  const port = await opening;
  const { status } = await fetch(`${port?.url}/api/now`);
  return { said: proxy.lines.filter(isSaid).length, status };
}

const SCENES: Readonly<Record<string, (directory: string) => Promise<unknown>>> = {
  async threads() {
    const told: string[] = [];
    for (let left = 0; left <= 40; left += 1) told.push(await thread(left));
    return told;
  },
  files: (directory) => files(directory),
  dead: (directory) => files(directory, new URL("data:text/javascript,throw new Error('died')")),
  loops,
  history,
  admin,
};

// As the program does: Deno panics where it comes to listen to signals without descriptors.
Deno.addSignalListener("SIGTERM", () => Deno.exit(1));
const [name = ""] = Deno.args;
const directory = await Deno.makeTempDir({ prefix: "llm-proxy-test-" });
const outcome = await SCENES[name]?.(directory);
await Deno.remove(directory, { recursive: true });
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(outcome)));
Deno.exit(0);

/** Accepts requests: the door, our own endpoints, and the one catch-all; listens and drains. */
import type { Snapshot } from "./config/snapshot.ts";
import { dialectOf } from "./dialect/dialect.ts";
import { ownEndpoint } from "./own_endpoints.ts";
import { refusedAtTheDoor } from "./policy/admittance.ts";
import { route } from "./router.ts";
import type { State } from "./state/state.ts";
import { problemAnswer, responseOf } from "./wire/own_answer.ts";
import { pathOf, targetOf } from "./wire/receive.ts";

export interface ServerOptions {
  /** The configuration in force; read once a request. */
  readonly current: () => Snapshot;
  readonly state: State;
}

export interface RunningServer {
  /** Where callers reach it, such as `http://127.0.0.1:8080`; loopback for all interfaces. */
  readonly url: string;
  /**
   * Refuses new connections and lets responses end. What has not ended after `drainMs` is cut.
   * Resolves when every record is written.
   */
  drain(drainMs: number): Promise<void>;
}

/** How long to wait before listening again after the operating system refused to go on. */
const RELISTEN_MS = 200;

/**
 * Listens where the configuration says.
 *
 * @throws {Deno.errors.AddrInUse} and whatever else the operating system refuses listening with
 */
export function startServer(options: ServerOptions): RunningServer {
  const { listen } = options.current();
  let server = serve(listen, options);
  const { port } = server.addr;
  let draining = false;
  watch();
  return { url: urlOf(listen.hostname, port), drain };

  /** Running out of file descriptors ends the listener (platform fact); the process goes on. */
  function watch(): void {
    server.finished.catch(async (cause) => {
      options.state.log.error(`The listener failed: ${cause}. Listening again.`);
      while (!draining && !listenAgain()) await delay(RELISTEN_MS);
    });
  }

  function listenAgain(): boolean {
    try {
      server = serve({ ...listen, port }, options);
      watch();
      return true;
    } catch {
      return false;
    }
  }

  async function drain(drainMs: number): Promise<void> {
    draining = true;
    const { journal, pools, log } = options.state;
    const drained = server.shutdown().catch(() => {});
    await within(drained, drainMs);
    journal.endOpen("the proxy was stopped");
    await pools.destroy();
    await journal.flush();
    await log.flush();
  }
}

function serve(
  listen: Snapshot["listen"],
  options: ServerOptions,
): Deno.HttpServer<Deno.NetAddr> {
  const settings = {
    ...listen,
    automaticCompression: false,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  };
  return Deno.serve(settings, (request, info) => handle(request, info.remoteAddr, options));
}

async function handle(
  request: Request,
  peer: Deno.NetAddr,
  { current, state }: ServerOptions,
): Promise<Response> {
  const snapshot = current();
  const { method } = request;
  const path = pathOf(targetOf(request.url));
  const headers = [...request.headers];
  const problem = refusedAtTheDoor(request, snapshot);
  if (problem !== undefined) {
    state.log.warn(`Turned away ${peer.hostname}: ${problem.status} ${problem.code}.`);
    return responseOf(problemAnswer(problem, dialectOf(path, headers)));
  }
  const own = ownEndpoint({ method, path, headers }, snapshot);
  if (own !== undefined) return responseOf(own);
  return await route(request, { snapshot, state, caller: `${peer.hostname}:${peer.port}` });
}

function urlOf(hostname: string, port: number): string {
  const shown = hostname === "0.0.0.0" || hostname === "::" ? "127.0.0.1" : hostname;
  return `http://${shown.includes(":") ? `[${shown}]` : shown}:${port}`;
}

async function within(promise: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
  await Promise.race([promise, timeout]);
  clearTimeout(timer);
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Finds out that a server no longer accepts. Running out of file descriptors ends node:net's accept
 * loop without a word (Deno 2.9.6), and it does not come back when descriptors do. So when nothing
 * has been accepted for a while, the server is asked to accept a connection of its own.
 */
import { connect, type Server } from "node:net";

export interface AcceptWatchOptions {
  readonly port: number;
  readonly hostname: string;
  /** Event loops that share the port. */
  readonly loops: number;
  /** Listens again on the same address. */
  readonly relisten: () => void;
  readonly onFault: (line: string) => void;
  /** Between two looks. Default 5000. */
  readonly checkMs?: number;
}

const CHECK_MS = 5_000;
const ANSWER_MS = 2_000;

/** Watches until the function it gives is called. */
export function watchAccepting(server: Server, options: AcceptWatchOptions): () => void {
  let accepted = false;
  let stopped = false;
  const onConnection = () => accepted = true;
  server.on("connection", onConnection);
  let looking = false;
  const timer = setInterval(async () => {
    const busy = accepted;
    accepted = false;
    if (busy || looking) return;
    looking = true;
    const isWell = await accepts(server, options);
    looking = false;
    if (isWell || stopped) return;
    options.onFault("The listener no longer accepted connections. Listening again.");
    options.relisten();
  }, options.checkMs ?? CHECK_MS);
  return () => {
    stopped = true;
    clearInterval(timer);
    server.off("connection", onConnection);
  };
}

/** Of a shared port most connections go to other loops: that 20 times its share all did is no chance. */
const ROUNDS = 20;
const ROUND_MS = 100;

async function accepts(server: Server, options: AcceptWatchOptions): Promise<boolean> {
  if (options.loops === 1) return await acceptsAny(server, options, ANSWER_MS);
  for (let round = 0; round < ROUNDS; round++) {
    if (await acceptsAny(server, options, ROUND_MS)) return true;
  }
  return false;
}

/**
 * Whether the server accepts one of as many connections as there are loops; true as well when this
 * process could not make one.
 */
async function acceptsAny(
  server: Server,
  { port, hostname, loops }: AcceptWatchOptions,
  answerMs: number,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const seen = () => resolve(true);
  const timer = setTimeout(() => resolve(false), answerMs);
  server.on("connection", seen);
  const sockets = Array.from({ length: loops }, () => {
    const socket = connect({ port, host: reachable(hostname) });
    // Refused: listening again has failed. Else out of descriptors here too, until some are free.
    socket.on("error", ({ code }: NodeJS.ErrnoException) => resolve(code !== "ECONNREFUSED"));
    return socket;
  });
  const answer = await promise;
  clearTimeout(timer);
  server.off("connection", seen);
  for (const socket of sockets) socket.destroy();
  return answer;
}

function reachable(hostname: string): string {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  return hostname === "::" ? "::1" : hostname;
}

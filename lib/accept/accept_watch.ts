/**
 * Finds out that a server no longer accepts. Running out of file descriptors ends node:net's accept
 * loop without a word (Deno 2.9.6), and it does not come back when descriptors do. So when nothing
 * has been accepted for a while, the server is asked to accept a connection of its own.
 */
import { connect, type Server } from "node:net";

export interface AcceptWatchOptions {
  readonly port: number;
  readonly hostname: string;
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
  const timer = setInterval(async () => {
    const busy = accepted;
    accepted = false;
    if (busy || await acceptsOne(server, options) || stopped) return;
    options.onFault("The listener no longer accepted connections. Listening again.");
    options.relisten();
  }, options.checkMs ?? CHECK_MS);
  return () => {
    stopped = true;
    clearInterval(timer);
    server.off("connection", onConnection);
  };
}

/** Whether the server accepts a connection; true as well when this process could not make one. */
function acceptsOne(
  server: Server,
  { port, hostname }: { readonly port: number; readonly hostname: string },
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: reachable(hostname) });
    const done = (accepts: boolean) => {
      clearTimeout(timer);
      server.off("connection", seen);
      socket.destroy();
      resolve(accepts);
    };
    const seen = () => done(true);
    const timer = setTimeout(() => done(false), ANSWER_MS);
    server.on("connection", seen);
    // Refused: listening again has failed. Else out of descriptors here too, until some are free.
    socket.on("error", ({ code }: NodeJS.ErrnoException) => done(code !== "ECONNREFUSED"));
  });
}

function reachable(hostname: string): string {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  return hostname === "::" ? "::1" : hostname;
}

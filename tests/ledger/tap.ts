/**
 * A relay of TCP connections that keeps every byte of both directions. What it is put between notices
 * nothing: a half-close, a reset and a side that takes nothing pass through.
 */
import type { Buffer } from "node:buffer";
import { connect, createServer, type Socket } from "node:net";
import { Recording } from "./recording.ts";

export interface TappedConnection {
  /** From whoever connected. */
  readonly sent: Recording;
  /** From the other side. */
  readonly answered: Recording;
}

export interface Tap extends AsyncDisposable {
  readonly port: number;
  /** In the order in which they were opened. */
  readonly connections: readonly TappedConnection[];
}

export interface TapTarget {
  readonly hostname: string;
  readonly port: number;
}

/**
 * Starts a tap on a free loopback port.
 *
 * @param now the instant for what passes now; taps that share it can be put in order
 */
export async function startTap(target: TapTarget, now: () => number): Promise<Tap> {
  const connections: TappedConnection[] = [];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({
      host: target.hostname,
      port: target.port,
      noDelay: true,
      allowHalfOpen: true,
    });
    const connection = { sent: new Recording(), answered: new Recording() };
    connections.push(connection);
    keep(near);
    keep(far);
    pass({ from: near, to: far, recording: connection.sent, now });
    pass({ from: far, to: near, recording: connection.answered, now });
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  return {
    port,
    connections,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface Passage {
  readonly from: Socket;
  readonly to: Socket;
  readonly recording: Recording;
  readonly now: () => number;
}

function pass({ from, to, recording, now }: Passage): void {
  from.on("data", (bytes: Buffer) => {
    recording.add(bytes, now());
    if (!to.write(bytes)) from.pause();
  });
  to.on("drain", () => from.resume());
  from.on("end", () => {
    recording.end();
    to.end();
  });
  // What broke on one side breaks on the other, be it refused or reset.
  from.on("error", () => to.resetAndDestroy());
  from.on("close", () => {
    if (!recording.ended) to.destroy();
  });
}

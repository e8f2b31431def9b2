/** Counts the streams of events that are open, as whoever stands between a browser and the admin port. */
import { connect, createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

export interface FeedCounter extends AsyncDisposable {
  readonly url: string;
  /** Streams that are open now. */
  readonly open: number;
  /** Streams that have ever been asked for. */
  readonly opened: number;
  /** Resolves once so many are open. */
  reach(open: number): Promise<void>;
}

/** Passes connections on to a loopback port. */
export async function startFeedCounter(port: number): Promise<FeedCounter> {
  const feeds = new Set<Socket>();
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  let opened = 0;
  const changed = () => waiting.forEach((look) => look());
  const server = createServer((caller) => {
    const behind = connect(port, "127.0.0.1");
    for (const socket of [caller, behind]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        feeds.delete(caller);
        changed();
        (socket === caller ? behind : caller).destroy();
      });
    }
    caller.on("data", (bytes) => {
      behind.write(bytes);
      // A browser sends one request at a time on a connection, and each in one piece.
      if (!/^GET \S*\/api\/events /.test(bytes.toString("latin1"))) return;
      opened++;
      feeds.add(caller);
      changed();
    });
    behind.pipe(caller);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get open() {
      return feeds.size;
    },
    get opened() {
      return opened;
    },
    async reach(open) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => {
        if (feeds.size === open) resolve();
      };
      waiting.add(look);
      look();
      await promise;
      waiting.delete(look);
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Upgrades at the level of bytes. */
import { Buffer } from "node:buffer";
import { createServer, type Socket } from "node:net";
import { once } from "node:events";
import { requestBytes } from "../caller.ts";

export const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** A request for a WebSocket, as it stands on the wire. */
export function upgradeBytes(target: string, lines: readonly string[] = []): Uint8Array {
  const asking = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
  const all = [...asking, `Sec-WebSocket-Key: ${KEY}`, ...lines];
  return requestBytes({ method: "GET", target, lines: all });
}

/** A 101, whose accepting hash nobody here checks. */
export const SWITCHING =
  "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n" +
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nX-Case: kept\r\n\r\n";

/** One connection of a raw backend, after the head of its request. */
export interface RawSide {
  readonly socket: Socket;
  readonly head: string;
  /** What has come after the head. */
  readonly received: () => Buffer;
  /** Resolves once what came includes the text. */
  until(text: string): Promise<void>;
  /** Resolves when the connection has been ended by the proxy: false where it was broken. */
  readonly ended: Promise<boolean>;
  readonly closed: Promise<void>;
}

export interface RawBackend extends AsyncDisposable {
  readonly url: string;
  readonly heads: string[];
}

/** A TCP server that takes one request a connection and then does as it is told. */
export async function startRawBackend(serve: (side: RawSide) => void): Promise<RawBackend> {
  const sockets = new Set<Socket>();
  const heads: string[] = [];
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    const ended = new Promise<boolean>((resolve) => {
      socket.on("end", () => resolve(true));
      socket.on("close", () => resolve(false));
    });
    let bytes = Buffer.alloc(0);
    let from = -1;
    let wake = () => {};
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      wake();
      if (from >= 0 || !bytes.includes("\r\n\r\n")) return;
      from = bytes.indexOf("\r\n\r\n") + 4;
      const head = bytes.toString("latin1", 0, from - 4);
      heads.push(head);
      const received = () => bytes.subarray(from);
      const until = async (text: string) => {
        while (!received().includes(text)) await new Promise<void>((go) => wake = go);
      };
      serve({ socket, head, received, until, ended, closed });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    heads,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * Scripted backends on loopback: a TCP server that reads whole requests, keeps their exact bytes, and
 * answers each as its script says, byte by byte, down to the reset.
 */
import { Buffer } from "node:buffer";
import { createServer, type Server, type Socket } from "node:net";
import { dechunk, type Unframed } from "./dechunk.ts";

/** A request as it stood on the wire. */
export interface SeenRequest {
  /** The request line and header lines, without the blank line after them. */
  readonly head: string;
  readonly method: string;
  readonly target: string;
  /** Names as sent. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array;
}

/** The peer's side of one exchange. */
export interface Exchange {
  readonly request: SeenRequest;
  /** Counts the peer's requests from 0. */
  readonly index: number;
  /** Counts the requests on this connection from 0. */
  readonly onConnection: number;
  /** Sends bytes as they are; a string as UTF-8. */
  write(data: string | Uint8Array): Promise<void>;
  /** Ends the connection in order (FIN). */
  close(): void;
  /** Breaks the connection (RST). */
  reset(): void;
  /** Resolves when the proxy ends or breaks the connection. */
  readonly gone: Promise<void>;
}

export type Script = (exchange: Exchange) => void | Promise<void>;

export interface Peer extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly requests: SeenRequest[];
  /** Connections accepted so far. */
  readonly connections: number;
  /** Resolves with the request of that index once it has come in whole. */
  seen(index: number): Promise<SeenRequest>;
}

/** Starts a peer that handles every request by the script, on any free port where none is named. */
export async function startPeer(script: Script, port = 0): Promise<Peer> {
  const sockets = new Set<Socket>();
  const requests: SeenRequest[] = [];
  const waiting: { index: number; resolve: (request: SeenRequest) => void }[] = [];
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    serve(socket, script, (request) => {
      requests.push(request);
      waiting.filter(({ index }) => index < requests.length)
        .forEach(({ index, resolve }) => resolve(requests[index]!));
      return requests.length - 1;
    });
  });
  const listening = await listen(server, port);
  return {
    port: listening,
    url: `http://127.0.0.1:${listening}`,
    requests,
    get connections() {
      return connections;
    },
    seen: (index) =>
      new Promise((resolve) => {
        const known = requests[index];
        known === undefined ? waiting.push({ index, resolve }) : resolve(known);
      }),
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A peer that always answers with these bytes, keeping the connection. */
export function startReplier(reply: string | Uint8Array): Promise<Peer> {
  return startPeer(({ write }) => write(reply));
}

/** A whole reply with a Content-Length: `reply(429, '{"error":…}', { "retry-after": "7" })`. */
export function reply(
  status: number,
  body: string | Uint8Array = "",
  headers: Readonly<Record<string, string>> = {},
): Uint8Array {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const all = { "content-type": "application/json", "content-length": bytes.length, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} X\r\n${lines}\r\n`, "latin1"), bytes]);
}

/** A reply with exactly these header lines, one byte a character, and then its Content-Length. */
export function rawReply(
  status: number,
  lines: readonly string[],
  body: string | Uint8Array = "",
): Uint8Array {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const head = [`HTTP/1.1 ${status} X`, ...lines, `Content-Length: ${bytes.length}`].join("\r\n");
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, "latin1"), bytes]);
}

/** The head of a chunked event stream, and one chunk; `chunk("")` ends it. */
export const STREAM_HEAD =
  "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";

/** An event of a chat's stream with content, and the one that ends it. */
export const CONTENT = `data: {"choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n`;
export const DONE = "data: [DONE]\n\n";

export function chunk(data: string): string {
  const length = new TextEncoder().encode(data).length;
  return `${length.toString(16)}\r\n${data}\r\n`;
}

/** Streams content, and the end once the promise is kept. */
export function startPausing(until: Promise<void>): Promise<Peer> {
  return startPeer(async ({ write }) => {
    await write(STREAM_HEAD + chunk(CONTENT));
    await until;
    await write(chunk(DONE) + chunk(""));
  });
}

/** Nothing listens here, and no free port that is handed out can ever be it. */
export const CLOSED_PORT = 1;

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

function serve(socket: Socket, script: Script, note: (request: SeenRequest) => number): void {
  let pending: Buffer = Buffer.alloc(0);
  let onConnection = 0;
  const gone = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.on("data", (data: Buffer) => {
    pending = pending.length === 0 ? data : Buffer.concat([pending, data]);
    for (let taken = takeRequest(pending); taken !== undefined; taken = takeRequest(pending)) {
      pending = taken.rest;
      const { request } = taken;
      const exchange: Exchange = {
        request,
        index: note(request),
        onConnection: onConnection++,
        write: (bytes) => new Promise((resolve) => socket.write(bytes, () => resolve())),
        close: () => socket.end(),
        reset: () => socket.resetAndDestroy(),
        gone,
      };
      Promise.resolve(script(exchange)).catch(() => socket.destroy());
    }
  });
}

function takeRequest(bytes: Buffer): { request: SeenRequest; rest: Buffer } | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const [line = "", ...fields] = head.split("\r\n");
  const headers = fields.map((field) => {
    const colon = field.indexOf(":");
    return [field.slice(0, colon), field.slice(colon + 1).trim()] as const;
  });
  const content = bytes.subarray(end + 4);
  const { body, used, whole } = bodyIn(content, headers);
  if (!whole) return undefined;
  const [method = "", target = ""] = line.split(" ");
  const request = { head, method, target, headers, body: new Uint8Array(body) };
  return { request, rest: content.subarray(used) };
}

function bodyIn(bytes: Buffer, headers: SeenRequest["headers"]): Unframed {
  const valueOf = (wanted: string) =>
    headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? "";
  if (/chunked$/i.test(valueOf("transfer-encoding"))) return dechunk(bytes);
  const length = Number(valueOf("content-length"));
  return { body: bytes.subarray(0, length), used: length, whole: bytes.length >= length };
}

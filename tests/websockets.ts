/** WebSocket callers and backends, by the package that most programs use. */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import * as ws from "ws";

/** What is used of a connection; the package comes without types. */
export interface Connection {
  readonly protocol: string;
  readonly extensions: string;
  readonly readyState: number;
  send(data: string | Uint8Array, options?: SendOptions): void;
  ping(data?: string): void;
  pong(data?: string): void;
  close(code?: number, reason?: string): void;
  /** Ends it without the closing handshake. */
  terminate(): void;
  pause(): void;
  resume(): void;
  // deno-lint-ignore no-explicit-any -- node's event emitters take listeners of every kind
  on(event: string, listener: (...told: any[]) => void): void;
}

export interface SendOptions {
  readonly binary?: boolean;
  /** false where a further fragment of the message follows. */
  readonly fin?: boolean;
  readonly compress?: boolean;
}

/** A message as it came: text, or bytes. */
export type Message = string | Uint8Array;

export interface ServerOptions {
  readonly perMessageDeflate?: boolean;
  /** Chooses among the subprotocols offered. */
  readonly handleProtocols?: (offered: Set<string>) => string | false;
  readonly autoPong?: boolean;
}

export interface SocketBackend extends AsyncDisposable {
  readonly url: string;
  /** The requests that became connections. */
  readonly requests: IncomingMessage[];
  /** The connection of that index, once it is there. */
  connection(index?: number): Promise<Connection>;
}

/** A backend that takes WebSockets; `serve` gets each one. Everything is echoed by default. */
export async function startSocketBackend(
  serve: (connection: Connection, request: IncomingMessage) => void = echo,
  options: ServerOptions = {},
): Promise<SocketBackend> {
  const server = new ws.WebSocketServer({ port: 0, host: "127.0.0.1", ...options });
  const connections: Connection[] = [];
  const requests: IncomingMessage[] = [];
  const waiting: { index: number; resolve: (connection: Connection) => void }[] = [];
  server.on("connection", (connection: Connection, request: IncomingMessage) => {
    connection.on("error", () => {});
    connections.push(connection);
    requests.push(request);
    serve(connection, request);
    waiting.filter(({ index }) => index < connections.length)
      .forEach(({ index, resolve }) => resolve(connections[index]!));
  });
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    connection: (index = 0) =>
      new Promise((resolve) => {
        const known = connections[index];
        known === undefined ? waiting.push({ index, resolve }) : resolve(known);
      }),
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function echo(connection: Connection): void {
  connection.on("message", (data: Uint8Array, binary: boolean) => {
    connection.send(data, { binary });
  });
}

/** A refusal as the caller saw it. */
export interface Refusal {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** A caller's connection and all that it was told. */
export interface SocketCaller extends AsyncDisposable {
  readonly connection: Connection;
  readonly messages: Message[];
  /** The fields of the 101. */
  readonly headers: Readonly<Record<string, string>>;
  /** Resolves once so many messages have come. */
  received(count: number): Promise<readonly Message[]>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export interface CallerOptions {
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly perMessageDeflate?: boolean;
}

/** Opens a WebSocket; rejects with a `RefusedError` where the answer is none. */
export async function openSocket(
  url: string,
  { protocols = [], ...options }: CallerOptions = {},
): Promise<SocketCaller> {
  const connection = new ws.WebSocket(url.replace(/^http/, "ws"), protocols, options);
  const messages: Message[] = [];
  let headers: Readonly<Record<string, string>> = {};
  let wake = () => {};
  connection.on("upgrade", (reply: { headers: Record<string, string> }) => headers = reply.headers);
  connection.on("message", (data: Uint8Array, binary: boolean) => {
    messages.push(binary ? new Uint8Array(data) : Buffer.from(data).toString());
    wake();
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    connection.on("close", (code: number, reason: Uint8Array) => {
      resolve({ code, reason: Buffer.from(reason).toString() });
      wake();
    });
  });
  await new Promise<void>((resolve, reject) => {
    connection.on("open", resolve);
    connection.on("error", reject);
    connection.on("unexpected-response", (_request: unknown, reply: IncomingMessage) => {
      refusalOf(reply).then((refusal) => reject(new RefusedError(refusal)));
    });
  });
  connection.on("error", () => {});
  return {
    connection,
    messages,
    headers,
    closed,
    async received(count) {
      while (messages.length < count) {
        await new Promise<void>((resolve) => wake = resolve);
        if (connection.readyState === CLOSED && messages.length < count) {
          throw new Error(`It closed after ${messages.length} messages`);
        }
      }
      return messages;
    },
    async [Symbol.asyncDispose]() {
      connection.terminate();
      await closed;
    },
  };
}

const CLOSED = 3;

/** An answer to an upgrade that is no 101. */
export class RefusedError extends Error {
  constructor(readonly refusal: Refusal) {
    super(`Refused with ${refusal.status}`);
  }
}

/** The refusal of a WebSocket that must not open. */
export async function refusedSocket(url: string, options: CallerOptions = {}): Promise<Refusal> {
  try {
    await using _ = await openSocket(url, options);
  } catch (cause) {
    if (cause instanceof RefusedError) return cause.refusal;
    throw cause;
  }
  throw new Error("It opened");
}

async function refusalOf(reply: IncomingMessage): Promise<Refusal> {
  const chunks: Uint8Array[] = [];
  reply.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  await once(reply, "end");
  const pairs = reply.rawHeaders;
  const headers: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < pairs.length; at += 2) headers.push([pairs[at]!, pairs[at + 1]!]);
  return { status: reply.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString() };
}

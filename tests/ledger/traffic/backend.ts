/** A backend that answers each request as the request itself says. */
import { Buffer } from "node:buffer";
import { createServer, type Socket } from "node:net";
import { valuesOf } from "../http_head.ts";
import { type Message, takeRequest } from "../http_message.ts";
import { answerOf, type Streams } from "./answers.ts";
import type { AnswerKind } from "./calls.ts";
import type { Filling } from "./filling.ts";
import { Inbox } from "./inbox.ts";
import { type Random, randomOf } from "./random.ts";

/** What a request carries for the backend. */
export interface Wish {
  readonly seed: number;
  readonly bytes: number;
  readonly kind: AnswerKind;
  /** What the first backend does instead; empty to answer well. */
  readonly trouble: string;
}

export function wishLines({ seed, bytes, kind, trouble }: Wish): string[] {
  return [`x-ledger-wish: ${[seed, bytes, kind, trouble].join(" ")}`];
}

function wishIn(request: Message): Wish {
  const [seed, bytes, kind, trouble = ""] = valuesOf(request.fields, "x-ledger-wish")[0]
    ?.split(" ") ?? [];
  const known = ["chat", "responses", "anthropic", "gemini", "binary"] as const;
  const isKind = known.find((name) => name === kind);
  return { seed: Number(seed), bytes: Number(bytes), kind: isKind ?? "json", trouble };
}

export interface BackendOptions {
  readonly filling: Filling;
  readonly streams: Streams;
  /** Whether it is the one that has troubles. */
  readonly troubled: boolean;
}

export interface TrafficBackend extends AsyncDisposable {
  readonly url: string;
}

export async function startBackend(options: BackendOptions): Promise<TrafficBackend> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    const inbox = new Inbox();
    socket.on("data", (data: Buffer) => {
      inbox.add(data);
      const request = inbox.take(takeRequest);
      if (request !== undefined) void answer(socket, request, options);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function answer(
  socket: Socket,
  request: Message,
  { troubled, ...options }: BackendOptions,
): Promise<void> {
  const { seed, bytes, kind, trouble } = wishIn(request);
  const random = randomOf(seed);
  if (trouble !== "" && (troubled || PASSING.has(trouble))) return fail(socket, trouble);
  const [method = ""] = request.startLine.split(" ");
  const reply = answerOf(random, { ...options, method, kind, bytes });
  await writeInPieces(socket, reply.bytes, random);
  if (reply.closes) socket.end();
}

/** Answers to a caller's own mistakes, which are the same everywhere. */
const PASSING: ReadonlySet<string> = new Set(["400", "404", "422"]);

export const TROUBLES = ["429", "503", "reset", "cut", "html", "400", "404", "422"] as const;

function fail(socket: Socket, trouble: string): void {
  const body = `{"error":{"message":"in trouble: ${trouble}"}}`;
  const framing = `content-length: ${body.length}`;
  const type = "content-type: application/json";
  switch (trouble) {
    case "reset":
      return void socket.resetAndDestroy();
    case "cut":
      socket.write(`HTTP/1.1 200 OK\r\n${type}\r\ncontent-length: 900\r\n\r\n${body}`);
      return void socket.end();
    case "html":
      socket.write("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>");
      return;
    default:
      socket.write(
        `HTTP/1.1 ${trouble} No\r\nRetry-After: 1\r\n${type}\r\n${framing}\r\n\r\n${body}`,
      );
  }
}

/** A few writes, each taken before the next, so that what arrives is cut anywhere. */
async function writeInPieces(socket: Socket, bytes: Buffer, random: Random): Promise<void> {
  const most = Math.max(2, Math.ceil(bytes.length / (1 + random.below(6))));
  for (let at = 0; at < bytes.length;) {
    const piece = bytes.subarray(at, at + 1 + random.below(most));
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
    at += piece.length;
  }
}

/** A caller with one connection, which it uses again and again. */
import type { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { type Message, statusOf, takeReply } from "../http_message.ts";
import { Inbox } from "./inbox.ts";

export interface TrafficCaller {
  /** Sends a request and resolves with the bytes of its reply; 0 where the connection ended first. */
  call(request: Buffer, method: string): Promise<number>;
  close(): Promise<void>;
}

export function startCaller(url: string): TrafficCaller {
  let line = openLine(url);
  return {
    async call(request, method) {
      if (line.socket.destroyed || line.socket.readableEnded) line = openLine(url);
      line.socket.write(request);
      return await line.reply(method);
    },
    async close() {
      line.socket.destroy();
      await line.closed;
    },
  };
}

interface Line {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  reply(method: string): Promise<number>;
}

function openLine(url: string): Line {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const inbox = new Inbox();
  let wake = () => {};
  let over = false;
  const closed = new Promise<void>((resolve) => {
    socket.on("close", () => {
      over = true;
      wake();
      resolve();
    });
  });
  socket.on("error", () => {});
  socket.on("data", (data: Buffer) => {
    inbox.add(data);
    wake();
  });
  return {
    socket,
    closed,
    async reply(method) {
      const read = (bytes: Buffer, at: number) => takeReply(bytes, at, { method, ended: false });
      for (;;) {
        const reply: Message | undefined = inbox.take(read);
        if (reply !== undefined && statusOf(reply) >= 200) return reply.end;
        if (reply !== undefined) continue;
        if (over) return 0;
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
  };
}

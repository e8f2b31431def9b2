/** The exchanges on a tapped connection: what was asked, what was answered, and when. */
import { Buffer } from "node:buffer";
import { FramingFault } from "./http_head.ts";
import { type Message, statusOf, takeReply, takeRequest } from "./http_message.ts";
import type { Recording } from "./recording.ts";
import type { TappedConnection } from "./tap.ts";

export interface Exchange {
  readonly request: Message;
  /** Undefined where there was none, or none that can be read. */
  readonly reply: Message | undefined;
  /** When the request's first byte passed. */
  readonly begun: number;
  /** When the reply's last byte passed; Infinity where there is no whole one. */
  readonly over: number;
}

export interface Conversation {
  readonly exchanges: readonly Exchange[];
  /** What each side sent that is no message: why, and the bytes. */
  readonly unreadable: { readonly sent: Unreadable; readonly answered: Unreadable };
}

export interface Unreadable {
  readonly why: string;
  readonly bytes: Buffer;
}

/** What passed, as far as it can be read. After a 101 nothing is. */
export function conversationOf({ sent, answered }: TappedConnection): Conversation {
  const requests = readAll(sent.bytes(), takeRequest);
  const waiting = [...requests.messages];
  const replies: Message[] = [];
  const replied = readAll(answered.bytes(), (bytes, at) => {
    const method = waiting[0]?.startLine.split(" ")[0];
    if (method === undefined) throw new FramingFault("nothing was asked");
    const reply = takeReply(bytes, at, { method, ended: answered.ended });
    if (reply !== undefined && (statusOf(reply) >= 200 || statusOf(reply) === 101)) {
      replies.push(reply);
      waiting.shift();
    }
    return reply;
  });
  const exchanges = requests.messages.map((request, index) => {
    const reply = replies[index];
    return { request, reply, begun: sent.instantOf(request.start), over: overAt(answered, reply) };
  });
  const upgraded = replies.some((reply) => statusOf(reply) === 101);
  return {
    exchanges: upgraded ? exchanges.slice(0, replies.length) : exchanges,
    unreadable: upgraded ? NOTHING : { sent: requests.unreadable, answered: replied.unreadable },
  };
}

function overAt(answered: Recording, reply: Message | undefined): number {
  return reply?.whole ? answered.instantOf(reply.end - 1) : Infinity;
}

const READABLE: Unreadable = { why: "", bytes: Buffer.alloc(0) };
const NOTHING = { sent: READABLE, answered: READABLE };

function readAll(
  bytes: Buffer,
  take: (bytes: Buffer, at: number) => Message | undefined,
): { readonly messages: readonly Message[]; readonly unreadable: Unreadable } {
  const messages: Message[] = [];
  let at = 0;
  try {
    while (at < bytes.length) {
      const message = take(bytes, at);
      if (message === undefined) break;
      messages.push(message);
      at = message.end;
      if (message.fault !== "") throw new FramingFault(message.fault);
    }
  } catch (cause) {
    if (!(cause instanceof FramingFault)) throw cause;
    return { messages, unreadable: { why: cause.message, bytes: bytes.subarray(at) } };
  }
  return { messages, unreadable: READABLE };
}

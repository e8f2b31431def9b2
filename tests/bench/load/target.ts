/** Where the load goes, and what must come back. */
import { eventsOf, JSON_BODY, type Script, WORD } from "../upstream/scripts.ts";
import { Connection } from "./connection.ts";
import type { ReplyParser } from "./reply_parser.ts";
import { makeRequest, type RequestOptions } from "./request.ts";

export interface Target {
  /** Of the contestant, for messages. */
  readonly name: string;
  readonly port: number;
  readonly request: Uint8Array<ArrayBuffer>;
  /** Bytes of the body of each reply. */
  readonly replyBytes: number;
}

export interface TargetOptions extends Omit<RequestOptions, "headers"> {
  readonly name: string;
  readonly headers: readonly string[];
  /** Whether replies pass byte for byte; else the length is that of the first one. */
  readonly verbatim: boolean;
}

/** Sends one request and proves that its reply says what the backend said. Not for idle streams. */
export async function makeTarget(options: TargetOptions): Promise<Target> {
  const { name, port, script, verbatim } = options;
  const request = makeRequest(options);
  const text = await replyText(port, request).catch((cause) => {
    throw new Error(`${name} gives no reply to a request for ${script}`, { cause });
  });
  const expected = bodyBytes(script);
  const replyBytes = new TextEncoder().encode(text).length;
  const says = text.split(WORD).length - 1 >= bodyWords(script);
  if (!says || (verbatim && replyBytes !== expected)) {
    throw new Error(`${name} changes the reply to ${script}: ${text.slice(0, 400)}`);
  }
  return { name, port, request, replyBytes };
}

async function replyText(port: number, request: Uint8Array): Promise<string> {
  const connection = await Connection.open(port);
  const decoder = new TextDecoder();
  let text = "";
  connection.parser.onPayload = (piece) => text += decoder.decode(piece, { stream: true });
  try {
    await connection.exchange(request);
    if (connection.parser.status !== 200) throw new Error(`${connection.parser.status}: ${text}`);
    return text;
  } finally {
    connection.close();
  }
}

/** @throws Error when the reply is not the expected one */
export function checkReply(
  { name, replyBytes }: Target,
  { status, payloadBytes }: ReplyParser,
): void {
  if (status === 200 && payloadBytes === replyBytes) return;
  throw new Error(
    `${name} answered ${status} with ${payloadBytes} bytes, where 200 with ${replyBytes} is right`,
  );
}

/** Bytes of the body as the backend sends it. */
export function bodyBytes(script: Script): number {
  if (script === "json") return JSON_BODY.length;
  return eventsOf(script).reduce((sum, event) => sum + event.length, 0);
}

function bodyWords(script: Script): number {
  return script === "json" ? 16 : Math.max(1, eventsOf(script).length - 5);
}

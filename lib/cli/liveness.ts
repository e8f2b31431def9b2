/** One question to a listener of ours: whether it answers, and what. */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ListenAddress } from "../config/snapshot.ts";

export interface LivenessOptions {
  readonly isSecure: boolean;
  /** For the connection, TLS and the answer together, in milliseconds. */
  readonly withinMs: number;
}

export interface LivenessAnswer {
  /** 0 where what came is no HTTP. */
  readonly status: number;
  readonly body: string;
}

/** Its answer is two letters; whatever sends more is not ours. */
const MOST_CHARACTERS = 16 * 1024;

/**
 * Asks `GET /health`, for which nobody needs a key. The certificate is not looked at: it names the host
 * that callers know, not this machine's loopback, nothing secret is sent, and a restart would not renew
 * one that has expired. No proxy of the environment stands between.
 *
 * @throws {Error} where nobody answers, or not in time
 */
export async function askLiveness(
  { hostname, port }: ListenAddress,
  { isSecure, withinMs }: LivenessOptions,
): Promise<LivenessAnswer> {
  const at = { host: hostname, port };
  const socket = isSecure ? connectTls({ ...at, rejectUnauthorized: false }) : connect(at);
  const timer = setTimeout(() => socket.destroy(new TooLate()), withinMs);
  try {
    const host = hostname.includes(":") ? `[${hostname}]` : hostname;
    // In a callback, since a write before the handshake is done has nowhere to be kept.
    socket.once(isSecure ? "secureConnect" : "connect", () => {
      socket.write(`GET /health HTTP/1.1\r\nhost: ${host}:${port}\r\nconnection: close\r\n\r\n`);
    });
    return answerIn(await textFrom(socket));
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** Nothing came in time. */
export class TooLate extends Error {
  override name = "TooLate";
}

function textFrom(socket: Socket): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (piece: string) => {
    text += piece;
    if (text.length > MOST_CHARACTERS) resolve(text);
  });
  socket.on("end", () => resolve(text));
  socket.on("error", reject);
  socket.on("close", () => resolve(text));
  return promise;
}

function answerIn(text: string): LivenessAnswer {
  const [, status = "0", body = ""] = /^HTTP\/1\.[01] (\d{3})\b[^]*?\r\n\r\n([^]*)$/.exec(text) ??
    [];
  return { status: Number(status), body };
}

/** A caller at the level of bytes: what it sends and what it sees is what stands on the wire. */
import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { dechunk, type Unframed } from "./dechunk.ts";
import { connect as connectTls } from "node:tls";
import { AUTHORITY } from "./faults/certificates.ts";

/** A reply as it stood on the wire, without its framing. */
export interface RawReply {
  readonly status: number;
  /** The header lines, one character a byte, in the order and spelling they came in. */
  readonly lines: readonly string[];
  /** The body, out of its chunks. */
  readonly body: Uint8Array;
  /** cut: the connection ended before the body did. */
  readonly ending: "whole" | "cut";
}

export interface Caller extends AsyncDisposable {
  /** Sends bytes as they are; a string one byte a character. */
  send(bytes: string | Uint8Array): Promise<void>;
  /** Resolves once what was received includes the text; rejects when the connection ends first. */
  until(text: string): Promise<void>;
  /** The next reply, whole or cut. `HEAD` replies have no body. */
  reply(method?: string): Promise<RawReply>;
  /** Ends the connection at once, as a process that was killed does. */
  leave(): void;
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>;
}

export interface RawRequest {
  readonly method?: string;
  /** Path and query. */
  readonly target?: string;
  /** Header lines besides Host and Content-Length, as they are to stand on the wire. */
  readonly lines?: readonly string[];
  readonly body?: string | Uint8Array;
}

/** Opens a connection to a URL's host and port; over TLS it trusts the tests' authority. */
export async function connectTo(url: string): Promise<Caller> {
  const { protocol, hostname: host, port } = new URL(url);
  const secure = protocol === "https:";
  const socket = secure
    ? connectTls({ port: Number(port), host, ca: [AUTHORITY], ALPNProtocols: ["http/1.1"] })
    : connect({ port: Number(port), host, noDelay: true });
  const inbox = new Inbox(socket);
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    socket.on(secure ? "secureConnect" : "connect", () => resolve());
    socket.on("error", reject);
  });
  return {
    send: (bytes) =>
      new Promise((resolve) => socket.write(toBytes(bytes, "latin1"), () => resolve())),
    until: (text) => inbox.until(text),
    reply: (method = "POST") => inbox.reply(method),
    leave: () => socket.destroy(),
    closed,
    async [Symbol.asyncDispose]() {
      socket.destroy();
      await closed;
    },
  };
}

/** One request on a connection of its own. */
export async function callRaw(url: string, request: RawRequest): Promise<RawReply> {
  await using caller = await connectTo(url);
  await caller.send(requestBytes(request));
  return await caller.reply(request.method);
}

/** A request with a Host and, where it has a body, its Content-Length. */
export function requestBytes(
  { method = "POST", target = "/v1/chat/completions", lines = [], body = "" }: RawRequest,
): Uint8Array {
  const bytes = toBytes(body, "utf8");
  const framing = bytes.length === 0 ? [] : [`Content-Length: ${bytes.length}`];
  const head = [`${method} ${target} HTTP/1.1`, "Host: 127.0.0.1", ...lines, ...framing];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), bytes]);
}

/** What a hop may set by itself: the framing, and the date of a reply that has none. */
const HOP_LINE = /^(?:content-length|transfer-encoding|connection|keep-alive|date):/i;

/** The header lines that are the backend's. */
export function passedLines({ lines }: { readonly lines: readonly string[] }): readonly string[] {
  return lines.filter((line) => !HOP_LINE.test(line));
}

/** The value of the first header of that name. */
export function lineValue({ lines }: RawReply, name: string): string | undefined {
  const start = `${name.toLowerCase()}:`;
  const line = lines.find((line) => line.toLowerCase().startsWith(start));
  return line?.slice(start.length).trim();
}

/** A body of UTF-8 as text. */
export function textOf({ body }: { readonly body: Uint8Array }): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(body);
}

function toBytes(data: string | Uint8Array, encoding: "latin1" | "utf8"): Buffer {
  return typeof data === "string" ? Buffer.from(data, encoding) : Buffer.from(data);
}

/** What has been received, and whoever waits for more. */
class Inbox {
  #bytes: Buffer = Buffer.alloc(0);
  #over = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    socket.on("data", (data: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, data]);
      this.#wake?.();
    });
    socket.on("close", () => {
      this.#over = true;
      this.#wake?.();
    });
    socket.on("error", () => {});
  }

  async until(text: string): Promise<void> {
    while (!this.#bytes.includes(text)) {
      if (this.#over) throw new Error(`The connection ended without ${JSON.stringify(text)}`);
      await this.#more();
    }
  }

  async reply(method: string): Promise<RawReply> {
    for (;;) {
      const taken = takeReply(this.#bytes, { method, over: this.#over });
      if (taken !== undefined) {
        this.#bytes = taken.rest;
        if (isFinal(taken.reply.status)) return taken.reply;
      } else if (this.#over) throw new Error("The connection ended without a reply");
      else await this.#more();
    }
  }

  /** Resolves with the next bytes or the end; a test that waits in vain fails instead of hanging. */
  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("Ten seconds went by in vain")), 10_000);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** After a 101 there is no other reply. */
function isFinal(status: number): boolean {
  return status === 101 || status >= 200;
}

interface Taken {
  readonly reply: RawReply;
  readonly rest: Buffer;
}

/** The first reply in the bytes; undefined while it may still grow. */
function takeReply(
  bytes: Buffer,
  { method, over }: { readonly method: string; readonly over: boolean },
): Taken | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [statusLine = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const status = Number(statusLine.split(" ")[1]);
  const bodiless = method === "HEAD" || status < 200 || status === 204 || status === 304;
  const rest = bytes.subarray(end + 4);
  const { body, used, whole } = bodiless ? nothing() : bodyOf(rest, lines, over);
  if (!whole && !over) return undefined;
  const ending = whole ? "whole" : "cut";
  return { reply: { status, lines, body, ending }, rest: rest.subarray(used) };
}

function nothing(): Unframed {
  return { body: Buffer.alloc(0), used: 0, whole: true };
}

function bodyOf(bytes: Buffer, lines: readonly string[], over: boolean): Unframed {
  if (lines.some((line) => /^transfer-encoding: *chunked$/i.test(line))) return dechunk(bytes);
  const length = lines.map((line) => /^content-length: *(\d+)$/i.exec(line)?.[1]).find(Boolean);
  if (length === undefined) return { body: bytes, used: bytes.length, whole: over };
  const used = Math.min(bytes.length, Number(length));
  return { body: bytes.subarray(0, used), used, whole: used === Number(length) };
}

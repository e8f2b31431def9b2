/** Callers over HTTP/2: a usual one, and one at the level of frames. */
import { Buffer } from "node:buffer";
import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
} from "node:http2";
import { connect as connectTls } from "node:tls";
import { AUTHORITY } from "./faults/certificates.ts";

export interface Http2Reply {
  readonly status: number;
  /** Names and values as they came, without the status and the date. */
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** The code that the stream was closed with; 0 for none. */
  readonly code: number;
}

export interface Http2Caller extends AsyncDisposable {
  /** Begins a request; a body makes it a POST. */
  ask(headers: OutgoingHttpHeaders, body?: string | Uint8Array): ClientHttp2Stream;
  /** Ends the connection at once. */
  leave(): void;
}

/** Opens a connection that trusts the tests' authority. */
export async function connectHttp2(url: string): Promise<Http2Caller> {
  const session: ClientHttp2Session = connect(url, { ca: [AUTHORITY] });
  session.on("error", () => {});
  await once(session, "connect");
  return {
    ask(headers, body) {
      const method = body === undefined ? "GET" : "POST";
      const stream = session.request({ ":method": method, ...headers });
      stream.on("error", () => {});
      stream.end(body);
      return stream;
    },
    leave: () => session.destroy(),
    async [Symbol.asyncDispose]() {
      if (session.destroyed) return;
      const closed = once(session, "close");
      session.destroy();
      await closed;
    },
  };
}

/** The reply of a request, however it ends. */
export async function replyOf(stream: ClientHttp2Stream): Promise<Http2Reply> {
  let raw: readonly string[] = [];
  const chunks: Buffer[] = [];
  stream.on("response", (...[, , fields]: readonly unknown[]) => {
    raw = Array.isArray(fields) ? fields : [];
  });
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve) => stream.on("close", resolve));
  const pairs = raw.flatMap((name, at) => at % 2 === 0 ? [[name, raw[at + 1] ?? ""] as const] : []);
  return {
    status: Number(pairs.find(([name]) => name === ":status")?.[1]),
    headers: pairs.filter(([name]) => name !== ":status" && name !== "date"),
    body: Buffer.concat(chunks).toString("utf8"),
    code: stream.rstCode ?? 0,
  };
}

export interface Frame {
  readonly type: "DATA" | "HEADERS" | "RST_STREAM" | "GOAWAY" | "other";
  readonly endsStream: boolean;
  readonly length: number;
}

const TYPES = new Map([[0, "DATA"], [1, "HEADERS"], [3, "RST_STREAM"], [7, "GOAWAY"]] as const);

/**
 * The frames that come for one GET with these header fields, until the stream or the connection ends.
 * https://www.rfc-editor.org/rfc/rfc9113#section-4.1
 */
export async function framesOf(
  url: string,
  fields: readonly (readonly [string, string])[],
): Promise<readonly Frame[]> {
  const { hostname: host, port } = new URL(url);
  const socket = connectTls({ host, port: Number(port), ca: [AUTHORITY], ALPNProtocols: ["h2"] });
  await once(socket, "secureConnect");
  socket.on("error", () => {});
  const block = Buffer.concat(fields.map(literal));
  socket.write(Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    // A window that no reply of a test fills.
    frame(4, 0, 0, Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff])),
    frame(8, 0, 0, Buffer.from([0x3f, 0xff, 0, 0])),
    frame(1, 5, 1, block),
  ]));
  const frames: Frame[] = [];
  await new Promise<void>((resolve) => {
    let pending: Buffer = Buffer.alloc(0);
    socket.on("close", () => resolve());
    socket.on("data", (data: Buffer) => {
      pending = Buffer.concat([pending, data]);
      while (pending.length >= 9 && pending.length >= 9 + pending.readUIntBE(0, 3)) {
        const length = pending.readUIntBE(0, 3);
        const type = TYPES.get((pending[3] ?? 9) as 0) ?? "other";
        const endsStream = (type === "DATA" || type === "HEADERS") && ((pending[4] ?? 0) & 1) === 1;
        frames.push({ type, endsStream, length });
        pending = pending.subarray(9 + length);
        if (endsStream || type === "RST_STREAM") socket.destroy();
      }
    });
  });
  return frames.filter(({ type }) => type !== "other");
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.set([type, flags, 0, 0, 0, stream], 3);
  return Buffer.concat([head, payload]);
}

/** Without indexing or Huffman coding. https://www.rfc-editor.org/rfc/rfc7541#section-6.2.2 */
function literal([name, value]: readonly [string, string]): Buffer {
  const text = (part: string) => Buffer.concat([Buffer.from([part.length]), Buffer.from(part)]);
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

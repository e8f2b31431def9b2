/** One connection of the scripted backend: canned bytes for each request, and as little else as can be. */
import { concat } from "../bytes.ts";
import { eventsOf, JSON_BODY, PACE_MS, type Script, SCRIPTS } from "./scripts.ts";
import { RequestReader } from "./request_reader.ts";

/** The bytes of every reply, framed. */
export interface Replies {
  readonly json: Uint8Array;
  /** The head of each stream with its first event, then an event each, then the end. */
  readonly streams: Readonly<Record<Exclude<Script, "json">, readonly Uint8Array[]>>;
}

const STREAM_HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" +
  "Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n";

/** Long enough for the load, which may share a core, to take the event before the next is written. */
const BRIEF_PACE_MS = 5;

const encoder = new TextEncoder();

/** Every reply, ready to be written. */
export function makeReplies(): Replies {
  const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" +
    `Content-Length: ${JSON_BODY.length}\r\n\r\n`;
  return {
    json: concat([encoder.encode(head), JSON_BODY]),
    streams: {
      sse: framed("sse"),
      paced: framed("paced"),
      brief: framed("brief"),
      anthropic: framed("anthropic"),
      idle: framed("idle"),
    },
  };
}

function framed(script: Exclude<Script, "json">): Uint8Array[] {
  const chunks = eventsOf(script).map((bytes) => {
    return concat([
      encoder.encode(`${bytes.length.toString(16)}\r\n`),
      bytes,
      encoder.encode("\r\n"),
    ]);
  });
  const [first = new Uint8Array(), ...rest] = chunks;
  return [concat([encoder.encode(STREAM_HEAD), first]), ...rest, encoder.encode("0\r\n\r\n")];
}

/** Answers the requests of a connection, one after another, until the peer closes it. */
export async function serveConnection(
  connection: Deno.TcpConn | Deno.TlsConn,
  replies: Replies,
): Promise<void> {
  if ("setNoDelay" in connection) connection.setNoDelay(true);
  const reader = new RequestReader(connection);
  try {
    for (let script; (script = scriptIn(await reader.next())) !== undefined;) {
      await answer(connection, script, replies);
    }
  } catch (cause) {
    // A proxy that is stopped, or whose caller has gone, resets its connections: that ends them.
    if (!isDisconnect(cause)) throw cause;
  } finally {
    connection.close();
  }
}

/** The credential says what to answer: every proxy passes it on. */
function scriptIn(head: string | undefined): Script | undefined {
  if (head === undefined) return undefined;
  const script = SCRIPTS.find((each) => head.includes(`sk-${each}-`));
  if (script === undefined) throw new Error(`A request without the name of a script: ${head}`);
  return script;
}

async function answer(connection: Deno.Conn, script: Script, replies: Replies): Promise<void> {
  if (script === "json") return await writeAll(connection, replies.json);
  if (script === "idle") return await hold(connection, replies.streams.idle);
  const startMs = performance.now();
  for (const [index, bytes] of replies.streams[script].entries()) {
    // Held against the start, so that late timers do not add up.
    await reached(startMs + index * paceMs(script));
    await writeAll(connection, bytes);
  }
}

/** The first event, then nothing until the peer closes the connection. */
async function hold(connection: Deno.Conn, [first = new Uint8Array()]: readonly Uint8Array[]) {
  await writeAll(connection, first);
  await connection.read(new Uint8Array(1));
}

function paceMs(script: Script): number {
  if (script === "paced") return PACE_MS;
  return script === "brief" ? BRIEF_PACE_MS : 0;
}

function reached(atMs: number): Promise<void> | undefined {
  const waitMs = atMs - performance.now();
  if (waitMs > 0) return new Promise((resolve) => setTimeout(resolve, waitMs));
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function isDisconnect(cause: unknown): boolean {
  return cause instanceof Deno.errors.ConnectionReset || cause instanceof Deno.errors.BrokenPipe ||
    cause instanceof Deno.errors.UnexpectedEof;
}

/**
 * Serves with `Deno.serve`, which is enough for a dashboard: it does not always tell when a caller leaves
 * before its response, but each of ours comes soon, and of a feed it does.
 */
import { Buffer } from "node:buffer";
import type { ListenAddress } from "../config/snapshot.ts";
import { openAll, peerName } from "../listener/families.ts";
import type { BodySource, CallerResponse } from "../wire/caller_response.ts";
import { hasBody } from "../wire/caller_response.ts";
import type { BodyFault, Incoming, Room } from "../wire/incoming.ts";
import { concat } from "../wire/receive.ts";
import type { ReadBody } from "../wire/upload.ts";

export interface ServeOptions {
  readonly address: ListenAddress;
  /** Answers a request; never rejects. */
  readonly handler: (incoming: Incoming) => Promise<CallerResponse>;
  /** A fault of the listener itself, survived. */
  readonly onFault: (line: string) => void;
}

/** How long to wait before listening again after the operating system refused to go on. */
const RELISTEN_MS = 200;

export interface Served {
  /** The real port, where the address asked for any. */
  readonly port: number;
  /** Ends every connection. */
  close(): Promise<void>;
}

/**
 * Listens and serves until it is closed.
 *
 * @throws {ListenError} where the operating system refuses
 */
export function serve(options: ServeOptions): Served {
  const opened = openAll(options.address, {
    open: (address) => serveOn({ ...options, address }),
    discard: (served) => void served.close(),
    isFirst: true,
  });
  return {
    port: opened[0]?.port ?? options.address.port,
    close: async () => void await Promise.all(opened.map((served) => served.close())),
  };
}

/** On one host; throws what the operating system says. */
function serveOn(options: ServeOptions): Served {
  const { address: { port: asked }, onFault } = options;
  const aborting = new AbortController();
  let server = start(options, asked, aborting.signal);
  const { port } = server.addr;
  let closing = false;
  watch();
  return {
    port,
    async close() {
      closing = true;
      aborting.abort();
      await server.finished.catch(() => {});
    },
  };

  /** Running out of file descriptors ends the listener (platform fact); the process goes on. */
  function watch(): void {
    server.finished.catch(async (cause) => {
      onFault(`The listener failed: ${cause}. Listening again.`);
      while (!closing && !listenAgain()) await new Promise((go) => setTimeout(go, RELISTEN_MS));
    });
  }

  function listenAgain(): boolean {
    try {
      server = start(options, port, aborting.signal);
      watch();
      return true;
    } catch {
      return false;
    }
  }
}

function start(
  { address, handler }: ServeOptions,
  port: number,
  signal: AbortSignal,
): Deno.HttpServer<Deno.NetAddr> {
  const settings = {
    hostname: address.hostname,
    port,
    signal,
    automaticCompression: false,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  };
  return Deno.serve(settings, async (request, { remoteAddr }) => {
    return responseOf(request.method, await handler(incomingOf(request, peerName(remoteAddr))));
  });
}

/** A web request as it came in. */
export function incomingOf(request: Request, caller: string): Incoming {
  return {
    method: request.method,
    target: targetOf(request.url),
    headers: [...request.headers],
    caller,
    signal: request.signal,
    read: (limitBytes, room) => readBody(request, limitBytes, room),
    reader: () => bodyReader(request),
  };
}

/** Path and query of a request URL as they stood in the request line. */
export function targetOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const target = start < 0 ? "/" : url.slice(start);
  return ASCII.test(target) ? target : Buffer.from(target, "utf8").toString("latin1");
}

// deno-lint-ignore no-control-regex -- the ASCII range starts with control characters
const ASCII = /^[\x00-\x7f]*$/;

function bodyReader({ body }: Request): ReadBody {
  const reader = body?.getReader();
  return async () => (await reader?.read())?.value;
}

async function readBody(
  request: Request,
  limitBytes: number,
  room?: Room,
): Promise<Uint8Array | BodyFault> {
  if (request.body === null) return new Uint8Array();
  const announced = Number(request.headers.get("content-length") ?? NaN);
  if (announced > limitBytes) return { kind: "too_large", limitBytes };
  if (announced >= 0 && room?.take(announced) === false) return { kind: "no_room" };
  try {
    // A known length within the limit is read in one go, which costs a third of reading by chunks.
    if (announced >= 0) return await request.bytes();
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of request.body) {
      length += chunk.length;
      if (length > limitBytes) return { kind: "too_large", limitBytes };
      if (room?.take(chunk.length) === false) return { kind: "no_room" };
      chunks.push(chunk);
    }
    return concat(chunks, length);
  } catch {
    return { kind: "caller_left" };
  }
}

/** Built from pairs, which keep their order and spelling. */
export function responseOf(method: string, { status, headers, body }: CallerResponse): Response {
  const init = { status, headers: headers.map(([name, value]): [string, string] => [name, value]) };
  if (!hasBody(method, status)) return new Response(null, init);
  if (status === RESET_CONTENT) return emptied(init, body);
  if (body instanceof Uint8Array) return new Response(new Uint8Array(body), init);
  return new Response(streamOf(body), init);
}

/** A web Response refuses it a body, which it should not have in the first place. */
const RESET_CONTENT = 205;

function emptied(
  init: { status: number; headers: [string, string][] },
  body: CallerResponse["body"],
) {
  if (!(body instanceof Uint8Array)) body.cancel("a 205 has no body");
  const headers = init.headers.filter(([name]) => name.toLowerCase() !== "content-length");
  return new Response(null, { ...init, headers });
}

function streamOf(source: BodySource): ReadableStream<Uint8Array> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream({
    async pull(controller) {
      clearTimeout(timer);
      const chunk = await source.read();
      if (chunk === undefined) return controller.close();
      controller.enqueue(chunk);
      const giveUp = () => {
        const why = `the caller took nothing for ${source.patienceMs / 1000} s`;
        source.cancel(why);
        controller.error(new Error(why));
      };
      if (source.patienceMs < Infinity) timer = setTimeout(giveUp, source.patienceMs);
    },
    cancel() {
      clearTimeout(timer);
      source.cancel();
    },
  }, { highWaterMark: 0 });
}

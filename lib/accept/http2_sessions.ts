/** HTTP/2 on connections that somebody else accepted. https://www.rfc-editor.org/rfc/rfc9113 */
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from "node:http2";
import type { TLSSocket } from "node:tls";
import type { ListenOptions } from "./listener.ts";
import type { BodyWatch } from "./body_watch.ts";
import { exchangeOverHttp2 } from "./http2_exchange.ts";

export interface Http2Sessions {
  /** Speaks HTTP/2 on a connection. */
  take(socket: TLSSocket): void;
  /** Takes no further requests; each connection ends with its last response. */
  close(): void;
  /** Ends every connection at once. */
  destroy(): void;
}

export interface Http2Options extends Pick<ListenOptions, "handler" | "onFault"> {
  readonly watch: BodyWatch;
  /** How long a connection without requests is kept. */
  readonly keepAliveMs: number;
  readonly maxHeaderBytes: number;
}

/** Requests at once on one connection. */
const MAX_STREAMS = 128;

/** What a caller may send before it is read: the default of 64 KiB makes large prompts slow. */
const WINDOW_BYTES = 1024 * 1024;

export function serveHttp2(options: Http2Options): Http2Sessions {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer(settingsOf(options));
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    session.setLocalWindowSize(WINDOW_BYTES);
    endWhenIdle(session, options.keepAliveMs);
  });
  // A connection that breaks is seen by the requests on it.
  server.on("sessionError", () => {});
  server.on("stream", (...[stream, , , raw]: StreamEvent) => {
    exchangeOverHttp2({ stream, raw }, options).catch((cause) => {
      options.onFault(`A response could not be sent: ${cause}`);
      stream.destroy(new Error("no response"));
    });
  });
  return {
    take: (socket) => void server.emit("connection", socket),
    close: () => sessions.forEach((session) => session.close()),
    destroy: () => sessions.forEach((session) => session.destroy()),
  };
}

/** Stream, headers, flags, and the header fields as they came; the type does not know of the last. */
type StreamEvent = readonly [ServerHttp2Stream, unknown, unknown, readonly string[]];

function settingsOf({ maxHeaderBytes }: Http2Options) {
  return {
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      initialWindowSize: WINDOW_BYTES,
      maxHeaderListSize: maxHeaderBytes,
    },
    // A backend may well repeat a field that should be single, and it passes as it came.
    strictSingleValueFields: false,
  };
}

function endWhenIdle(session: ServerHttp2Session, keepAliveMs: number): void {
  let open = 0;
  session.on("stream", (stream) => {
    open++;
    stream.on("close", () => open--);
  });
  session.setTimeout(keepAliveMs, () => {
    if (open === 0) session.close();
  });
}

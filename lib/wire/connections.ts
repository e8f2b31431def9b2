/** What an attempt needs of a backend's connections; connections/connection_pool.ts provides it. */
import type { ByteStream } from "./byte_stream.ts";
import type { RawHeaders } from "./headers.ts";
import type { Tap } from "./held_body.ts";
import type { SplicedBody } from "./splice.ts";

export interface Connections {
  /** Sends on any connection, opening one where none is idle. */
  dispatch(request: BackendRequest, handler: ExchangeHandler): void;
  /** Sends on a new connection. */
  dispatchFresh(request: BackendRequest, handler: ExchangeHandler): void;
}

export interface BackendRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Less those of the hop: host, framing and connection are added. */
  readonly headers: RawHeaders;
  readonly body: Uint8Array | SplicedBody | UploadedBody;
  /** How long the response head may take once the request is sent, in milliseconds. */
  readonly headTimeoutMs: number;
  /** Whether the connection is to become a WebSocket. */
  readonly upgrade: boolean;
  /** Whether being sent twice could do twice what it asks: it goes where no connection may be closing. */
  readonly mayCreate: boolean;
}

/** A body that is sent as it comes in. */
export interface UploadedBody {
  /** Rejects, which ends the exchange, where the rest does not come. */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What is announced of it; undefined to send it in chunks. */
  readonly lengthBytes: number | undefined;
}

/** What becomes of a request, in this order. Nothing comes after an end, or an abort of the tap. */
export interface ExchangeHandler {
  /** There is a connection, and the request goes out on it, unless the tap is aborted now. */
  onStart(tap: Tap, connection: { readonly isReused: boolean }): void;
  /** The final response's head. */
  onHead(status: number, headers: RawHeaders): void;
  /** Instead of it: a 101 that was asked for, and the connection, of which nothing more was read. */
  onSwitch(headers: RawHeaders, connection: ByteStream): void;
  onData(bytes: Uint8Array): void;
  /** The response is whole. */
  onEnd(): void;
  /** What ended it before: an ExchangeError, one of the system's, or what the upload rejected with. */
  onFailure(cause: unknown): void;
}

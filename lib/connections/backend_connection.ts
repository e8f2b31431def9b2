/** One connection to a backend: one exchange after another, each told to its handler. */
import type { Buffer } from "node:buffer";
import { closesAfter, requestHead } from "../http1/request_head.ts";
import type { ResponseHead } from "../http1/response_head.ts";
import { ResponseParser, type ResponseSink } from "../http1/response_parser.ts";
import type { ByteStream } from "../wire/byte_stream.ts";
import type { BackendRequest, ExchangeHandler } from "../wire/connections.ts";
import { ExchangeError } from "../wire/exchange_error.ts";
import type { ConnectionOwner } from "./connection_owner.ts";
import { Exchange, lost } from "./exchange.ts";
import { RequestSender } from "./request_sender.ts";
import { isEnd } from "./stream_end.ts";
import { StreamReader } from "./stream_reader.ts";
import { withEarly } from "./with_early.ts";

export class BackendConnection implements ResponseSink {
  /** When it has waited for too long, by `performance.now()`. */
  deadlineMs = Infinity;
  /** Since when it has nothing to do, by `performance.now()`. */
  idleSinceMs = Infinity;
  readonly #stream: ByteStream;
  readonly #host: string;
  readonly #owner: ConnectionOwner;
  readonly #parser = new ResponseParser(this);
  readonly #reader: StreamReader;
  readonly #sender: RequestSender;
  #exchange: Exchange | undefined;
  #isReused = false;
  #keptSeconds: number | undefined;
  #headTimeoutMs = Infinity;
  #awaitsHead = false;
  #closesAfter = false;

  /** Reads from now on, whatever comes, until it is ended. */
  constructor(stream: ByteStream, host: string, owner: ConnectionOwner) {
    this.#stream = stream;
    this.#host = host;
    this.#owner = owner;
    this.#sender = new RequestSender(stream, owner.pieces, {
      onSent: () => this.#awaitHead(),
      onFault: (cause) => this.destroy(cause),
      onStuck: () => this.#awaitHead(),
      onMoving: () => void (this.deadlineMs = Infinity),
    });
    this.#reader = new StreamReader(stream, {
      onBytes: (bytes) => this.#onBytes(bytes),
      onEnded: (cause) => this.#onEnded(cause),
      onDone: () => owner.onGone(this),
    });
  }

  /** Whether a request can go out on it. */
  get isOpen(): boolean {
    return this.#reader.isOpen;
  }

  /** Sends a request; only while it is idle, and open. */
  send(request: BackendRequest, handler: ExchangeHandler): void {
    const exchange = new Exchange(this, handler);
    const isReused = this.#isReused;
    this.#isReused = true;
    handler.onStart(exchange, { isReused });
    if (exchange.isOver) return this.#owner.onIdle(this, this.#keptSeconds);
    this.#exchange = exchange;
    this.deadlineMs = Infinity;
    this.#awaitsHead = true;
    this.#closesAfter = closesAfter(request);
    this.#headTimeoutMs = request.headTimeoutMs;
    this.#parser.begin(request);
    this.#awaitHead();
    this.#sender.send(requestHead(request, this.#host), request.body, exchange);
  }

  /** Ends it, and with it what is under way. */
  destroy(cause: unknown = new ExchangeError("CONNECTION_ENDED", "we ended the connection")): void {
    this.#fail(cause);
    this.#reader.close();
  }

  /** Its deadline has passed. */
  expire(): void {
    const why = `no response head within ${this.#headTimeoutMs / 1000} s`;
    this.destroy(new ExchangeError("HEAD_TIMEOUT", why));
  }

  onInterim(): void {
    if (!this.#sender.isSending) this.#awaitHead();
  }

  onHead({ status, headers, keptSeconds }: ResponseHead): void {
    this.#awaitsHead = false;
    this.deadlineMs = Infinity;
    this.#keptSeconds = keptSeconds;
    this.#exchange?.handler.onHead(status, headers);
  }

  onData(bytes: Uint8Array): void {
    this.#exchange?.handler.onData(bytes);
  }

  onEnd({ hasSurplus }: { readonly hasSurplus: boolean }): void {
    const exchange = this.#endExchange();
    // What of the request was not taken may never be, and would stand before the next one.
    const isStuck = this.#sender.isSending;
    if (hasSurplus || isStuck || this.#closesAfter || this.#keptSeconds === 0 || !this.isOpen) {
      this.#reader.close();
    } else {
      this.#reader.settle();
      this.#owner.onIdle(this, this.#keptSeconds);
    }
    exchange?.handler.onEnd();
  }

  onSwitch({ headers }: ResponseHead, rest: Uint8Array): void {
    const exchange = this.#endExchange();
    this.#reader.release();
    exchange?.handler.onSwitch(headers, withEarly(this.#stream, rest));
  }

  onFault(fault: string): void {
    this.destroy(new ExchangeError("INVALID_REPLY", fault));
  }

  /** For the exchange under way. */
  pause(): void {
    this.#reader.pause();
  }

  resume(): void {
    this.#reader.resume();
  }

  /** Nobody wants what that exchange brings, if it is under way. */
  abandon(exchange: Exchange): void {
    if (this.#exchange !== exchange) return;
    this.#endExchange();
    this.#reader.close();
  }

  #onBytes(bytes: Buffer): void {
    // Nobody asked for them, and nobody is to take them for an answer.
    if (this.#exchange === undefined) return this.destroy();
    try {
      this.#parser.push(bytes);
    } catch (cause) {
      // A handler's mistake is to end its own exchange, and no other.
      this.destroy(cause);
    }
  }

  #onEnded(cause: unknown): void {
    try {
      // Who answers without having read all of a request often breaks it.
      const isWhole = isEnd(cause) && this.#parser.finish();
      this.destroy(isEnd(cause) && !isWhole ? lost(cause) : cause);
    } catch (mistake) {
      this.destroy(mistake);
    }
  }

  #awaitHead(): void {
    if (!this.#awaitsHead) return;
    this.deadlineMs = performance.now() + this.#headTimeoutMs;
    this.#owner.onDeadline(this.deadlineMs);
  }

  #endExchange(): Exchange | undefined {
    const exchange = this.#exchange;
    this.#parser.stop();
    this.#exchange = undefined;
    this.#awaitsHead = false;
    this.deadlineMs = Infinity;
    exchange?.end();
    return exchange;
  }

  #fail(cause: unknown): void {
    this.#endExchange()?.handler.onFailure(cause);
  }
}

/** One connection to a backend: one exchange after another, each told to its handler. */
import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { BackendRequest, ExchangeHandler, UploadedBody } from "../wire/connections.ts";
import { ExchangeError } from "../wire/exchange_error.ts";
import { closesAfter, requestHead } from "../http1/request_head.ts";
import type { ResponseHead } from "../http1/response_head.ts";
import { ResponseParser, type ResponseSink } from "../http1/response_parser.ts";
import type { ConnectionOwner } from "./connection_owner.ts";
import { Exchange, lost } from "./exchange.ts";
import { sendUpload, sendWhole } from "./send_body.ts";

export class BackendConnection implements ResponseSink {
  /** When it has waited for too long, by `performance.now()`. */
  deadlineMs = Infinity;
  readonly #socket: Socket;
  readonly #host: string;
  readonly #owner: ConnectionOwner;
  readonly #parser = new ResponseParser(this);
  #exchange: Exchange | undefined;
  #isReused = false;
  #keptSeconds: number | undefined;
  #headTimeoutMs = Infinity;
  #awaitsHead = false;
  #closesAfter = false;
  #isUploading = false;

  constructor(socket: Socket, host: string, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#host = host;
    this.#owner = owner;
    socket.on("data", this.#onBytes).on("end", this.#onEnded).on("error", this.#onError)
      .on("close", this.#onClosed);
  }

  /** Whether a request can go out on it. */
  get isOpen(): boolean {
    return this.#socket.writable;
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
    this.#write(request, exchange);
  }

  /** Ends it, and with it what is under way. */
  destroy(cause: unknown = new ExchangeError("CONNECTION_ENDED", "we ended the connection")): void {
    this.#fail(cause);
    this.#socket.destroy();
  }

  /** Its deadline has passed. */
  expire(): void {
    const why = `no response head within ${this.#headTimeoutMs / 1000} s`;
    this.destroy(new ExchangeError("HEAD_TIMEOUT", why));
  }

  onInterim(): void {
    if (!this.#isUploading) this.#awaitHead();
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
    const isStuck = this.#isUploading || this.#socket.writableNeedDrain;
    if (hasSurplus || isStuck || this.#closesAfter || this.#keptSeconds === 0 || !this.isOpen) {
      this.#socket.destroy();
    } else {
      this.resume();
      this.#owner.onIdle(this, this.#keptSeconds);
    }
    exchange?.handler.onEnd();
  }

  onSwitch({ headers }: ResponseHead, rest: Uint8Array): void {
    const exchange = this.#endExchange();
    const socket = this.#socket;
    socket.pause();
    socket.off("data", this.#onBytes).off("end", this.#onEnded).off("error", this.#onError)
      .off("close", this.#onClosed);
    // It may break before anybody else listens.
    socket.on("error", () => {});
    if (rest.length > 0) socket.unshift(rest);
    this.#owner.onGone(this);
    exchange?.handler.onSwitch(headers, socket);
  }

  onFault(fault: string): void {
    this.destroy(new ExchangeError("INVALID_REPLY", fault));
  }

  /** For the exchange under way. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** Nobody wants what that exchange brings, if it is under way. */
  abandon(exchange: Exchange): void {
    if (this.#exchange !== exchange) return;
    this.#endExchange();
    this.#socket.destroy();
  }

  #write(request: BackendRequest, exchange: Exchange): void {
    const head = requestHead(request, this.#host);
    if ("chunks" in request.body) return void this.#upload(head, request.body, exchange);
    sendWhole(this.#socket, head, request.body);
    this.#awaitHead();
  }

  async #upload(head: string, body: UploadedBody, exchange: Exchange): Promise<void> {
    this.#isUploading = true;
    try {
      for await (const state of sendUpload(this.#socket, head, body)) {
        if (exchange.isOver) return;
        // A caller may take its time; the backend may not.
        if (state === "stuck") this.#awaitHead();
        else this.deadlineMs = Infinity;
      }
      this.#isUploading = false;
      if (!exchange.isOver) this.#awaitHead();
    } catch (cause) {
      if (!exchange.isOver) this.destroy(cause);
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

  readonly #onBytes = (bytes: Buffer) => {
    // Nobody asked for them, and nobody is to take them for an answer.
    if (this.#exchange === undefined) return this.destroy();
    try {
      this.#parser.push(bytes);
    } catch (cause) {
      // A handler's mistake is to end its own exchange, and no other.
      this.destroy(cause);
    }
  };

  readonly #onEnded = () => {
    if (!this.#parser.finish()) this.destroy(lost());
  };

  readonly #onError = (cause: Error) => {
    // Who answers without having read all of a request often closes in this way.
    const isReset = "code" in cause && cause.code === "ECONNRESET";
    if (!isReset || !this.#parser.finish()) this.#fail(cause);
  };

  readonly #onClosed = () => {
    this.#fail(lost());
    this.#owner.onGone(this);
  };
}

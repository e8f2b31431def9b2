/** undici's callbacks for one exchange, as one Outcome and the body that follows it. */
import { Buffer } from "node:buffer";
import type { Duplex } from "node:stream";
import { Socket } from "node:net";
import type { Dispatcher } from "undici";
import type { AttemptOptions } from "./attempt.ts";
import { faultOf, isConnectionLoss, type Phase } from "./fault.ts";
import { headerValue, type RawHeaders } from "./headers.ts";
import { HeldBody, STREAM_BUFFER_BYTES } from "./held_body.ts";
import { PASSED } from "./inspection.ts";
import type { Outcome, Reply } from "./outcome.ts";

/** Most bytes of an error body, or of an inference call's answer, held for judging. */
const HOLD_BYTES = 1024 * 1024;

export interface Exchange {
  readonly outcome: Outcome;
  /** A kept-alive connection was lost before a response head: the backend may well be fine. */
  readonly reusedConnectionBroke: boolean;
}

type Controller = Dispatcher.DispatchController;

export class ReplyHandler implements Dispatcher.DispatchHandler {
  /** Resolves with the response head or the fault, never rejects. */
  readonly exchange: Promise<Exchange>;
  #resolve!: (exchange: Exchange) => void;
  readonly #options: AttemptOptions;
  readonly #openedBefore: number;
  readonly #onLeave = () => this.#callerLeft();
  #controller: Controller | undefined;
  #body: HeldBody | undefined;
  #phase: Phase = "connecting";
  #reused = false;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#openedBefore = options.connections.opened();
    this.exchange = new Promise((resolve) => this.#resolve = resolve);
    options.signal.addEventListener("abort", this.#onLeave);
    if (options.signal.aborted) this.#callerLeft();
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#phase === "answered") return controller.abort(new Error("the caller went away"));
    this.#phase = "waiting";
    this.#reused = this.#options.connections.opened() === this.#openedBefore;
  }

  onResponseStart(controller: Controller, status: number): void {
    // With the fields that a switch of protocols must have it does not come here.
    if (status < 200 && status !== 101) return;
    const headers = pairs(controller.rawHeaders);
    const fault = whyInvalid(status, headers);
    if (fault !== undefined) return controller.abort(new InvalidReply(fault));
    const isJudged = status >= 400 || this.#options.expects !== undefined;
    const holdBytes = isJudged ? HOLD_BYTES : STREAM_BUFFER_BYTES;
    const body = new HeldBody(tapOf(controller), { holdBytes });
    this.#body = body;
    this.#settle({ kind: "reply", status, headers, body, ...UNREAD, connection: undefined });
  }

  onRequestUpgrade(
    controller: Controller,
    status: number,
    _headers: unknown,
    connection: Duplex,
  ): void {
    const headers = pairs(controller.rawHeaders);
    // It may break before anybody else listens.
    connection.on("error", () => {});
    if (this.#phase === "waiting" && connection instanceof Socket && isWebSocket(status, headers)) {
      return this.#settle(switchedReply(headers, connection));
    }
    connection.destroy();
    this.#settle(faultOf(new InvalidReply("it switches to another protocol"), this.#phase));
  }

  onResponseData(_controller: Controller, chunk: Buffer): void {
    this.#body?.push(chunk);
  }

  onResponseEnd(): void {
    this.#body?.finish({ kind: "complete" });
  }

  onResponseError(_controller: Controller | undefined, cause: unknown): void {
    const fault = faultOf(cause, this.#phase);
    this.#body?.finish({ kind: "cut", detail: fault.detail });
    this.#settle(fault, this.#reused && isConnectionLoss(cause));
  }

  #callerLeft(): void {
    this.#settle({ kind: "fault", code: "caller_left", detail: "before a response head" });
    this.#controller?.abort(new Error("the caller went away"));
  }

  /** Only the first outcome counts. */
  #settle(outcome: Outcome, reusedConnectionBroke = false): void {
    this.#options.signal.removeEventListener("abort", this.#onLeave);
    this.#phase = "answered";
    this.#resolve({ outcome, reusedConnectionBroke });
  }
}

/** A reply that is HTTP, but none that could be passed on. */
class InvalidReply extends Error {
  readonly code = "INVALID_REPLY";
}

/**
 * What is wrong with a head that parsed: a status beyond RFC 9110, section 15, or a body in a
 * transfer coding that ends with this hop and that nobody undoes (RFC 9112, section 6.1).
 */
function whyInvalid(status: number, headers: RawHeaders): string | undefined {
  if (status === 101) return "status 101 without the protocol that it switches to";
  if (status > 599) return `HTTP has no status ${status}`;
  const codings = headers.filter(([name]) => name.toLowerCase() === "transfer-encoding");
  const coding = codings.map(([, value]) => value).join(", ");
  if (/^(?:chunked|identity)?$/i.test(coding)) return undefined;
  return `transfer-encoding ${JSON.stringify(coding)} is not supported`;
}

function isWebSocket(status: number, headers: RawHeaders): boolean {
  return status === 101 && headerValue(headers, "upgrade")?.trim().toLowerCase() === "websocket";
}

/** Nothing but what comes after it, which is no body. */
function switchedReply(headers: RawHeaders, connection: Socket): Reply {
  const body = new HeldBody({ pause() {}, resume() {}, abort() {} }, { holdBytes: 0 });
  body.finish({ kind: "complete" });
  return { kind: "reply", status: 101, headers, body, ...UNREAD, connection };
}

const UNREAD = { errorText: "", inspection: PASSED, gate: undefined } as const;

function tapOf(controller: Controller) {
  return {
    pause: () => controller.pause(),
    resume: () => controller.resume(),
    abort: () => controller.abort(new Error("the body is not wanted")),
  };
}

/** Header lines as pairs, one character a byte, in the order and spelling they came in. */
function pairs(raw: Controller["rawHeaders"]): RawHeaders {
  if (!Array.isArray(raw)) return [];
  const headers: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) headers.push([text(raw[at]), text(raw[at + 1])]);
  return headers;
}

function text(value: Buffer | string | undefined): string {
  return Buffer.isBuffer(value) ? value.toString("latin1") : value ?? "";
}

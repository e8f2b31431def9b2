/** What becomes of one request, as one Outcome and the body that follows it. */
import { type ByteStream, closeQuietly } from "./byte_stream.ts";
import type { AttemptOptions } from "./attempt.ts";
import type { ExchangeHandler } from "./connections.ts";
import { ExchangeError } from "./exchange_error.ts";
import { faultOf, isConnectionLoss, type Phase } from "./fault.ts";
import { headerValue, type RawHeaders } from "./headers.ts";
import { HeldBody, STREAM_BUFFER_BYTES, type Tap } from "./held_body.ts";
import { PASSED } from "./inspection.ts";
import type { Outcome, Reply } from "./outcome.ts";

/** Most bytes of an error body, or of an inference call's answer, held for judging. */
const HOLD_BYTES = 1024 * 1024;

export interface Exchange {
  readonly outcome: Outcome;
  /**
   * How long after the request had begun to go out a kept connection was lost, in milliseconds, before a
   * response head: the backend may well be fine. Undefined where that is not what happened.
   */
  readonly keptLostAfterMs: number | undefined;
}

export class ReplyHandler implements ExchangeHandler {
  /** Resolves with the response head or the fault, never rejects. */
  readonly exchange: Promise<Exchange>;
  #resolve!: (exchange: Exchange) => void;
  readonly #options: AttemptOptions;
  readonly #onLeave = () => this.#callerLeft();
  #tap: Tap = NO_TAP;
  #body: HeldBody | undefined;
  #phase: Phase = "connecting";
  /** When the request began to go out, on a connection that had carried others; undefined on any other. */
  #reusedAtMs: number | undefined;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.exchange = new Promise((resolve) => this.#resolve = resolve);
    options.signal.addEventListener("abort", this.#onLeave);
    if (options.signal.aborted) this.#callerLeft();
  }

  onStart(tap: Tap, { isReused }: { readonly isReused: boolean }): void {
    if (this.#phase === "answered") return tap.abort();
    this.#tap = tap;
    this.#phase = "waiting";
    if (isReused) this.#reusedAtMs = performance.now();
  }

  onHead(status: number, headers: RawHeaders): void {
    // RFC 9110, section 15, has no others.
    if (status > 599) return this.#refuse(`HTTP has no status ${status}`);
    const isJudged = status >= 400 || this.#options.expects !== undefined;
    const holdBytes = isJudged ? HOLD_BYTES : STREAM_BUFFER_BYTES;
    const body = new HeldBody(this.#tap, { holdBytes });
    this.#body = body;
    this.#settle(replyOf(status, headers, { body, connection: undefined }));
  }

  onSwitch(headers: RawHeaders, connection: ByteStream): void {
    if (this.#phase === "waiting" && isWebSocket(headers)) {
      return this.#settle(switchedReply(headers, connection));
    }
    closeQuietly(connection);
    this.#refuse("it switches to another protocol");
  }

  onData(bytes: Uint8Array): void {
    this.#body?.push(bytes);
  }

  onEnd(): void {
    this.#body?.finish({ kind: "complete" });
  }

  onFailure(cause: unknown): void {
    const fault = faultOf(cause, this.#phase);
    this.#body?.finish({ kind: "cut", detail: fault.detail });
    const sinceMs = isConnectionLoss(cause) ? this.#reusedAtMs : undefined;
    this.#settle(fault, sinceMs === undefined ? undefined : performance.now() - sinceMs);
  }

  /** It is HTTP, but none that could be passed on. */
  #refuse(why: string): void {
    const fault = faultOf(new ExchangeError("INVALID_REPLY", why), this.#phase);
    this.#tap.abort();
    this.#settle(fault);
  }

  #callerLeft(): void {
    this.#settle({ kind: "fault", code: "caller_left", detail: "before a response head" });
    this.#tap.abort();
  }

  /** Only the first outcome counts. */
  #settle(outcome: Outcome, keptLostAfterMs?: number): void {
    this.#options.signal.removeEventListener("abort", this.#onLeave);
    this.#phase = "answered";
    this.#resolve({ outcome, keptLostAfterMs });
  }
}

const NO_TAP: Tap = { pause() {}, resume() {}, abort() {} };

function isWebSocket(headers: RawHeaders): boolean {
  return headerValue(headers, "upgrade")?.trim().toLowerCase() === "websocket";
}

/** Nothing but what comes after it, which is no body. */
function switchedReply(headers: RawHeaders, connection: ByteStream): Reply {
  const body = new HeldBody(NO_TAP, { holdBytes: 0 });
  body.finish({ kind: "complete" });
  return replyOf(101, headers, { body, connection });
}

/** A reply of which nothing has been read but its head. */
function replyOf(
  status: number,
  headers: RawHeaders,
  { body, connection }: Pick<Reply, "body" | "connection">,
): Reply {
  const unread = { errorText: "", inspection: PASSED, gate: undefined } as const;
  return { ...unread, kind: "reply", status, headers, body, connection };
}

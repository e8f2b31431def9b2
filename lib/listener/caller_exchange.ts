/** One request of a caller under way, as the handler sees it. */
import { asksForWebSocket } from "../dialect/websocket.ts";
import type { RequestHead } from "../http1/request_reading.ts";
import type { BodySource, CallerResponse } from "../wire/caller_response.ts";
import type { Incoming } from "../wire/incoming.ts";
import { Departure } from "../wire/leaving.ts";
import { CallerBody } from "./caller_body.ts";

export interface ExchangeOptions {
  /** Address and port of the peer. */
  readonly caller: string;
  /** Whether the peer is this process itself. */
  readonly isOwn: boolean;
  /** Tells the caller to send its body. */
  readonly sendContinue: () => void;
  /** There is room for more of the body. */
  readonly onRoom: () => void;
}

export class CallerExchange {
  readonly head: RequestHead;
  readonly body: CallerBody;
  readonly leaving = new Departure();
  readonly incoming: Incoming;
  /** Whether it asks to have its connection made a WebSocket. */
  readonly isUpgrade: boolean;
  /** Whether something of its answer may have gone out. */
  isAnswering = false;
  /** Whether its answer is there, and only has to go out. */
  isFlushing = false;
  /** Whether its answer is out, or will never be. */
  isOver = false;
  #source: BodySource | undefined;
  #hasBytes = false;
  #isContinued = false;

  constructor(head: RequestHead, { caller, isOwn, sendContinue, onRoom }: ExchangeOptions) {
    const { method, target, headers, minorVersion } = head;
    this.head = head;
    this.isUpgrade = asksForWebSocket(head);
    const body = new CallerBody({
      announced: head.body === "chunked" ? undefined : head.body,
      onWanted: () => {
        if (!this.awaitsContinue || this.isAnswering) return;
        this.#isContinued = true;
        sendContinue();
      },
      onRoom,
    });
    this.body = body;
    this.incoming = {
      method,
      target,
      headers,
      minorVersion,
      caller,
      isOwn,
      signal: this.leaving,
      read: (limitBytes, room) => body.read(limitBytes, room),
      reader: () => body.reader(),
    };
  }

  /** Bytes of its body have come. */
  take(bytes: Uint8Array): void {
    this.#hasBytes = true;
    this.body.take(bytes);
  }

  /** Whether its caller may still hold the body back, until it is told to send it. */
  get awaitsContinue(): boolean {
    const { expectsContinue, body } = this.head;
    return expectsContinue && body !== 0 && !this.#isContinued && !this.#hasBytes;
  }

  /** Whether its connection ends with it, whatever its answer. */
  get closes(): boolean {
    return !this.head.keepsConnection || this.isUpgrade || this.awaitsContinue;
  }

  /** Its answer goes out from now on; where it is still coming in, it is cancelled if the caller leaves. */
  answering({ body }: CallerResponse): void {
    this.isAnswering = true;
    this.isFlushing = body instanceof Uint8Array;
    if (body instanceof Uint8Array) return;
    this.#source = body;
    this.leaving.addEventListener("abort", () => body.cancel());
  }

  /** Its caller takes nothing; why, for the record. */
  giveUp(why: string): void {
    this.#source?.cancel(why);
  }

  /** Its caller has gone, or what came of it was wrong: nobody will read an answer. */
  abandon(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.body.break();
    this.leaving.leave();
  }
}

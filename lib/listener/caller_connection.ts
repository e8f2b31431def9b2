/**
 * One connection of a caller: a read is always under way, which brings the next request, or tells that
 * the caller has gone. Requests that come early wait, and are answered one after the other.
 */
import type { Buffer } from "node:buffer";
import { HeldBytes } from "../http1/held_bytes.ts";
import type { Refusal } from "../http1/refusal.ts";
import { RequestParser, type RequestSink } from "../http1/request_parser.ts";
import type { RequestHead } from "../http1/request_reading.ts";
import { CONTINUE, refusalBytes, switchingHead } from "../http1/response_writing.ts";
import { closeQuietly } from "../wire/byte_stream.ts";
import { type CallerResponse, isSwitched, type SwitchedResponse } from "../wire/caller_response.ts";
import type { RawHeaders } from "../wire/headers.ts";
import { ALLOW } from "../wire/own_answer.ts";
import { CallerExchange } from "./caller_exchange.ts";
import { CallerStream } from "./caller_stream.ts";
import { CallerWriter } from "./caller_writer.ts";
import { HELD_BYTES, UNREAD_BYTES } from "./listener.ts";
import type { CallerConn } from "./plain_conn.ts";
import { ReadLoop, type Reads } from "./read_loop.ts";
import { sendResponse } from "./send.ts";
import type { Site } from "./site.ts";

/**
 * What it waits for: a first byte (and a handshake before), the next request, the rest of a head, the
 * end of an exchange, the rest of a body that nobody reads, the end that its caller makes, or nothing.
 */
type Phase = "opening" | "idle" | "head" | "exchange" | "discarding" | "lingering" | "over";

export class CallerConnection implements RequestSink, Reads {
  /** Where its site keeps it. */
  place = -1;
  /** The later it came to wait for what it waits for, the higher. */
  turn = 0;
  /** Whether a whole head has come on it. */
  hasAsked = false;
  readonly #conn: CallerConn;
  readonly #site: Site;
  readonly #caller: string;
  readonly #isOwnNow: () => boolean;
  #isOwn: boolean | undefined;
  readonly #out: CallerWriter;
  readonly #parser = new RequestParser(this);
  readonly #reads: ReadLoop;
  #phase: Phase = "opening";
  #sinceMs = 0;
  #exchange: CallerExchange | undefined;
  /** Whether the handler does not know of it yet: what came with its head is taken first. */
  #isNew = false;
  /** What has come of the next requests; of a WebSocket, its first frames. */
  readonly #held = new HeldBytes();
  /** Whether what is read came before the answer to what came before it was out. */
  #isEarly = false;
  #unreadBytes = 0;
  /** Whether the caller has ended its side while the last of its answer goes out. */
  #hasEnded = false;

  /**
   * @param caller address and port of the peer
   * @param isOwn whether it is this process; asked with the first request
   */
  constructor(
    conn: CallerConn,
    { site, caller, isOwn }: {
      readonly site: Site;
      readonly caller: string;
      readonly isOwn: () => boolean;
    },
  ) {
    this.#isOwnNow = isOwn;
    this.#conn = conn;
    this.#site = site;
    this.#caller = caller;
    this.#out = new CallerWriter(conn, site);
    this.#reads = new ReadLoop(conn, site.buffers, this);
    this.#enter("opening");
    site.joins(this);
  }

  /** Serves it to its end. Never rejects. */
  async serve(): Promise<void> {
    const refused = await this.#conn.open().catch(() => "");
    if (refused !== undefined) {
      if (refused !== "") {
        const from = { caller: this.#caller, why: refused };
        this.#site.onRefused(`Refused a connection of ${this.#caller}: ${refused}.`, from);
      }
      return this.close();
    }
    this.#parser.begin();
    const ending = await this.#reads.run();
    if (ending === "handed over") return;
    if (ending === "ended" && this.#exchange?.isFlushing === true) this.#hasEnded = true;
    else this.close();
  }

  /** Whether no request is under way: it can make room for another one. */
  get isWaiting(): boolean {
    return this.#phase !== "exchange" && this.#phase !== "over";
  }

  /** Ends it where no request is under way. */
  endIdle(): void {
    if (this.#phase === "opening" || this.#phase === "idle") this.close();
  }

  /** Ends it at once. */
  close(): void {
    if (this.#phase === "over") return;
    // Of one on which nobody asked, too: what is known of it must not be taken for the next one's.
    this.#isOwn ??= this.#isOwnNow();
    this.#enter("over");
    this.#exchange?.abandon();
    this.#reads.stop();
    this.#site.leaves(this);
    closeQuietly(this.#conn);
  }

  /** Ends what has taken too long. */
  look(): void {
    const { idleMs, headMs, lingerMs } = this.#site.patience;
    const isLate = (ms: number) => this.#site.nowMs - this.#sinceMs > ms;
    switch (this.#phase) {
      case "opening":
        return isLate(headMs) ? this.close() : undefined;
      case "idle":
        return isLate(idleMs) ? this.#end() : undefined;
      case "head":
        return isLate(headMs) ? this.onRefusal(SLOW_HEAD) : undefined;
      case "exchange":
        return this.#lookAtExchange();
      case "discarding":
        return isLate(lingerMs) ? this.#end() : undefined;
      case "lingering":
        return isLate(lingerMs) ? this.close() : undefined;
    }
  }

  onHead(head: RequestHead): void {
    this.#exchange = new CallerExchange(head, {
      caller: this.#caller,
      isOwn: this.#isOwn ??= this.#isOwnNow(),
      sendContinue: () => void this.#out.write(CONTINUE).catch(ignore),
      onRoom: () => this.#reads.resume(),
    });
    this.#isNew = true;
  }

  onData(bytes: Uint8Array): void {
    this.#exchange?.take(bytes);
  }

  onEnd(): void {
    this.#exchange?.body.finish();
    if (this.#phase === "discarding") this.#next();
  }

  /** Answers what is wrong, unless an answer is due before, or has begun: then it only ends. */
  onRefusal({ status, why, fix }: Refusal): void {
    const line = `Refused a request of ${this.#caller}: ${status}, ${why}; ${fix}.`;
    this.#site.onRefused(line, { caller: this.#caller, why });
    const isLate = this.#isEarly || this.#exchange?.isAnswering === true;
    this.#isNew = false;
    this.#exchange?.abandon();
    if (isLate) return this.#end();
    this.#linger();
    const allowed: RawHeaders = status === 405 ? [["allow", ALLOW]] : [];
    this.#out.write(refusalBytes(status, allowed)).then(() => this.#conn.closeWrite()).catch(
      ignore,
    );
  }

  isFull(): boolean {
    if (this.#phase === "lingering") return false;
    const { body } = this.#exchange ?? {};
    return this.#held.length >= HELD_BYTES ||
      (body !== undefined && (body.isFull || body.droppedBytes > UNREAD_BYTES));
  }

  destination(): Buffer | undefined {
    return this.#phase === "exchange" ? this.#exchange?.body.destination() : undefined;
  }

  took(buffer: Buffer, bytes: number): void {
    if (this.#phase === "lingering") {
      this.#unreadBytes += bytes;
      if (this.#unreadBytes > UNREAD_BYTES) this.close();
    } else this.#parse(buffer, bytes);
  }

  /** Takes what is there as far as the request under way goes, and holds what is left. */
  #parse(bytes: Buffer, to: number): void {
    let at = 0;
    while (at < to && !this.#parser.isOver) at = this.#parser.push(bytes, at, to);
    if (at < to && !this.#isEnding()) this.#held.with(bytes.subarray(at, to));
    if (this.#isNew) this.#begin();
    else if (this.#parser.isWithinHead && this.#phase !== "head") this.#enter("head");
  }

  #begin(): void {
    this.#isNew = false;
    const exchange = this.#exchange;
    if (exchange === undefined) return;
    this.hasAsked = true;
    this.#enter("exchange");
    this.#answer(exchange).catch((cause) => {
      this.#site.onFault(`A response could not be sent: ${cause}`);
      this.close();
    });
  }

  async #answer(exchange: CallerExchange): Promise<void> {
    const answered = await this.#site.handler(exchange.incoming);
    if (exchange.isOver) return cancel(answered);
    if (isSwitched(answered)) return await this.#switch(answered, exchange);
    const closes = exchange.closes || this.#site.isClosing;
    exchange.answering(answered);
    if (!exchange.body.isUpload) this.#drop(exchange);
    const { head } = exchange;
    const { date, patience: { takeMs } } = this.#site;
    const sent = await sendResponse(answered, { head, out: this.#out, closes, date, takeMs })
      .catch((cause) => {
        cancel(answered);
        throw cause;
      });
    if (exchange.isOver) return;
    exchange.isOver = true;
    if (this.#hasEnded || sent !== "whole" || closes || this.#site.isClosing) return this.#end();
    if (exchange.body.isWhole) return this.#next();
    this.#drop(exchange);
    this.#enter("discarding");
  }

  async #switch(answered: SwitchedResponse, exchange: CallerExchange): Promise<void> {
    const { status, headers, tunnel } = answered;
    if (!exchange.isUpgrade) {
      tunnel.cancel();
      throw new Error("the backend switched protocols, which nobody had asked for");
    }
    await this.#out.write(switchingHead(status, headers)).catch(ignore);
    if (exchange.isOver) return tunnel.cancel();
    exchange.isOver = true;
    this.#exchange = undefined;
    const last = this.#reads.handOver();
    await tunnel.join(new CallerStream(this.#conn, last, () => this.close()), this.#takeHeld());
  }

  #drop({ body }: CallerExchange): void {
    body.drop();
    this.#reads.resume();
  }

  /** Goes on to the next request, of which something may be there already. */
  #next(): void {
    this.#exchange = undefined;
    this.#parser.begin();
    this.#enter("idle");
    const held = this.#takeHeld();
    this.#isEarly = held.length > 0;
    if (this.#isEarly) this.#parse(held, held.length);
    this.#reads.resume();
  }

  #takeHeld(): Buffer {
    const held = this.#held.with(NOTHING);
    this.#held.clear();
    return held;
  }

  #lookAtExchange(): void {
    const exchange = this.#exchange;
    const { nowMs, patience: { bodyMs } } = this.#site;
    if (exchange === undefined) return;
    if (exchange.body.isTooSlow(nowMs, bodyMs)) return this.onRefusal(SLOW_BODY);
    if (!this.#out.isStalled) return;
    exchange.giveUp(`the caller took nothing for ${this.#out.patienceMs / 1000} s`);
    this.close();
  }

  /** Ends it in order: what was written goes out, and what still comes is thrown away for a while. */
  #end(): void {
    if (this.#isEnding()) return;
    this.#linger();
    this.#conn.closeWrite().catch(ignore);
  }

  #linger(): void {
    this.#held.clear();
    this.#enter("lingering");
    this.#reads.resume();
  }

  #isEnding(): boolean {
    return this.#phase === "lingering" || this.#phase === "over";
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#sinceMs = this.#site.nowMs;
    this.turn = ++this.#site.turns;
  }
}

const NOTHING = new Uint8Array();

const SLOW_HEAD: Refusal = {
  status: 408,
  why: "its head did not come in time",
  fix: "look at the program and the network at that address; a scan of ports needs nothing",
};
const SLOW_BODY: Refusal = {
  status: 408,
  why: "its body came too slowly",
  fix: "look at the program and the network at that address",
};

function cancel(answered: CallerResponse): void {
  if (isSwitched(answered)) answered.tunnel.cancel();
  if (!(answered.body instanceof Uint8Array)) answered.body.cancel();
}

function ignore(): void {}

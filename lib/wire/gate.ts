/**
 * Holds a stream until its first content event, so that a failure before it stays invisible; reads
 * along to its end, so that a broken one is never taken for whole. No byte passes through here.
 */
import type { EventFormat, EventKind, StreamEvent } from "../dialect/event_format.ts";
import { mayBeKnown, mayEnd } from "../dialect/may_end.ts";
import type { EventReader } from "./event_reader.ts";
import type { BodyEnd } from "./held_body.ts";
import { ALIVE, type Inspection, PASSED } from "./inspection.ts";
import type { Reading } from "./reading.ts";
import { SseReader } from "./sse.ts";

export interface GateOptions {
  readonly reader: EventReader;
  readonly format: EventFormat;
  /** Whether the stream is held at all (`detection.stream_gate`). */
  readonly hold: boolean;
  /** Sees every event, and is called once at the first content. */
  readonly reading: Pick<Reading, "onEvent" | "onContent" | "onSign">;
}

/** Most events held; past that the stream is committed. Pings and comments do not count. */
const HELD_EVENTS = 64;
/** Most bytes of events held, the unfinished one included. */
const HELD_BYTES = 256 * 1024;
/** In every known format an event with content, tokens or an id has more characters. */
const SHORTEST_TELLING = 8;

export class StreamGate {
  readonly #options: GateOptions;
  #inspection: Inspection | undefined;
  /** Whether nothing has come by which a stream that is held would be released or given up. */
  #isAwaited: boolean;
  #events = 0;
  #characters = 0;
  #ends = false;
  #hasContent = false;
  /** Something of the answer has come, be it only its beginning. */
  #hasBegun = false;
  /** An event has come that may belong to an answer, whatever it holds. */
  #hasEvents = false;
  /** Events came that bear no mark of the format, and none that does. */
  #isForeign = false;
  #errorText: string | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#isAwaited = options.hold;
    if (!options.hold) this.#inspection = PASSED;
  }

  /** The verdict on the stream's start; undefined while it is held. */
  get inspection(): Inspection | undefined {
    return this.#inspection;
  }

  /** Whether it is held, or was committed only because it lives. */
  get isAwaited(): boolean {
    return this.#isAwaited;
  }

  /** The data of the first error event; undefined while there was none. */
  get errorText(): string | undefined {
    return this.#errorText;
  }

  /** Whether the event that ends the answer has come; more may follow it. */
  get hasEnded(): boolean {
    return this.#ends;
  }

  /** Whether an event could begin here: all that came are whole ones. */
  get atBoundary(): boolean {
    return this.#options.reader.atBoundary;
  }

  /** Whether the events are server-sent ones, not the elements of a JSON array. */
  get isEventStream(): boolean {
    return this.#options.reader instanceof SseReader;
  }

  push(chunk: Uint8Array): void {
    for (const event of this.#options.reader.push(chunk)) this.#take(event);
    this.#commitOverCap(this.#options.reader.pendingBytes);
  }

  /** Commits whatever has come. */
  release(): void {
    this.#conclude(PASSED);
  }

  /** Commits a stream before its content: that goes on being awaited. */
  commitLiving(): void {
    this.#inspection ??= ALIVE;
  }

  /** What the end means: clean framing does not make a stream whole. */
  ended(end: BodyEnd): BodyEnd {
    const rest = this.#options.reader.rest();
    if (rest !== undefined) this.#takeCut(rest);
    const isWhole = end.kind === "complete" && this.#ends;
    const held = this.#inspection === undefined;
    this.#conclude(isWhole ? PASSED : { kind: "ended_early", detail: howItEnded(end, rest) });
    if (held || end.kind === "cut" || this.#ends || this.#isUnknown()) return end;
    return { kind: "cut", detail: "the stream ended without a terminal event" };
  }

  #take(event: StreamEvent): void {
    if (this.#saysNothing(event)) return void (this.#hasEvents = true);
    this.#options.reading.onEvent(event);
    const isOnItsWay = this.#isOnItsWay(event);
    if (isOnItsWay && !this.#hasContent) this.#options.reading.onSign();
    if (isOnItsWay && !mayEnd(event)) return;
    const { kind, ends } = this.#options.format.read(event);
    if (kind !== "ping" && kind !== "blank") this.#options.reading.onSign();
    if (kind === "content") this.#sawContent();
    if (kind === "content" || kind === "neutral") this.#hasBegun = true;
    if (kind === "foreign" && !this.#hasBegun) this.#isForeign = true;
    this.#hasEvents ||= this.#hasBegun || this.#isForeign || kind === "blank";
    this.#ends ||= ends && (kind !== "done" || this.#saidAnything);
    if (kind === "error") this.#errorText ??= event.data;
    if (!this.#isAwaited || kind === "ping") return;
    this.#events++;
    this.#characters += event.data.length;
    if (this.#isReleasedBy(kind)) this.#conclude(PASSED);
    if (kind === "error") this.#conclude({ kind: "error_event" });
    if (kind === "malformed") this.#conclude(malformed(event.data));
    this.#commitOverCap(0);
  }

  /** Only the first inspection counts. */
  #conclude(inspection: Inspection): void {
    this.#inspection ??= inspection;
    this.#isAwaited = false;
  }

  /** Whether of this event only an error or the end would tell anything. */
  #isOnItsWay(event: StreamEvent): boolean {
    if (this.#inspection === undefined) return false;
    return this.#hasContent || (this.#isForeign && !this.#hasBegun && !mayBeKnown(event));
  }

  /** Whether there is anything that `[DONE]` may be the end of. */
  get #saidAnything(): boolean {
    return this.#hasEvents || this.#ends;
  }

  #isReleasedBy(kind: EventKind): boolean {
    if (kind === "done") return this.#saidAnything;
    return kind === "content" || kind === "terminal" || (kind === "foreign" && this.#isForeign);
  }

  /** Of a stream that is passed on, what is too short for anything but an end. A chunk may hold thousands. */
  #saysNothing(event: StreamEvent): boolean {
    if (this.#inspection === undefined || event.data.length > SHORTEST_TELLING) return false;
    return (this.#hasContent || !this.#isUnknown()) && !mayEnd(event);
  }

  #sawContent(): void {
    if (!this.#hasContent) this.#options.reading.onContent();
    this.#hasContent = true;
  }

  /** The end cut an event, or only its blank line: what can be read of it is not lost. */
  #takeCut(rest: StreamEvent): void {
    const { kind, ends } = this.#options.format.read(rest);
    if (rest.truncated && kind !== "error") return;
    if (kind !== "error" && !ends) return;
    if (kind === "done" && !this.#saidAnything) return;
    this.#ends = true;
    if (kind === "error") this.#errorText ??= rest.data;
    this.#inspection ??= kind === "error" ? { kind: "error_event" } : PASSED;
  }

  #commitOverCap(pendingBytes: number): void {
    const isOver = this.#events > HELD_EVENTS || this.#characters + pendingBytes > HELD_BYTES;
    if (isOver && this.#isAwaited) this.#conclude(PASSED);
  }

  /** Of a format that nobody knows, only the framing can tell. */
  #isUnknown(): boolean {
    return this.#options.format.name === "unknown" || (this.#isForeign && !this.#hasBegun);
  }
}

/** Enough to tell HTML from words, and too few to give away a credential that a backend quotes. */
const SHOWN_CHARACTERS = 8;

function malformed(data: string): Inspection {
  const start = data.slice(0, SHOWN_CHARACTERS);
  return { kind: "malformed_event", what: JSON.stringify(start === data ? data : `${start}…`) };
}

function howItEnded(end: BodyEnd, rest: StreamEvent | undefined): string {
  if (end.kind === "cut") return end.detail;
  return rest === undefined ? "the stream was over" : "an event was cut by the end";
}

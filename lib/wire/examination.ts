/**
 * The examination of one 2xx reply of an inference call: tells what the body is, holds it until it can
 * be judged, and reads a stream along to its end. Sees the body decoded.
 */
import type { EventFormat, Operation } from "../dialect/event_format.ts";
import { StreamGate } from "./gate.ts";
import type { BodyEnd } from "./held_body.ts";
import { HeldPieces } from "./held_pieces.ts";
import { type Inspection, PASSED } from "./inspection.ts";
import { JsonElements } from "./json_elements.ts";
import { inspectJson } from "./json_reply.ts";
import type { Reading } from "./reading.ts";
import { isBlank, leadBytes, type Shape, shapeOf } from "./shape.ts";
import { SseReader } from "./sse.ts";

/** What a call may be answered with. */
export interface Expectation {
  readonly events: EventFormat;
  readonly kind: Operation["kind"];
  /** Whether a stream is held until its first content (`detection.stream_gate`). */
  readonly hold: boolean;
}

export interface ExaminationOptions {
  readonly expects: Expectation;
  /** Whether the caller asked for a stream. */
  readonly streamed: boolean;
  readonly contentType: string;
  /** Sees what the body says. */
  readonly reading: Pick<Reading, "onEvent" | "onContent" | "onSign" | "onJson">;
}

/** Most bytes of a JSON reply that are held; past that it is committed. */
export const JSON_HOLD_BYTES = 1024 * 1024;
/** How much of an error in a 2xx body is read for its hints. */
const ERROR_TEXT_BYTES = 64 * 1024;
/** An event is read up to here; of a larger one the start has to do. */
const MAX_EVENT_BYTES = 1024 * 1024;

export class Examination {
  readonly #options: ExaminationOptions;
  #inspection: Inspection | undefined;
  #shape: Shape | undefined;
  #gate: StreamGate | undefined;
  #errorText = "";
  /** The bytes that have been seen of JSON, or of what cannot be told yet. */
  readonly #seen = new HeldPieces();
  /** Whether a mark and white space is all that has come: more white space tells nothing. */
  #isBare = true;
  /** Whether anything at all has come, be it white space. */
  #hasCome = false;

  constructor(options: ExaminationOptions) {
    this.#options = options;
    // What is not held is committed with its head.
    if (!options.expects.hold && this.#isEventStream()) this.#openGate(new Uint8Array(), false);
  }

  /** Undefined while the body is held. */
  get inspection(): Inspection | undefined {
    return this.#gate === undefined ? this.#inspection : this.#gate.inspection;
  }

  /** Undefined where the body is no stream, or does not show yet whether it is. */
  get gate(): StreamGate | undefined {
    return this.#gate;
  }

  /** The error that the body reports; empty while it reports none. */
  get errorText(): string {
    return this.#gate?.errorText ?? this.#errorText;
  }

  /** Whether anything but white space has come. */
  get hasBegun(): boolean {
    return this.#shape !== undefined;
  }

  /** Whether it is held, or a stream that was committed only because it lives. */
  get isAwaited(): boolean {
    return this.#gate === undefined ? this.#inspection === undefined : this.#gate.isAwaited;
  }

  /** Whether more bytes can still tell something before the end. */
  get isCurious(): boolean {
    return this.#shape === undefined || this.#gate !== undefined;
  }

  push(chunk: Uint8Array): void {
    if (this.#gate !== undefined) return this.#gate.push(chunk);
    if (this.#inspection !== undefined) return;
    this.#hasCome ||= chunk.length > 0;
    if (this.#isBare && isBlank(chunk)) return;
    this.#seen.keep(chunk);
    if (this.#shape === undefined) this.#tellShape();
    if (this.#shape !== undefined && this.#gate === undefined) this.#options.reading.onSign();
    if (this.#seen.length >= JSON_HOLD_BYTES) this.release();
  }

  /** Commits whatever has come: it cannot be held, or not be read. */
  release(): void {
    this.#gate?.release();
    this.#inspection ??= PASSED;
    this.#seen.clear();
  }

  /** Commits a stream that has shown that it lives, be it with a blank line; nothing else. */
  commitLiving(): void {
    const isBlankStream = this.#hasCome && this.#shape === undefined && this.#isEventStream();
    if (this.#gate === undefined && this.#inspection === undefined && isBlankStream) {
      this.#openGate(this.#seen.peek(), false);
    }
    if (this.#hasCome) this.#gate?.commitLiving();
  }

  /** What the end means. */
  ended(end: BodyEnd): BodyEnd {
    if (this.#gate !== undefined) return this.#gate.ended(end);
    if (this.#inspection !== undefined) return end;
    this.#inspection = this.#shape === undefined ? this.#whyNothing(end) : this.#inspectJson(end);
    this.#seen.clear();
    return end;
  }

  #tellShape(): void {
    // Looked at once for each of the few bytes that a mark or a word has.
    const start = this.#seen.peek();
    const shape = shapeOf(start);
    this.#isBare = leadBytes(start) === start.length;
    if (shape === undefined) return;
    this.#shape = shape;
    const isStream = shape === "events" || (shape === "text" && this.#isEventStream());
    const isArrayStream = shape === "json_array" && this.#options.streamed;
    if (isStream || isArrayStream) return this.#openGate(start, isArrayStream);
    if (shape === "html") this.#inspection = { kind: "wrong_kind", what: "an HTML page" };
    if (shape === "text") this.#inspection = { kind: "wrong_kind", what: "text that is no JSON" };
  }

  #openGate(start: Uint8Array, isArray: boolean): void {
    const { expects: { events, hold }, reading } = this.#options;
    const bound = { maxEventBytes: MAX_EVENT_BYTES };
    const reader = isArray ? new JsonElements(bound) : new SseReader(bound);
    this.#gate = new StreamGate({ reader, format: events, hold, reading });
    this.#seen.clear();
    this.#gate.push(start);
  }

  #isEventStream(): boolean {
    return /^\s*text\/event-stream/i.test(this.#options.contentType);
  }

  #inspectJson(end: BodyEnd): Inspection {
    const body = this.#seen.peek();
    const inspection = inspectJson(body, end, this.#options.expects);
    if (inspection.kind === "passed") this.#options.reading.onJson(body);
    if (inspection.kind === "error_body") {
      this.#errorText = new TextDecoder().decode(body.subarray(0, ERROR_TEXT_BYTES));
    }
    return inspection;
  }

  #whyNothing(end: BodyEnd): Inspection {
    const words = this.#seen.length > 0 ? "text that is no JSON" : "an empty body";
    if (this.#isEventStream()) {
      return { kind: "ended_early", detail: end.kind === "cut" ? end.detail : words };
    }
    if (end.kind === "cut") return { kind: "cut_short", detail: end.detail };
    return { kind: "wrong_kind", what: words };
  }
}

/** A backend's body for its caller, and how it ended: whole, cut, or left by its caller. */
import type { BodySource, NextBytes } from "./caller_response.ts";
import { headerValue } from "./headers.ts";
import type { HeldBody } from "./held_body.ts";
import type { Reply } from "./outcome.ts";
import type { Ending, RelayOptions } from "./relay.ts";
import { withholdingLast } from "./withheld.ts";

type Options = Pick<RelayOptions, "onChunk" | "onEnd" | "errorEvent">;

export class RelayedBody implements BodySource {
  readonly #reply: Reply;
  readonly #options: Options;
  /** NaN where the length was not announced. */
  readonly #announcedBytes: number;
  readonly #source: Pick<HeldBody, "read">;
  #bytes = 0;
  #isReading = false;
  /** Whether all that makes an answer whole has been handed over, though it may still be on its way. */
  #gaveWhole = false;
  #hasLeft = false;
  #hasEnded = false;
  #toldOfCut: boolean;

  constructor(reply: Reply, options: Options) {
    this.#reply = reply;
    this.#options = options;
    this.#announcedBytes = Number(headerValue(reply.headers, "content-length") ?? NaN);
    // The end of a body that nobody judges is what its framing says.
    this.#source = reply.gate === undefined || isNaN(this.#announcedBytes)
      ? reply.body
      : withholdingLast(reply.body, this.#announcedBytes);
    this.#toldOfCut = options.errorEvent === undefined || !this.#takesEvents();
  }

  /** What is too long for the backend is too long for the caller. */
  get patienceMs(): number {
    return this.#reply.body.silenceMs;
  }

  /** Whoever comes for more has sent what was there. */
  read(): NextBytes {
    if (this.#hasLeft) {
      this.#end({ kind: "complete", detail: "" });
      return undefined;
    }
    const chunk = this.#source.read();
    if (!(chunk instanceof Promise)) return this.#given(chunk);
    this.#isReading = true;
    return chunk.then(this.#given);
  }

  readonly #given = (chunk: Uint8Array | undefined): Uint8Array | undefined => {
    this.#isReading = false;
    if (this.#hasLeft) return undefined;
    if (chunk === undefined) return this.#close();
    this.#bytes += chunk.length;
    this.#options.onChunk(chunk);
    this.#gaveWhole ||= this.#isWhole();
    return chunk;
  };

  /**
   * A caller that has the whole answer may go, and many do at its last event. Where that is still being
   * sent, the next call tells whether it was.
   */
  cancel(why?: string): void {
    const detail = why ?? "the caller went away";
    if (this.#hasLeft) return this.#end({ kind: "caller_left", detail });
    this.#hasLeft = true;
    const gaveWhole = this.#gaveWhole || this.#isWhole();
    this.#reply.body.discard();
    if (!gaveWhole || why !== undefined) return this.#end({ kind: "caller_left", detail });
    if (this.#isReading) this.#end({ kind: "complete", detail: "" });
  }

  /** The backend's body is over: so is the caller's, or it breaks off as well. */
  #close(): Uint8Array | undefined {
    const { end } = this.#reply.body;
    if (end?.kind !== "cut") {
      this.#end({ kind: "complete", detail: "" });
      return undefined;
    }
    const { detail } = end;
    if (!this.#toldOfCut) {
      this.#toldOfCut = true;
      return this.#closingEvent(detail);
    }
    this.#end({ kind: "cut", detail });
    throw new Error(`The backend's reply broke off: ${detail}`);
  }

  /** A caller's connection that is destroyed after a cut counts as left too, but the cut came first. */
  #end(ending: Omit<Ending, "bytes">): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#options.onEnd({ ...ending, bytes: this.#bytes });
  }

  /** Whether what was handed over is whole: by its last event, or else by its framing. */
  #isWhole(): boolean {
    const { body, gate } = this.#reply;
    if (body.heldBytes > 0) return false;
    if (gate?.hasEnded === true) return true;
    return body.end?.kind === "complete" && !(this.#bytes < this.#announcedBytes);
  }

  /** Only a stream of plain events of unannounced length has room for one more. */
  #takesEvents(): boolean {
    const { headers, gate } = this.#reply;
    const isPlain = headerValue(headers, "content-encoding") === undefined;
    return gate?.isEventStream === true && isPlain && isNaN(this.#announcedBytes);
  }

  /** An event after what may be half of one: that one is ended first. */
  #closingEvent(detail: string): Uint8Array {
    const event = this.#options.errorEvent?.(detail) ?? "";
    const isAtBoundary = this.#reply.gate?.atBoundary === true;
    return new TextEncoder().encode(isAtBoundary ? event : `\n\n${event}`);
  }
}

/** The body of a caller's request: held while nobody asks, read whole within a limit, or piece by piece. */
import { Buffer } from "node:buffer";
import type { BodyFault, Room } from "../wire/incoming.ts";
import { gathered } from "../wire/gather.ts";
import { HeldPieces, type Joined } from "../wire/held_pieces.ts";
import { concat } from "../wire/receive.ts";
import type { ReadBody } from "../wire/upload.ts";
import { HELD_BYTES, LEAST_BODY_BYTES } from "./listener.ts";

export interface CallerBodyOptions {
  /** The Content-Length; undefined where the body comes in chunks. */
  readonly announced: number | undefined;
  /** Somebody wants it: called once. */
  readonly onWanted: () => void;
  /** There is room for more of it. */
  readonly onRoom: () => void;
}

/** Announced bodies up to here are put together as they come. */
const MOST_RESERVED_BYTES = 1024 * 1024;

interface Whole {
  readonly limitBytes: number;
  readonly room: Room | undefined;
  readonly resolve: (read: Uint8Array | BodyFault | Promise<Uint8Array>) => void;
}

type Bounds = Pick<Whole, "limitBytes" | "room">;
type Use = "nobody's" | "whole" | "pieces" | "dropped";

export class CallerBody {
  readonly #options: CallerBodyOptions;
  #use: Use = "nobody's";
  #ended: "no" | "whole" | "broken" = "no";
  readonly #pieces = new HeldPieces();
  /** How much is held. */
  #length = 0;
  /** Where all of it goes, as far as `#length`. */
  #reserved: Uint8Array<ArrayBuffer> | undefined;
  #whole: Whole | undefined;
  /** Who waits for a piece. */
  #wake: (() => void) | undefined;
  /** So much has been thrown away. */
  droppedBytes = 0;
  #awaitedSinceMs = Infinity;
  #bytesSince = 0;

  constructor(options: CallerBodyOptions) {
    this.#options = options;
  }

  /** Whether all of it has come. */
  get isWhole(): boolean {
    return this.#ended === "whole";
  }

  /** Whether it is read at its reader's pace: it may go on while its response does. */
  get isUpload(): boolean {
    return this.#use === "pieces";
  }

  /** Whether enough is held. */
  get isFull(): boolean {
    const isHeld = this.#use === "nobody's" || this.#use === "pieces";
    return isHeld && this.#length >= HELD_BYTES;
  }

  /** Where the rest of it can be read to; undefined where there is no such place, or no rest. */
  destination(): Buffer | undefined {
    const rest = this.#reserved?.subarray(this.#length);
    if (rest === undefined || rest.length === 0) return undefined;
    return Buffer.from(rest.buffer, rest.byteOffset, rest.length);
  }

  /** Takes what came; the bytes are copied, unless they came to their place. */
  take(bytes: Uint8Array): void {
    this.#bytesSince += bytes.length;
    if (this.#use === "dropped") this.droppedBytes += bytes.length;
    else if (this.#use === "whole") this.#takeForWhole(bytes);
    else {
      this.#hold(bytes);
      this.#notify();
    }
  }

  finish(): void {
    if (this.#ended !== "no") return;
    this.#ended = "whole";
    this.#notify();
    if (this.#whole !== undefined) this.#settle(this.#takeHeld(gathered));
  }

  /** The rest of it will not come. */
  break(): void {
    if (this.#ended !== "no") return;
    this.#ended = "broken";
    this.#notify();
    this.#settle({ kind: "caller_left" });
  }

  /** Throws away what is there and what comes. */
  drop(): void {
    this.#use = "dropped";
    this.#release();
  }

  /** The body, or why there is none. */
  read(limitBytes: number, room?: Room): Promise<Uint8Array | BodyFault> {
    const { announced } = this.#options;
    if ((announced ?? 0) > limitBytes) return Promise.resolve({ kind: "too_large", limitBytes });
    const fault = this.#faultOf(this.#length, { limitBytes, room });
    if (fault !== undefined) return Promise.resolve(fault);
    if (this.#ended === "whole") return Promise.resolve(this.#takeHeld(gathered));
    if (this.#ended === "broken") return Promise.resolve({ kind: "caller_left" });
    this.#use = "whole";
    this.#reserve();
    this.#options.onWanted();
    return new Promise((resolve) => this.#whole = { limitBytes, room, resolve });
  }

  /** The body as it is asked for. */
  reader(): ReadBody {
    this.#use = "pieces";
    return async () => {
      if (this.#length === 0 && this.#ended === "no") {
        this.#options.onWanted();
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
      if (this.#length > 0) return this.#takeHeld(concat);
      if (this.#ended === "broken" || this.#use === "dropped") {
        throw new Error("the caller has gone");
      }
      return undefined;
    };
  }

  /** Whether somebody waits for more, and too little has come of it for too long. */
  isTooSlow(nowMs: number, bodyMs: number): boolean {
    const isAwaited = this.#ended === "no" && (this.#whole ?? this.#wake) !== undefined;
    if (!isAwaited || this.#bytesSince >= LEAST_BODY_BYTES || this.#awaitedSinceMs === Infinity) {
      this.#awaitedSinceMs = isAwaited ? nowMs : Infinity;
      this.#bytesSince = 0;
      return false;
    }
    return nowMs - this.#awaitedSinceMs > bodyMs;
  }

  #takeForWhole(bytes: Uint8Array): void {
    const whole = this.#whole;
    if (whole === undefined) return;
    const fault = this.#faultOf(bytes.length, whole);
    if (fault === undefined) return this.#hold(bytes);
    this.drop();
    this.#settle(fault);
  }

  #faultOf(bytes: number, { limitBytes, room }: Bounds): BodyFault | undefined {
    const held = this.#use === "whole" ? this.#length : 0;
    if (held + bytes > limitBytes) return { kind: "too_large", limitBytes };
    return bytes > 0 && room?.take(bytes) === false ? { kind: "no_room" } : undefined;
  }

  #hold(bytes: Uint8Array): void {
    if (this.#reserved === undefined) this.#pieces.copy(bytes);
    else if (bytes.buffer !== this.#reserved.buffer) this.#reserved.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(): void {
    const { announced } = this.#options;
    if (announced === undefined || announced > MOST_RESERVED_BYTES) return;
    this.#reserved = new Uint8Array(announced);
    this.#reserved.set(this.#pieces.take(concat));
  }

  #takeHeld<Held>(joined: Joined<Held>): Held | Uint8Array {
    const held = this.#reserved ?? this.#pieces.take(joined);
    this.#release();
    return held;
  }

  #release(): void {
    const wasFull = this.#length >= HELD_BYTES;
    this.#pieces.clear();
    this.#length = 0;
    this.#reserved = undefined;
    if (wasFull) this.#options.onRoom();
  }

  #settle(read: Uint8Array | BodyFault | Promise<Uint8Array>): void {
    this.#whole?.resolve(read);
    this.#whole = undefined;
  }

  #notify(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

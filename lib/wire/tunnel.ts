/**
 * Two connections as one, after both sides have agreed to switch protocols: bytes pass both ways as
 * they are, at the pace of whoever takes them, until both sides have ended.
 */
import { type ByteStream, closeQuietly, writeAll } from "./byte_stream.ts";
import type { Ending } from "./relay.ts";

export interface TunnelOptions {
  /** Sees each chunk for the caller as it passes; must not change or keep it beyond what it copies. */
  readonly onChunk: (chunk: Uint8Array) => void;
  /** The same for what the caller sends after the switch of protocols. */
  readonly onCallerChunk: (chunk: Uint8Array) => void;
  /** How long bytes may wait for a side that takes none, in milliseconds; may be `Infinity`. */
  readonly patienceMs: number;
  /** Called once, when all is over. */
  readonly onEnd: (ending: Ending) => void;
}

/** A backend's end of a tunnel, to be joined to the caller's. */
export interface Tunnel {
  /**
   * Resolves when all is over.
   *
   * @param early what the caller sent after the head of its request
   */
  join(caller: ByteStream, early: Uint8Array): Promise<void>;
  /** The caller has gone. */
  cancel(): void;
}

/** A tunnel to a backend that has switched protocols. */
export function tunnelTo(backend: ByteStream, options: TunnelOptions): Tunnel {
  return {
    join: (caller, early) => new Passage({ caller, backend }, options).run(early),
    cancel() {
      closeQuietly(backend);
      options.onEnd({ kind: "caller_left", bytes: 0, detail: "the caller went away" });
    },
  };
}

type Side = "caller" | "backend";

/** Once a side has ended, both are closed after this much silence. */
const LINGER_MS = 1_000;

/** What a direction holds that drips, and one that is full. */
const SMALL_BYTES = 4 * 1024;
const LARGE_BYTES = 64 * 1024;

/** Above this a timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

class Passage {
  readonly #streams: Readonly<Record<Side, ByteStream>>;
  readonly #options: TunnelOptions;
  #bytesForCaller = 0;
  /** How many writes wait for a side to take them: that is a matter of its patience. */
  #waiting = 0;
  /** What happened first. */
  #ending: Omit<Ending, "bytes"> | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(streams: Readonly<Record<Side, ByteStream>>, options: TunnelOptions) {
    this.#streams = streams;
    this.#options = options;
  }

  async run(early: Uint8Array): Promise<void> {
    try {
      await Promise.all([this.#pass("caller", "backend", early), this.#pass("backend", "caller")]);
    } catch (mistake) {
      // Of whoever sees the bytes: it ends this tunnel, and no other.
      this.#end({ kind: "cut", detail: `internal error: ${mistake}` });
    }
    this.#isOver = true;
    this.#close();
    clearTimeout(this.#linger);
    const ending = this.#ending ?? { kind: "complete", detail: "" };
    this.#options.onEnd({ ...ending, bytes: this.#bytesForCaller });
  }

  /** One direction, to its end. */
  async #pass(from: Side, to: Side, early: Uint8Array = NOTHING): Promise<void> {
    const send = (bytes: Uint8Array) => {
      this.#seen(from, bytes);
      return this.#write(to, (onPart) => writeAll(this.#streams[to], bytes, onPart));
    };
    let isGoing = early.length === 0 || await send(early);
    for (let place = new Uint8Array(SMALL_BYTES); isGoing;) {
      const count = await this.#read(from, place);
      if (count === null) {
        await this.#write(to, () => this.#streams[to].closeWrite());
        break;
      }
      isGoing = await send(place.subarray(0, count));
      const wanted = count === place.length ? LARGE_BYTES : SMALL_BYTES;
      if (wanted !== place.length && wanted > count) place = new Uint8Array(wanted);
    }
  }

  #seen(from: Side, bytes: Uint8Array): void {
    if (this.#ending !== undefined) this.#startLinger();
    if (from === "caller") return this.#options.onCallerChunk(bytes);
    this.#bytesForCaller += bytes.length;
    this.#options.onChunk(bytes);
  }

  /** Null where it has ended, in order or not. */
  async #read(from: Side, place: Uint8Array): Promise<number | null> {
    try {
      const count = await this.#streams[from].read(place);
      if (count === null) this.#end({ kind: "complete", detail: `the ${from} ended it` });
      return count;
    } catch (cause) {
      this.#broke(from, cause);
      return null;
    }
  }

  /** Whether it was taken: in time, or in parts that were. */
  async #write(to: Side, act: (onPart: () => void) => Promise<void>): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patienceMs = Math.min(this.#options.patienceMs, LONGEST_TIMER_MS);
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.#giveUp(to), patienceMs);
    };
    this.#waiting++;
    wait();
    try {
      await act(wait);
      return true;
    } catch (cause) {
      this.#broke(to, cause);
      return false;
    } finally {
      clearTimeout(timer);
      this.#waiting--;
    }
  }

  #broke(side: Side, cause: unknown): void {
    const code = cause instanceof Error && "code" in cause ? ` (${cause.code})` : "";
    const detail = `the ${side} broke the connection${code}`;
    this.#end({ kind: side === "caller" ? "caller_left" : "cut", detail });
    // For a caller that broke off nothing is left to be done; what came from a backend still goes out.
    if (side === "caller") this.#close();
  }

  #giveUp(side: Side): void {
    const detail = `the ${side} took nothing for ${this.#options.patienceMs / 1000} s`;
    this.#end({ kind: side === "caller" ? "caller_left" : "cut", detail });
    this.#close();
  }

  #end(ending: Omit<Ending, "bytes">): void {
    this.#ending ??= ending;
    this.#startLinger();
  }

  #startLinger(): void {
    clearTimeout(this.#linger);
    if (this.#isOver) return;
    this.#linger = setTimeout(
      () => this.#waiting > 0 ? this.#startLinger() : this.#close(),
      LINGER_MS,
    );
  }

  #close(): void {
    for (const stream of Object.values(this.#streams)) closeQuietly(stream);
  }
}

const NOTHING = new Uint8Array();

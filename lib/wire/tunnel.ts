/**
 * Two connections as one, after both sides have agreed to switch protocols: bytes pass both ways as
 * they are, at the pace of whoever takes them, until both sides have ended.
 */
import type { Socket } from "node:net";
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
  /** @param early what the caller sent after the head of its request */
  join(caller: Socket, early: Uint8Array): void;
  /** The caller has gone. */
  cancel(): void;
}

/** Once a side has ended, both are closed after this much silence. */
const LINGER_MS = 1_000;

/** So long after the last byte, the system begins to probe whether a peer is still there. */
const KEEP_ALIVE_MS = 30_000;

/** Above this a timer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A tunnel to a backend that has switched protocols. */
export function tunnelTo(backend: Socket, options: TunnelOptions): Tunnel {
  return {
    join: (caller, early) => new Passage({ caller, backend }, options).begin(early),
    cancel() {
      backend.destroy();
      options.onEnd({ kind: "caller_left", bytes: 0, detail: "the caller went away" });
    },
  };
}

type Side = "caller" | "backend";

class Passage {
  readonly #sockets: Readonly<Record<Side, Socket>>;
  readonly #options: TunnelOptions;
  readonly #open = new Set<Side>(["caller", "backend"]);
  #bytesForCaller = 0;
  /** What happened first. */
  #ending: Omit<Ending, "bytes"> | undefined;
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(sockets: Readonly<Record<Side, Socket>>, options: TunnelOptions) {
    this.#sockets = sockets;
    this.#options = options;
  }

  begin(early: Uint8Array): void {
    const { caller, backend } = this.#sockets;
    this.#watch("caller");
    this.#watch("backend");
    this.#pass("caller", "backend", this.#options.onCallerChunk);
    this.#pass("backend", "caller", (chunk) => {
      this.#bytesForCaller += chunk.length;
      this.#options.onChunk(chunk);
    });
    if (early.length > 0) caller.unshift(early);
    caller.resume();
    backend.resume();
    // Lost while nobody listened.
    if (backend.closed) backend.emit("close");
  }

  #watch(side: Side): void {
    const socket = this.#sockets[side];
    let code = "";
    socket.on("error", (cause: NodeJS.ErrnoException) => code = ` (${cause.code})`);
    socket.on("close", () => this.#closed(side, code));
    socket.setTimeout(0);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    // A side that has said all it had to say may still listen.
    socket.allowHalfOpen = true;
  }

  #pass(from: Side, to: Side, onChunk: (chunk: Uint8Array) => void): void {
    const source = this.#sockets[from];
    const sink = this.#sockets[to];
    const patience = this.#patienceWith(to);
    source.on("data", (chunk: Uint8Array) => {
      onChunk(chunk);
      if (this.#ending !== undefined) this.#startLinger();
      if (!sink.writable || sink.write(chunk)) return;
      source.pause();
      patience.start();
    });
    sink.on("drain", () => {
      patience.stop();
      source.resume();
    });
    const finish = () => {
      if (!sink.writable) return;
      patience.start();
      sink.end(patience.stop);
    };
    source.on("end", () => {
      this.#end({ kind: "complete", detail: `the ${from} ended it` });
      finish();
    });
    // For a caller that broke off nothing is left to be done; what came from a backend still goes out.
    const leave = () => void (source.readableEnded || sink.destroy());
    source.on("close", from === "caller" ? leave : finish);
    sink.on("close", patience.stop);
  }

  #patienceWith(side: Side) {
    const { patienceMs } = this.#options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => clearTimeout(timer);
    const giveUp = () => {
      const detail = `the ${side} took nothing for ${patienceMs / 1000} s`;
      this.#end({ kind: side === "caller" ? "caller_left" : "cut", detail });
      this.#destroy();
    };
    const start = () => {
      stop();
      timer = setTimeout(giveUp, Math.min(patienceMs, LONGEST_TIMER_MS));
    };
    return { start, stop };
  }

  #closed(side: Side, code: string): void {
    this.#open.delete(side);
    const detail = `the ${side} broke the connection${code}`;
    this.#end({ kind: side === "caller" ? "caller_left" : "cut", detail });
    if (this.#open.size > 0 || this.#ending === undefined) return;
    clearTimeout(this.#linger);
    this.#options.onEnd({ ...this.#ending, bytes: this.#bytesForCaller });
  }

  #end(ending: Omit<Ending, "bytes">): void {
    this.#ending ??= ending;
    this.#startLinger();
  }

  #startLinger(): void {
    clearTimeout(this.#linger);
    if (this.#open.size > 0) this.#linger = setTimeout(() => this.#lingered(), LINGER_MS);
  }

  /** Bytes that wait for a side are a matter of its patience. */
  #lingered(): void {
    const waits = Object.values(this.#sockets).some((s) => !s.destroyed && s.writableLength > 0);
    if (waits) this.#startLinger();
    else this.#destroy();
  }

  #destroy(): void {
    for (const socket of Object.values(this.#sockets)) socket.destroy();
  }
}

/** A pool of connections to a scripted peer, and handlers that write down what they are told. */
import { Buffer } from "node:buffer";
import { ConnectionPool } from "../../lib/connections/connection_pool.ts";
import { connectorOf } from "../../lib/connections/connector.ts";
import type { ByteStream } from "../../lib/wire/byte_stream.ts";
import type { BackendRequest, ExchangeHandler } from "../../lib/wire/connections.ts";
import type { RawHeaders } from "../../lib/wire/headers.ts";
import type { Tap } from "../../lib/wire/held_body.ts";

export const MIB = 1024 * 1024;
export const POST: BackendRequest = {
  method: "POST",
  target: "/x",
  headers: [],
  body: new TextEncoder().encode("{}"),
  headTimeoutMs: 5_000,
  upgrade: false,
  mayCreate: false,
};

export interface TestPool extends AsyncDisposable {
  readonly pool: ConnectionPool;
  /** Sends, and resolves once all is over. */
  ask(given?: Partial<BackendRequest>): Promise<Notes>;
  /** Sends, and gives what will have been told. */
  begin(given?: Partial<BackendRequest>, abortAt?: Step): Notes;
}

export function poolTo(origin: string): TestPool {
  const way = { proxy: undefined, roots: [], connectMs: 5_000 };
  const pool = new ConnectionPool(origin, connectorOf(origin, way));
  const begin = (given: Partial<BackendRequest> = {}, abortAt?: Step) => {
    const notes = new Notes(abortAt);
    pool.dispatch({ ...POST, ...given }, notes);
    return notes;
  };
  return {
    pool,
    begin,
    async ask(given) {
      const notes = begin(given);
      await notes.over;
      return notes;
    },
    [Symbol.asyncDispose]: () => pool.destroy(),
  };
}

export type Step = "start" | "head" | "data" | "switch" | "end" | "failure";

/** A handler that writes down what it is told, and may want no more of it at a step. */
export class Notes implements ExchangeHandler {
  readonly steps: Step[] = [];
  isReused = false;
  status = 0;
  headers: RawHeaders = [];
  cause: unknown;
  tap: Tap | undefined;
  connection: ByteStream | undefined;
  bytes = 0;
  text = "";
  readonly over: Promise<void>;
  readonly #abortAt: Step | undefined;
  readonly #waiting = new Map<Step, () => void>();
  #end!: () => void;

  constructor(abortAt: Step | undefined) {
    this.#abortAt = abortAt;
    this.over = new Promise((resolve) => this.#end = resolve);
  }

  /** Whether it will want no more at some step. */
  get isAborting(): boolean {
    return this.#abortAt !== undefined;
  }

  /** Resolves at the next step of that kind. */
  at(step: Step): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(step, resolve));
  }

  /** The code of what it failed by. */
  get code(): unknown {
    const { cause } = this;
    return cause instanceof Error && "code" in cause ? cause.code : cause;
  }

  onStart(tap: Tap, { isReused }: { readonly isReused: boolean }): void {
    this.tap = tap;
    this.isReused = isReused;
    this.#note("start");
  }

  onHead(status: number, headers: RawHeaders): void {
    [this.status, this.headers] = [status, headers];
    this.#note("head");
  }

  onData(bytes: Uint8Array): void {
    this.bytes += bytes.length;
    if (this.bytes < MIB) this.text += Buffer.from(bytes).toString("latin1");
    this.#note("data");
  }

  onSwitch(headers: RawHeaders, connection: ByteStream): void {
    [this.headers, this.connection] = [headers, connection];
    this.#note("switch");
  }

  onEnd(): void {
    this.#note("end");
  }

  onFailure(cause: unknown): void {
    this.cause = cause;
    this.#note("failure");
  }

  #note(step: Step): void {
    this.steps.push(step);
    this.#waiting.get(step)?.();
    if (step === this.#abortAt) this.tap?.abort();
    if (step === "end" || step === "failure" || step === "switch") this.#end();
  }
}

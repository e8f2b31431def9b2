/** What every request of a live check needs, and how one of ours is read as a caller's would be. */
import type { Backend, Snapshot } from "../config/snapshot.ts";
import type { Pools } from "../connections/pools.ts";
import { Departure, type Leaving } from "../wire/leaving.ts";
import { receive, type Received } from "../wire/receive.ts";

export interface Asking {
  readonly snapshot: Snapshot;
  readonly pools: Pools;
  /** What `LLM_PROXY_KEY` holds; empty for nothing. */
  readonly callersKey: string;
  /** Aborts when nothing more is to be asked. */
  readonly stop: Leaving;
  /** Longest that one request may take, in milliseconds. */
  readonly withinMs: number;
  /** Takes keys out of a text, which must be whole: of one that was cut, its end may be the start of a key. */
  readonly mask: (text: string) => string;
}

/** The key that a backend is asked with; undefined where there is none, and none is set by its headers. */
export function keyFor(
  { auth, keys }: Backend,
  { callersKey }: Pick<Asking, "callersKey">,
): string | undefined {
  const [own] = auth === "inject" ? keys : [];
  return own ?? (callersKey === "" ? undefined : callersKey);
}

/** Whether a backend cannot be asked because its callers bring their own keys, and none did. */
export function lacksKey(backend: Backend, asking: Pick<Asking, "callersKey">): boolean {
  const setsOne = backend.headers.set.some(([name]) => CREDENTIAL.test(name));
  return backend.auth === "passthrough" && !setsOne && keyFor(backend, asking) === undefined;
}

const CREDENTIAL = /^(?:authorization|x-api-key|x-goog-api-key|api-key)$/i;

/** Our own request, read like any. */
export async function receivedOf(
  { method, target, headers, body }: {
    readonly method: "GET" | "POST";
    readonly target: string;
    readonly headers: readonly (readonly [string, string])[];
    readonly body: string;
  },
): Promise<Received> {
  const bytes = new TextEncoder().encode(body);
  const sized = method === "POST" ? [["content-length", `${bytes.length}`] as const] : [];
  const left = [bytes];
  const received = await receive({
    method,
    target,
    headers: [...headers, ...sized],
    caller: "",
    signal: new Departure(),
    read: () => Promise.resolve(bytes),
    reader: () => () => Promise.resolve(left.shift()),
  }, { maxBodyBytes: Infinity });
  if (received.kind === "received") return received;
  throw new Error(`A body in memory was not received: ${received.kind}`);
}

/** One request's own end: the whole check's, or its time. */
export class Patience {
  readonly departure = new Departure();
  readonly #stop: Leaving;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #leave = () => this.departure.leave();
  #isOver = false;

  constructor({ stop, withinMs }: Pick<Asking, "stop" | "withinMs">) {
    this.#stop = stop;
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.departure.leave();
    }, withinMs);
    if (stop.aborted) this.departure.leave();
    else stop.addEventListener("abort", this.#leave);
  }

  /** Whether it took too long. */
  get isOver(): boolean {
    return this.#isOver;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#stop.removeEventListener("abort", this.#leave);
  }
}

/** What happens, as server-sent events: how things stand every second, requests as they change. */
import type { BodySource, CallerResponse } from "../wire/caller_response.ts";
import type { RawHeaders } from "../wire/headers.ts";
import type { LiveRow } from "./live_row.ts";
import type { NowView } from "./now_view.ts";

export interface FeedOptions {
  readonly now: () => NowView;
  /** The rows that have changed since it was last asked. */
  readonly takeChanged: () => readonly LiveRow[];
  /** A text as it may be shown. */
  readonly redact: (text: string) => string;
}

/** Connections at once; a browser keeps one for each page that is looked at. */
const MOST_SUBSCRIBERS = 50;

/** How often what has changed is sent, and how many of those rounds make one of how things stand. */
const ROUND_MS = 250;
const ROUNDS_A_VIEW = 4;

/** Events waiting for a slow reader; one that has more is let go of, and connects again. */
const MOST_WAITING = 100;
const MOST_WAITING_BYTES = 8 * 1024 * 1024;

const PATIENCE_MS = 30_000;

/** A proxy before it neither keeps events back nor changes them. */
const HEADERS: RawHeaders = [
  ["content-type", "text/event-stream"],
  ["cache-control", "no-cache, no-transform"],
  // https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
  ["x-accel-buffering", "no"],
];

export class Feed {
  readonly #options: FeedOptions;
  readonly #subscribers = new Set<Subscriber>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #round = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** An endless answer; undefined where there are too many already. */
  subscribe(): CallerResponse | undefined {
    if (this.#subscribers.size >= MOST_SUBSCRIBERS) return undefined;
    const subscriber = new Subscriber(() => this.#leave(subscriber));
    this.#subscribers.add(subscriber);
    subscriber.send(this.#eventOf("now", this.#options.now()));
    this.#timer ??= setInterval(() => this.#tick(), ROUND_MS);
    return { status: 200, headers: HEADERS, body: subscriber };
  }

  /** Ends every connection. */
  close(): void {
    for (const subscriber of this.#subscribers) subscriber.cancel();
  }

  #tick(): void {
    this.#round = (this.#round + 1) % ROUNDS_A_VIEW;
    const changed = this.#options.takeChanged();
    if (changed.length > 0) this.#send("requests", changed);
    if (this.#round === 0) this.#send("now", this.#options.now());
  }

  #send(name: string, value: unknown): void {
    const event = this.#eventOf(name, value);
    for (const subscriber of this.#subscribers) subscriber.send(event);
  }

  #eventOf(name: string, value: unknown): Uint8Array {
    const data = this.#options.redact(JSON.stringify(value));
    return new TextEncoder().encode(`event: ${name}\ndata: ${data}\n\n`);
  }

  #leave(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** One connection's events, handed over at its reader's pace. */
class Subscriber implements BodySource {
  readonly patienceMs = PATIENCE_MS;
  readonly #onLeave: () => void;
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #reader: ((chunk: Uint8Array | undefined) => void) | undefined;
  #isOver = false;

  constructor(onLeave: () => void) {
    this.#onLeave = onLeave;
  }

  send(event: Uint8Array): void {
    if (this.#reader !== undefined) return this.#give(event);
    this.#waitingBytes += event.length;
    const isTooMuch = this.#waiting.length > 0 && this.#waitingBytes > MOST_WAITING_BYTES;
    if (this.#waiting.push(event) > MOST_WAITING || isTooMuch) this.cancel();
  }

  read(): Promise<Uint8Array | undefined> {
    const next = this.#waiting.shift();
    this.#waitingBytes -= next?.length ?? 0;
    if (next !== undefined || this.#isOver) return Promise.resolve(next);
    return new Promise((resolve) => this.#reader = resolve);
  }

  cancel(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#waiting.length = 0;
    this.#give(undefined);
    this.#onLeave();
  }

  #give(chunk: Uint8Array | undefined): void {
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.(chunk);
  }
}

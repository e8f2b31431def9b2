/** The latest requests, in memory: the page works with the history off, and before it has written. */
import type { Entry } from "../record/entry.ts";
import type { Redactor } from "../record/redact.ts";
import { type LiveDetail, liveDetailOf, type LiveRow } from "./live_row.ts";
import { newestFirst } from "./request_match.ts";

/** Ended requests that are kept. */
const MOST_ENDED = 500;

/** Changed requests that are reported at once, at most; the rest are found by reading the list. */
const MOST_CHANGED = 200;

export class LiveRequests {
  readonly #open = new Map<string, Entry>();
  /** The one that ended longest ago first. */
  readonly #ended = new Map<string, LiveDetail>();
  /** Since they were last taken. */
  readonly #changed = new Set<string>();
  readonly #redactor: () => Redactor;

  constructor(redactor: () => Redactor) {
    this.#redactor = redactor;
  }

  opened(entry: Entry): void {
    this.#open.set(entry.arrival.id, entry);
    this.changed(entry);
  }

  changed({ arrival: { id } }: Entry): void {
    this.#changed.delete(id);
    this.#changed.add(id);
    if (this.#changed.size > MOST_CHANGED) dropFirst(this.#changed);
  }

  ended(entry: Entry): void {
    this.#open.delete(entry.arrival.id);
    this.#ended.set(entry.arrival.id, this.#detailOf(entry));
    if (this.#ended.size > MOST_ENDED) dropFirst(this.#ended);
    this.changed(entry);
  }

  /** Newest first. */
  rows(): LiveRow[] {
    const rows = [
      ...[...this.#ended.values()].map(({ request }) => request),
      ...[...this.#open.values()].map((entry) => this.#detailOf(entry).request),
    ];
    return rows.sort(newestFirst);
  }

  get openCount(): number {
    return this.#open.size;
  }

  find(id: string): LiveDetail | undefined {
    const entry = this.#open.get(id);
    return entry === undefined ? this.#ended.get(id) : this.#detailOf(entry);
  }

  /** The rows that have changed since this was last asked, and those still in flight. */
  takeChanged(): LiveRow[] {
    const ids = new Set([...this.#changed, ...[...this.#open.keys()].slice(-MOST_CHANGED)]);
    this.#changed.clear();
    return [...ids].flatMap((id) => this.find(id)?.request ?? []);
  }

  #detailOf(entry: Entry): LiveDetail {
    return liveDetailOf(entry, this.#redactor());
  }
}

function dropFirst(collection: Map<string, unknown> | Set<string>): void {
  for (const first of collection.keys()) return void collection.delete(first);
}

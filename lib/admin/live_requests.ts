/** The latest requests, in memory: the page works with the history off, and before it has written. */
import type { Entry } from "../record/entry.ts";
import { RequestRedactors } from "../record/request_redactors.ts";
import { EntriesInFlight } from "./entries_in_flight.ts";
import { type LiveDetail, liveDetailOf, type LiveRow } from "./live_row.ts";
import { newestFirst } from "./request_match.ts";
import type { OpenRequests } from "../workers/messages.ts";

/** Ended requests that are kept. */
const MOST_ENDED = 500;

/** Changed requests that are reported at once, at most; the rest are found by reading the list. */
const MOST_CHANGED = 200;

export class LiveRequests {
  readonly #open = new EntriesInFlight();
  /** The one that ended longest ago first. */
  readonly #ended = new Map<string, LiveDetail>();
  /** What is in flight on other event loops, by loop; as of the last look. */
  readonly #elsewhere = new Map<number, OpenRequests>();
  /** Since they were last taken. */
  readonly #changed = new Set<string>();
  readonly #redactors = new RequestRedactors({ always: true });

  opened(entry: Entry): void {
    this.#open.add(entry);
    this.changed(entry);
  }

  changed({ arrival: { id } }: Entry): void {
    this.#noteChange(id);
  }

  #noteChange(id: string): void {
    this.#changed.delete(id);
    this.#changed.add(id);
    if (this.#changed.size > MOST_CHANGED) dropFirst(this.#changed);
  }

  ended(entry: Entry): void {
    this.#open.remove(entry.arrival.id);
    this.endedElsewhere(this.#detailOf(entry));
  }

  /** A request of another event loop is over. */
  endedElsewhere(detail: LiveDetail): void {
    const { id } = detail.request;
    this.#ended.set(id, detail);
    if (this.#ended.size > MOST_ENDED) dropFirst(this.#ended);
    this.#noteChange(id);
  }

  /** All that is in flight on another event loop. */
  openElsewhere(loop: number, open: OpenRequests): void {
    this.#elsewhere.set(loop, open);
  }

  /** Newest first. */
  rows(): LiveRow[] {
    const rows = [
      ...[...this.#ended.values()].map(({ request }) => request),
      ...this.#open.all().map((entry) => this.#detailOf(entry).request),
      ...this.#openElsewhere().map(({ request }) => request),
    ];
    return rows.sort(newestFirst);
  }

  get openCount(): number {
    const elsewhere = [...this.#elsewhere.values()];
    return this.#open.size + elsewhere.reduce((sum, { count }) => sum + count, 0);
  }

  find(id: string): LiveDetail | undefined {
    const entry = this.#open.get(id);
    if (entry !== undefined) return this.#detailOf(entry);
    return this.#ended.get(id) ?? this.#openElsewhere().find(({ request }) => request.id === id);
  }

  /** The rows that have changed since this was last asked, and those still in flight. */
  takeChanged(): LiveRow[] {
    const ids = new Set([...this.#changed, ...this.#open.ids().slice(-MOST_CHANGED)]);
    this.#changed.clear();
    const here = [...ids].flatMap((id) => this.find(id)?.request ?? []);
    return [...here, ...this.#openElsewhere().map(({ request }) => request)];
  }

  /** Without those that have ended since the last look. */
  #openElsewhere(): LiveDetail[] {
    const details = [...this.#elsewhere.values()].flatMap(({ details }) => details);
    return details.filter(({ request }) => !this.#ended.has(request.id));
  }

  #detailOf(entry: Entry): LiveDetail {
    return liveDetailOf(entry, this.#redactors.for(entry.arrival));
  }
}

function dropFirst(collection: Map<string, unknown> | Set<string>): void {
  for (const first of collection.keys()) return void collection.delete(first);
}

/** The requests in flight on this loop, for the dashboard: shown when somebody looks. */
import { liveDetailOf } from "../admin/live_row.ts";
import type { Shown } from "../admin/shown.ts";
import type { Entry } from "../record/entry.ts";
import type { OpenRequests } from "./messages.ts";

/** Shown at once, at most: the latest. */
const MOST_SHOWN = 200;

export class OpenEntries {
  readonly #open = new Map<string, Entry>();
  readonly #shown: Shown;

  constructor(shown: Shown) {
    this.#shown = shown;
  }

  opened(entry: Entry): void {
    this.#open.set(entry.arrival.id, entry);
  }

  /** How it goes is looked at when somebody asks. */
  changed(): void {}

  ended({ arrival: { id } }: Entry): void {
    this.#open.delete(id);
  }

  look(): OpenRequests {
    const latest = [...this.#open.values()].slice(-MOST_SHOWN);
    const details = latest.map((entry) => liveDetailOf(entry, this.#shown.redactor()));
    return { count: this.#open.size, details };
  }
}

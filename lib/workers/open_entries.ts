/** The requests in flight on this loop, for the dashboard: shown when somebody looks. */
import { EntriesInFlight } from "../admin/entries_in_flight.ts";
import { liveDetailOf } from "../admin/live_row.ts";
import type { Entry } from "../record/entry.ts";
import { RequestRedactors } from "../record/request_redactors.ts";
import type { OpenRequests } from "./messages.ts";

/** Shown at once, at most: the latest. */
const MOST_SHOWN = 200;

export class OpenEntries {
  readonly #open = new EntriesInFlight();
  readonly #redactors = new RequestRedactors({ always: true });

  opened(entry: Entry): void {
    this.#open.add(entry);
  }

  /** How it goes is looked at when somebody asks. */
  changed(): void {}

  ended({ arrival: { id } }: Entry): void {
    this.#open.remove(id);
  }

  look(): OpenRequests {
    const latest = this.#open.all().slice(-MOST_SHOWN);
    const details = latest.map((entry) => liveDetailOf(entry, this.#redactors.for(entry.arrival)));
    return { count: this.#open.size, details };
  }
}

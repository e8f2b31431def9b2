/** How a request finished, and what its end showed of the route that answered. */
import type { HealthChange } from "../state/health.ts";
import type { Ending } from "../wire/relay.ts";

/** How the request finished: as its response's body did, or without any response. */
export interface EntryEnding extends Ending {
  readonly atMs: number;
}

/** What the reply's end showed of its route, after it had been committed. */
export interface LateRecord {
  readonly row: number;
  readonly reason: string;
  readonly change: HealthChange;
}

/** What each request's record is masked with: the configured secrets, and the request's own. */
import type { Snapshot } from "../config/snapshot.ts";
import type { RawHeaders } from "../wire/headers.ts";
import { createRedactor, credentialsIn, type Redactor } from "./redact.ts";

/** What of a request's arrival tells its credentials. */
export interface Credentialed {
  readonly headers: RawHeaders;
  readonly target: string;
  readonly snapshot: Pick<Snapshot, "logging" | "secrets">;
}

/** Callers come back with the same credentials. */
const MOST_CALLERS = 64;
const MOST_KEPT = 16;

export interface RequestRedactorsOptions {
  /** Whether to mask even where the configuration says not to. Default false. */
  readonly always?: boolean;
}

export class RequestRedactors {
  readonly #always: boolean;
  #snapshot: Credentialed["snapshot"] | undefined;
  #configured: Redactor = createRedactor({ enabled: true, secrets: [] });
  /** By the credentials, of which there are few. */
  readonly #known = new Map<string, Redactor>();
  /** By the request, which is asked for more than once. */
  #made = new WeakMap<Credentialed, Redactor>();

  constructor({ always = false }: RequestRedactorsOptions = {}) {
    this.#always = always;
  }

  for(arrival: Credentialed): Redactor {
    if (arrival.snapshot !== this.#snapshot) this.#begin(arrival.snapshot);
    const made = this.#made.get(arrival) ?? this.#redactorOf(arrival);
    this.#made.set(arrival, made);
    return made;
  }

  #redactorOf({ headers, target }: Credentialed): Redactor {
    const credentials = credentialsIn(headers, target);
    // Nobody comes back with as many, and what is made for them is large.
    if (credentials.length > MOST_KEPT) return this.#configured.with(credentials);
    const key = credentials.join("\n");
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const made = this.#configured.with(credentials);
    if (this.#known.size >= MOST_CALLERS) this.#known.clear();
    this.#known.set(key, made);
    return made;
  }

  #begin(snapshot: Credentialed["snapshot"]): void {
    const { logging: { redact }, secrets } = snapshot;
    const enabled = redact || this.#always;
    this.#snapshot = snapshot;
    this.#configured = createRedactor({ enabled, secrets });
    this.#known.clear();
    this.#made = new WeakMap();
  }
}

/** Connections to backends, kept between requests. */
import type { Backend, Proxy, Snapshot } from "../config/snapshot.ts";
import type { Connections } from "../wire/connections.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { connectorOf, type Way } from "./connector.ts";

/** The environment's proxy for an origin; undefined for none. */
export type ProxyFor = (origin: string) => Proxy | undefined;

export class Pools {
  readonly #proxyFor: ProxyFor;
  readonly #pools = new Map<string, ConnectionPool>();
  /** Found by the backend itself, which is another object after a reload. */
  #byBackend = new WeakMap<Backend, ConnectionPool>();
  readonly #closing = new Set<Promise<void>>();
  #destroyed = false;

  /** @param proxyFor for backends that say nothing of a proxy */
  constructor(proxyFor: ProxyFor = () => undefined) {
    this.#proxyFor = proxyFor;
  }

  /** The connections to a backend's origin. Backends of one origin, reached the same way, share them. */
  for(backend: Backend): Connections {
    const found = this.#byBackend.get(backend) ?? this.#find(backend);
    this.#byBackend.set(backend, found);
    return found;
  }

  #find(backend: Backend): ConnectionPool {
    const key = this.#keyOf(backend);
    const known = this.#pools.get(key);
    if (known !== undefined) return known;
    const made = new ConnectionPool(
      backend.origin,
      connectorOf(backend.origin, this.#wayTo(backend)),
    );
    if (this.#destroyed) this.#awaitClosing(made.destroy());
    this.#pools.set(key, made);
    return made;
  }

  /** Closes what no backend of the snapshot uses, once its requests in flight have ended. */
  retain(snapshot: Snapshot): void {
    const used = new Set([...snapshot.backends.values()].map((backend) => this.#keyOf(backend)));
    for (const [key, pool] of this.#pools) {
      if (used.has(key)) continue;
      this.#pools.delete(key);
      this.#awaitClosing(pool.close());
    }
    this.#byBackend = new WeakMap();
  }

  /** Closes every connection at once, requests in flight included; none is opened any more. */
  async destroy(): Promise<void> {
    this.#destroyed = true;
    const all = [...this.#pools.values()].map((pool) => pool.destroy());
    this.#pools.clear();
    this.#byBackend = new WeakMap();
    await Promise.allSettled([...all, ...this.#closing]);
  }

  #keyOf(backend: Backend): string {
    return JSON.stringify([backend.origin, this.#wayTo(backend)]);
  }

  #wayTo({ origin, proxy = this.#proxyFor(origin), roots, timeouts: { connectMs } }: Backend): Way {
    return { proxy: proxy === "direct" ? undefined : proxy, roots, connectMs };
  }

  /** Remembers a pool that is on its way out, until it is. */
  #awaitClosing(closing: Promise<void>): void {
    const done = closing.catch(() => {}).finally(() => this.#closing.delete(done));
    this.#closing.add(done);
  }
}

/** Connections to backends, kept between requests. */
import type { Backend, Proxy, Snapshot } from "../config/snapshot.ts";
import type { Connections } from "../wire/connections.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { connectorOf, type Way } from "./connector.ts";
import { IdleRoom } from "./idle_connections.ts";
import { OwnConnections } from "../system/own_connections.ts";
import { Scarcity } from "./scarcity.ts";

/** The environment's proxy for an origin; undefined for none. */
export type ProxyFor = (origin: string) => Proxy | undefined;

/** Nobody who stops waits for longer for a connection to be gone. */
const DESTROY_MS = 2_000;

export class Pools {
  readonly #proxyFor: ProxyFor;
  readonly #pools = new Map<string, ConnectionPool>();
  /** The same by the backend itself, of which a snapshot has one. */
  #byBackend = new WeakMap<Backend, ConnectionPool>();
  /** On their way out. */
  readonly #leaving = new Set<ConnectionPool>();
  readonly #room = new IdleRoom();
  readonly #scarcity = new Scarcity();
  readonly #own: OwnConnections;
  #destroyed = false;

  /**
   * @param proxyFor for backends that say nothing of a proxy
   * @param own is told of every connection
   */
  constructor(proxyFor: ProxyFor = () => undefined, own = new OwnConnections()) {
    this.#proxyFor = proxyFor;
    this.#own = own;
  }

  /** The connections to a backend's origin. Backends of one origin, reached the same way, share them. */
  for(backend: Backend): Connections {
    const known = this.#byBackend.get(backend);
    if (known !== undefined) return known;
    const key = this.#keyOf(backend);
    const pool = this.#pools.get(key) ?? this.#make(key, backend);
    this.#byBackend.set(backend, pool);
    return pool;
  }

  /** Closes what no backend of the snapshot uses, once its requests in flight have ended. */
  retain(snapshot: Snapshot): void {
    const used = new Set([...snapshot.backends.values()].map((backend) => this.#keyOf(backend)));
    for (const [key, pool] of this.#pools) {
      if (used.has(key)) continue;
      this.#pools.delete(key);
      this.#byBackend = new WeakMap();
      this.#leaving.add(pool);
      pool.close().finally(() => this.#leaving.delete(pool));
    }
    this.#byBackend = new WeakMap();
  }

  /** Closes every connection at once, requests in flight included; none is opened any more. */
  async destroy(): Promise<void> {
    this.#destroyed = true;
    const pools = [...this.#pools.values(), ...this.#leaving];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => timer = setTimeout(resolve, DESTROY_MS));
    await Promise.race([Promise.all(pools.map((pool) => pool.destroy())), patience]);
    clearTimeout(timer);
  }

  #make(key: string, backend: Backend): ConnectionPool {
    const { origin } = backend;
    const connect = connectorOf(origin, this.#wayTo(backend), {
      scarcity: this.#scarcity,
      own: this.#own,
    });
    const made = new ConnectionPool(origin, connect, this.#room);
    if (this.#destroyed) made.destroy();
    this.#pools.set(key, made);
    return made;
  }

  #keyOf(backend: Backend): string {
    return JSON.stringify([backend.origin, this.#wayTo(backend)]);
  }

  #wayTo({ origin, proxy = this.#proxyFor(origin), roots, timeouts: { connectMs } }: Backend): Way {
    return { proxy: proxy === "direct" ? undefined : proxy, roots, connectMs };
  }
}

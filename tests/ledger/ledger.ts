/** A ledger of one proxy: taps on both of its sides, and the balance of what passed them. */
import { Buffer } from "node:buffer";
import type { Backend, Snapshot } from "../../lib/config/snapshot.ts";
import type { Entry } from "../../lib/record/entry.ts";
import { presentedBy } from "../canary/presented.ts";
import { type Balance, balance } from "./balance.ts";
import { conversationOf } from "./exchanges.ts";
import { startTap, type Tap } from "./tap.ts";
import { type Terms, termsOf } from "./terms.ts";
import type { Unexpected } from "./unexpected.ts";

/** The port where nothing listens is asked for itself: a tap would accept, and reset. */
const UNTAPPED_PORTS: ReadonlySet<string> = new Set(["1"]);

export class Ledger implements AsyncDisposable {
  #instant = 0;
  readonly #front: Tap[] = [];
  /** By origin. */
  readonly #backs = new Map<string, Tap>();
  readonly #terms: Terms[] = [];
  readonly #ownBodies = new Set<string>();
  readonly #configured = new Set<string>();
  #redacts = true;
  #hasUnseen = false;

  /** The URL under which callers reach the proxy at that URL, seen by this ledger; not within TLS. */
  async before(url: string): Promise<string> {
    if (!url.startsWith("http://")) return url;
    const tap = await this.#tap(new URL(url));
    this.#front.push(tap);
    return `http://127.0.0.1:${tap.port}`;
  }

  /**
   * The configuration with every scripted peer behind a tap; its terms count from now on. Under TLS no
   * caller is seen, and so backends need not be.
   */
  async behind(snapshot: Snapshot): Promise<Snapshot> {
    this.#terms.push(termsOf(snapshot));
    snapshot.secrets.forEach((secret) => this.#configured.add(secret));
    this.#redacts &&= snapshot.logging.redact;
    if (snapshot.tls !== undefined) return snapshot;
    const backends = new Map<string, Backend>();
    for (const backend of snapshot.backends.values()) {
      backends.set(backend.name, { ...backend, origin: await this.#tapped(backend) });
    }
    const behind = (backend: Backend) => backends.get(backend.name) ?? backend;
    const aliases = [...snapshot.aliases].map(([name, alias]) => {
      const routes = alias.routes.map((route) => ({ ...route, backend: behind(route.backend) }));
      return [name, { ...alias, routes }] as const;
    });
    const { defaultBackend } = snapshot;
    return {
      ...snapshot,
      backends,
      aliases: new Map(aliases),
      defaultBackend: defaultBackend && behind(defaultBackend),
    };
  }

  /** A request is over, as the proxy sees it; says which answers are the proxy's own. */
  ended({ response }: Entry): void {
    if (response?.answered.by !== "proxy") return;
    this.#ownBodies.add(Buffer.from(response.body.bytes()).toString("latin1"));
  }

  /** The bodies of the proxy's own answers, one character a byte. */
  get ownBodies(): ReadonlySet<string> {
    return this.#ownBodies;
  }

  /** Every credential that was configured or presented, to be masked; none where masking is off. */
  credentials(): ReadonlySet<string> {
    if (!this.#redacts) return new Set();
    const requests = connectionsOf(this.#front).flatMap((connection) => {
      return conversationOf(connection).exchanges.map(({ request }) => request);
    });
    const configured = [...this.#configured].filter((secret) => secret.length >= 6);
    return new Set([...configured, ...requests.flatMap(presentedBy)]);
  }

  /** What each backend got, by its origin. */
  receivedBy(): ReadonlyMap<string, Buffer> {
    const all = [...this.#backs].map(([origin, tap]) => {
      return [origin, Buffer.concat(tap.connections.map(({ sent }) => sent.bytes()))] as const;
    });
    return new Map(all);
  }

  balance(): Balance {
    const backends = [...this.#backs].flatMap(([origin, { connections }]) => {
      return connections.map((connection) => ({ origin, connection }));
    });
    return balance({
      callers: connectionsOf(this.#front),
      backends,
      terms: this.#terms,
      ownBodies: this.#ownBodies,
      hasUnseen: this.#hasUnseen,
    });
  }

  /** @throws {Error} naming every byte that no rule explains */
  verify(): void {
    const { unexpected } = this.balance();
    if (unexpected.length === 0) return;
    throw new Error(`The ledger does not balance:\n${unexpected.map(lineOf).join("\n")}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const tap of [...this.#front, ...this.#backs.values()]) await tap[Symbol.asyncDispose]();
  }

  async #tapped({ origin, proxy }: Backend): Promise<string> {
    const url = new URL(origin);
    if (UNTAPPED_PORTS.has(url.port)) return origin;
    const isPeer = url.protocol === "http:" && url.hostname === "127.0.0.1";
    if (!isPeer || (proxy !== undefined && proxy !== "direct")) {
      this.#hasUnseen = true;
      return origin;
    }
    const tap = this.#backs.get(origin) ?? await this.#tap(url);
    this.#backs.set(origin, tap);
    return `http://127.0.0.1:${tap.port}`;
  }

  #tap({ hostname, port }: URL): Promise<Tap> {
    return startTap({ hostname, port: Number(port === "" ? 80 : port) }, () => this.#instant++);
  }
}

function connectionsOf(taps: readonly Tap[]) {
  return taps.flatMap(({ connections }) => connections);
}

/** For a person. */
export function lineOf({ where, at, bytes, expected, got }: Unexpected): string {
  return `${where}, byte ${at}, ${bytes} bytes: expected ${expected}, got ${got}`;
}

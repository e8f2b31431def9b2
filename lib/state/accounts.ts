/** Whom each backend name stands for: what is learned of one account is nothing about another. */
import { createHash } from "node:crypto";
import type { Backend, Snapshot } from "../config/snapshot.ts";
import { RecentMap } from "./recent_map.ts";
import type { Shared } from "./shared.ts";

/** The name of no backend. */
const ADOPTED = "";

type Backends = Pick<Snapshot, "backends">;

export class Accounts {
  /** By backend, and `ADOPTED` after the first reload. */
  readonly #inForce: RecentMap<string>;
  /** Those in use have been asked for already. */
  readonly #known = new WeakMap<Backend, string>();

  constructor(shared: Shared | undefined) {
    this.#inForce = new RecentMap(Infinity, { shared, name: "accounts" });
  }

  /** Whether a reload has changed whom a backend is or how it is reached, or has removed it. */
  isGone(backend: Backend): boolean {
    return this.#inForce.has(ADOPTED) &&
      this.#inForce.get(backend.name) !== this.#accountOf(backend);
  }

  /**
   * Takes on the accounts of a snapshot.
   *
   * @returns the backends that are who they were before
   */
  adopt(next: Backends, previous: Backends): readonly Backend[] {
    const isFirst = !this.#inForce.has(ADOPTED);
    const before = (name: string) => {
      const backend = isFirst ? previous.backends.get(name) : undefined;
      return backend === undefined ? this.#inForce.get(name) : this.#accountOf(backend);
    };
    const backends = [...next.backends.values()];
    const same = backends.filter((each) => before(each.name) === this.#accountOf(each));
    for (const each of backends) this.#set(each);
    this.#inForce.retain((_, name) => name === ADOPTED || next.backends.has(name));
    if (isFirst) this.#inForce.set(ADOPTED, ADOPTED);
    return same;
  }

  #set(backend: Backend): void {
    const account = this.#accountOf(backend);
    if (this.#inForce.get(backend.name) !== account) this.#inForce.set(backend.name, account);
  }

  #accountOf(backend: Backend): string {
    const known = this.#known.get(backend);
    if (known !== undefined) return known;
    const account = digestOf(backend);
    this.#known.set(backend, account);
    return account;
  }
}

/** Of where it is, with which keys, through which proxy, and which roots are trusted there. */
function digestOf({ origin, basePath, keys, proxy, roots }: Backend): string {
  const text = JSON.stringify([origin, basePath, keys, proxy, roots]);
  return createHash("sha256").update(text).digest("base64url");
}

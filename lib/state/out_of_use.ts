/** Routes that an operator has put out of use: until they are put back, or the proxy restarts. */
import type { Snapshot } from "../config/snapshot.ts";
import { RecentMap } from "./recent_map.ts";
import type { Shared } from "./shared.ts";
import { type RoutePlace, routeSubject } from "./subjects.ts";

export class OutOfUse {
  readonly #routes: RecentMap<true>;

  constructor(shared?: Shared) {
    this.#routes = new RecentMap(Infinity, { shared, name: "out of use" });
  }

  /** Whether that changed anything. */
  add(place: RoutePlace): boolean {
    if (this.has(place)) return false;
    this.#routes.set(routeSubject(place), true);
    return true;
  }

  /** Whether that changed anything. */
  delete(place: RoutePlace): boolean {
    return this.#routes.delete(routeSubject(place));
  }

  has(place: RoutePlace): boolean {
    return this.#routes.size > 0 && this.#routes.has(routeSubject(place));
  }

  /** Forgets the routes that the snapshot does not have. */
  retain({ aliases }: Snapshot): void {
    const routes = [...aliases.values()].flatMap((alias) => alias.routes);
    const kept = new Set(routes.map(routeSubject));
    this.#routes.retain((_, subject) => kept.has(subject));
  }
}

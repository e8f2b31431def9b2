/** What a configuration holds, in a few words. */
import type { Snapshot } from "../config/snapshot.ts";

/** Counted: `3 backends, 2 aliases, 5 routes`. */
export function inventory({ backends, aliases }: Snapshot): string {
  const routes = [...aliases.values()].reduce((sum, alias) => sum + alias.routes.length, 0);
  return `${backends.size} backends, ${aliases.size} aliases, ${routes} routes`;
}

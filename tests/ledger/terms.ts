/** What a configuration allows to change on the way to each backend, and in answers. */
import type { Alias, Backend, Snapshot } from "../../lib/config/snapshot.ts";

export interface BackendTerms {
  readonly name: string;
  /** The backend's, before any tap. */
  readonly origin: string;
  readonly basePath: string;
  /** What each alias may become here. */
  readonly models: ReadonlyMap<string, ReadonlySet<string>>;
  /** The keys of which one takes the place of every credential; undefined where callers' own pass. */
  readonly keys: readonly string[] | undefined;
  readonly set: readonly (readonly [name: string, value: string])[];
  readonly remove: ReadonlySet<string>;
}

export interface Terms {
  readonly backends: readonly BackendTerms[];
  /** `clients`: what a caller presents to the proxy, and what no backend gets. */
  readonly callerKeys: ReadonlySet<string>;
  /** Whether a broken stream may end with an error event of ours. */
  readonly tellsOfCuts: boolean;
}

export function termsOf(snapshot: Snapshot): Terms {
  return {
    backends: [...snapshot.backends.values()].map((backend) => backendTerms(backend, snapshot)),
    callerKeys: new Set(snapshot.callers?.map(({ key }) => key)),
    tellsOfCuts: snapshot.detection.midStreamError === "event",
  };
}

function backendTerms(backend: Backend, { aliases }: Snapshot): BackendTerms {
  const { name, origin, basePath, auth, keys, headers } = backend;
  const models = [...aliases.values()].map((alias) => {
    const routes = reachedFrom(alias, aliases).flatMap(({ routes }) => routes);
    const here = routes.filter((route) => route.backend.name === name);
    return [alias.name, new Set(here.map(({ model }) => model))] as const;
  });
  return {
    name,
    origin,
    basePath,
    models: new Map(models),
    keys: auth === "inject" ? keys : undefined,
    set: headers.set,
    remove: headers.remove,
  };
}

/** The alias and all that it falls back to; there are no cycles. */
function reachedFrom(alias: Alias, aliases: ReadonlyMap<string, Alias>): readonly Alias[] {
  const next = alias.fallbackTo.flatMap((name) => aliases.get(name) ?? []);
  return [alias, ...next.flatMap((alias) => reachedFrom(alias, aliases))];
}

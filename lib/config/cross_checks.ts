import { formatListen, isLoopback, parseListen } from "./listen_address.ts";
import { list, type Mapping, mapping } from "./loose.ts";
import { didYouMean } from "./nearest.ts";
import { type Fault, findPlace, type Place } from "./place.ts";
import type { Path } from "./problem.ts";
import type { ListenAddress } from "./snapshot.ts";

export interface CrossCheckOptions {
  readonly place: Place;
  /** The line of an offset. */
  readonly lineOf: (offset: number) => number;
  /** Where the running proxy listens whatever is written; `undefined` at the start. */
  readonly listening: ListenAddress | undefined;
}

export interface CrossFindings {
  readonly errors: readonly Fault[];
  readonly warnings: readonly Fault[];
}

/**
 * What no single value can show: references, duplicates, keys that would be anybody's to spend.
 * Works on the values as they are, whatever else is wrong with them, so that all errors are
 * reported at once.
 */
export function crossCheck(value: unknown, options: CrossCheckOptions): CrossFindings {
  const backends = readBackends(value, options.place);
  const dangling = findDangling(value, { backends, place: options.place });
  return {
    errors: [
      ...duplicateNames(backends, options),
      ...backends.flatMap((backend) => injectWithoutKey(backend, options.place)),
      ...exposedKeys(value, { backends, options }),
      ...invertedCooldowns(value, options.place),
      ...dangling.filter(({ passedOver }) => !passedOver),
    ],
    warnings: dangling.filter(({ passedOver }) => passedOver),
  };
}

interface BackendSeen {
  readonly name: unknown;
  readonly value: Mapping;
  readonly path: Path;
  readonly namePlace: Place;
}

function readBackends(value: unknown, root: Place): readonly BackendSeen[] {
  return list(mapping(value).backends).map((entry, index) => {
    const path = ["backends", index];
    const { place } = findPlace(root, [...path, "name"]);
    return { name: mapping(entry).name, value: mapping(entry), path, namePlace: place };
  });
}

function duplicateNames(
  backends: readonly BackendSeen[],
  { lineOf }: CrossCheckOptions,
): readonly Fault[] {
  return backends.flatMap(({ name, path, namePlace }, index) => {
    const first = backends.findIndex((other) => other.name === name);
    const before = backends[first];
    if (typeof name !== "string" || before === undefined || first === index) return [];
    const line = lineOf(before.namePlace.offset);
    const message =
      `${namePlace.written} is already the name of backends[${first}] on line ${line}`;
    return [{ offset: namePlace.offset, path: [...path, "name"], message }];
  });
}

function injectWithoutKey({ value, path }: BackendSeen, root: Place): readonly Fault[] {
  if (value.auth !== "inject") return [];
  const at = [...path, "api_key"];
  const keys = Array.isArray(value.api_key) ? value.api_key : [value.api_key];
  if (value.api_key === undefined || keys.length === 0) {
    return [faultAt(at, { root, message: "is missing; auth: inject sends it" })];
  }
  const message = "must be one line of visible ASCII without spaces, since auth: inject sends it";
  return keys.flatMap((key, index) => {
    if (typeof key !== "string" || /^[\x21-\x7e]+$/.test(key)) return [];
    const found = key === "" ? "must not be empty, since auth: inject sends it" : message;
    return [faultAt(Array.isArray(value.api_key) ? [...at, index] : at, { root, message: found })];
  });
}

/** Whoever reaches the port of a proxy that injects keys spends them. */
function exposedKeys(
  value: unknown,
  { backends, options }: {
    readonly backends: readonly BackendSeen[];
    readonly options: CrossCheckOptions;
  },
): readonly Fault[] {
  const injecting = backends.find(({ value }) =>
    value.auth === "inject" && value.enabled !== false
  );
  if (injecting === undefined) return [];
  const { place: root, listening } = options;
  const reason =
    `backend ${injecting.namePlace.written} has auth: inject, so whoever reaches the ` +
    "port would spend its key";
  const written = parseListen(String(mapping(value).listen ?? ":8080"));
  if (written.ok && !isLoopback(written.value)) {
    const message = `must be a loopback address: ${reason}; listen on 127.0.0.1`;
    return [faultAt(["listen"], { root, message })];
  }
  if (listening === undefined || isLoopback(listening)) return [];
  const message = `until a restart the proxy listens on ${
    formatListen(listening)
  }: ${reason}; restart it`;
  return [faultAt(["listen"], { root, message })];
}

function invertedCooldowns(value: unknown, root: Place): readonly Fault[] {
  const { cooldown_seconds: usual = 300, max_cooldown_seconds: most } = mapping(
    mapping(value).fallback,
  );
  if (typeof usual !== "number" || typeof most !== "number" || most >= usual) return [];
  const message = "must not be below cooldown_seconds";
  return [faultAt(["fallback", "max_cooldown_seconds"], { root, message })];
}

interface Dangling extends Fault {
  /** Another route stands before it, so that the alias works without it. */
  readonly passedOver: boolean;
}

function findDangling(
  value: unknown,
  { backends, place }: { readonly backends: readonly BackendSeen[]; readonly place: Place },
): readonly Dangling[] {
  const names = new Set(backends.map(({ name }) => name));
  const written = backends.flatMap(({ name, namePlace }) =>
    typeof name === "string" && namePlace.written === JSON.stringify(name) ? [name] : []
  );
  return Object.entries(mapping(mapping(value).models)).flatMap(([alias, entry]) => {
    const routes = routesOf(entry, ["models", alias]);
    return routes.filter(({ backend }) => typeof backend === "string" && !names.has(backend))
      .map((route) => {
        const passedOver = routes.some((other) =>
          other.enabled && names.has(other.backend) && other.priority < route.priority
        );
        return danglingRoute(route, { place, known: written, passedOver });
      });
  });
}

interface RouteSeen {
  readonly backend: unknown;
  readonly priority: number;
  readonly enabled: boolean;
  readonly path: Path;
}

/** The routes of an alias in its short or its long form. */
function routesOf(alias: unknown, path: Path): readonly RouteSeen[] {
  const short = Array.isArray(alias);
  return list(short ? alias : mapping(alias).routes).map((entry, index) => {
    const { backend, priority = 1, enabled = true } = mapping(entry);
    return {
      backend,
      priority: typeof priority === "number" ? priority : NaN,
      enabled: enabled === true,
      path: short ? [...path, index] : [...path, "routes", index],
    };
  });
}

function danglingRoute(
  route: RouteSeen,
  { place, known, passedOver }: {
    readonly place: Place;
    readonly known: readonly string[];
    readonly passedOver: boolean;
  },
): Dangling {
  const path = [...route.path, "backend"];
  const { written, offset } = findPlace(place, path).place;
  const near = typeof route.backend === "string" ? didYouMean(route.backend, known) : "";
  const all = known.length > 0 ? `; the backends are ${known.slice(0, 10).join(", ")}` : "";
  const end = passedOver ? "; the route is passed over, since others come before it" : near || all;
  return { offset, path, passedOver, message: `there is no backend ${written}${end}` };
}

function faultAt(
  path: Path,
  { root, message }: { readonly root: Place; readonly message: string },
): Fault {
  return { offset: findPlace(root, path).place.offset, path, message };
}

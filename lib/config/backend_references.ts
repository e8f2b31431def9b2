import type { Findings } from "./findings.ts";
import { list, mapping } from "./loose.ts";
import { nameHint } from "./name_hint.ts";
import { type Fault, faultAt, findPlace, type Place } from "./place.ts";
import type { Path } from "./problem.ts";
import type { SeenBackend } from "./seen_backends.ts";

interface Surroundings {
  readonly backends: readonly SeenBackend[];
  readonly place: Place;
}

/** What routes and `default_backend` say of backends that are not there, or are disabled. */
export function checkBackendReferences(value: unknown, around: Surroundings): Findings {
  const dangling = danglingRoutes(value, around);
  const byDefault = checkDefaultBackend(value, around);
  return {
    errors: [...dangling.filter(({ passedOver }) => !passedOver), ...byDefault.errors],
    warnings: [...dangling.filter(({ passedOver }) => passedOver), ...byDefault.warnings],
  };
}

function checkDefaultBackend(value: unknown, { backends, place }: Surroundings): Findings {
  const { default_backend: name } = mapping(value);
  if (typeof name !== "string" || name === "") return { errors: [], warnings: [] };
  const path = ["default_backend"];
  const named = backends.filter((backend) => backend.name === name);
  if (named.length === 0) {
    const message = `there is no backend ${findPlace(place, path).place.written}` +
      nameHint(name, { known: writtenNames(backends), kind: "backends", before: 0 });
    return { errors: [faultAt(path, { root: place, message })], warnings: [] };
  }
  if (named.some(({ value }) => value.enabled !== false)) return { errors: [], warnings: [] };
  const message = `the backend ${findPlace(place, path).place.written} is disabled; until it is ` +
    "enabled, unknown models and requests without a model are refused";
  return { errors: [], warnings: [faultAt(path, { root: place, message })] };
}

interface Dangling extends Fault {
  /** Another route stands before it, so that the alias works without it. */
  readonly passedOver: boolean;
}

function danglingRoutes(value: unknown, { backends, place }: Surroundings): readonly Dangling[] {
  // What is no list of backends is a mistake of its own.
  if (!Array.isArray(mapping(value).backends)) return [];
  const names = new Set(backends.map(({ name }) => name));
  const known = writtenNames(backends);
  const dangling = Object.entries(mapping(mapping(value).models)).flatMap(([alias, entry]) => {
    const routes = routesOf(entry, ["models", alias]);
    return routes.filter(({ backend }) => typeof backend === "string" && !names.has(backend))
      .map((route) => ({
        route,
        passedOver: routes.some((other) =>
          other.enabled && names.has(other.backend) && other.priority < route.priority
        ),
      }));
  });
  return dangling.map(({ route, passedOver }, before) =>
    danglingRoute(route, { place, known, before, passedOver })
  );
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
  { place, known, before, passedOver }: {
    readonly place: Place;
    readonly known: readonly string[];
    /** How many dangling routes come before it. */
    readonly before: number;
    readonly passedOver: boolean;
  },
): Dangling {
  const path = [...route.path, "backend"];
  const { written, offset } = findPlace(place, path).place;
  const end = passedOver
    ? "; the route is passed over, since others come before it"
    : nameHint(String(route.backend), { known, kind: "backends", before });
  return { offset, path, passedOver, message: `there is no backend ${written}${end}` };
}

/** Names a message may show: not those that a placeholder stands for. */
function writtenNames(backends: readonly SeenBackend[]): readonly string[] {
  return backends.flatMap(({ name, namePlace }) =>
    typeof name === "string" && namePlace.written === JSON.stringify(name) ? [name] : []
  );
}

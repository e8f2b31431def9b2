/** Keys that are written where they do not belong, or as other programs call them. */
import { configSchema } from "./schema.ts";

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly additionalProperties?: Node | boolean;
}

/** What other programs call the same. */
const OTHER_NAMES: ReadonlyMap<string, string> = new Map([
  ["base_url", "url"],
  ["baseurl", "url"],
  ["api_base", "url"],
  ["endpoint", "url"],
  ["host", "listen"],
  ["port", "listen"],
  ["bind", "listen"],
  ["key", "api_key"],
  ["keys", "api_key"],
  ["api_keys", "api_key"],
  ["token", "api_key"],
  ["providers", "backends"],
  ["upstreams", "backends"],
  ["aliases", "models"],
  ["model_list", "models"],
  ["provider", "backend"],
  ["retries", "max_retries"],
  ["num_retries", "max_retries"],
  ["timeout", "timeouts"],
  ["cooldown", "cooldown_seconds"],
  ["cooldown_time", "cooldown_seconds"],
  ["log_level", "level"],
  ["database", "history"],
  ["model_name", "model"],
  ["order", "priority"],
  ["fallbacks", "fallback_to"],
]);

/** The end of a sentence about a key that is unknown here: what was meant, and where it belongs. */
export function meantElsewhere(key: string, here: readonly string[]): string {
  const meant = OTHER_NAMES.get(key.toLowerCase());
  if (meant !== undefined && here.includes(meant)) return `; here it is called ${meant}`;
  const [place, ...more] = placesOf(meant ?? key);
  if (place === undefined) return "";
  const isOther = meant !== undefined && meant !== key;
  const others = more.length > 0 ? `, or in ${more.slice(0, 2).join(", or in ")}` : "";
  const name = isOther ? `; it is called ${meant}, and` : "; it";
  return `${name} belongs ${
    place === "" ? "at the top level, without indentation" : `in ${place}`
  }${place === "" ? "" : others}`;
}

/** Paths of the mappings that have the key; "" for the top level. */
function placesOf(key: string): readonly string[] {
  return [...mappings("", configSchema() as Node)]
    .filter(({ keys }) => keys.includes(key)).map(({ path }) => path);
}

function* mappings(
  path: string,
  { properties = {}, items, anyOf = [], additionalProperties }: Node,
): Iterable<{ readonly path: string; readonly keys: readonly string[] }> {
  const keys = Object.keys(properties);
  if (keys.length > 0) yield { path, keys };
  for (const [key, node] of Object.entries(properties)) {
    yield* mappings(path === "" ? key : `${path}.${key}`, node);
  }
  if (items !== undefined) yield* mappings(`${path}[] (each entry begins with -)`, items);
  if (typeof additionalProperties === "object") {
    yield* mappings(`${path}.ALIAS`, additionalProperties);
  }
  for (const choice of anyOf) yield* mappings(path, choice);
}

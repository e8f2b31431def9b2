import type { Findings } from "./findings.ts";
import { list, type Mapping, mapping } from "./loose.ts";
import { parseNamePattern } from "./name_pattern.ts";
import { type Fault, faultAt, findPlace, type Place } from "./place.ts";
import type { Path } from "./problem.ts";

interface Surroundings {
  readonly root: Place;
  /** The line of an offset. */
  readonly lineOf: (offset: number) => number;
}

interface SeenClient {
  readonly value: Mapping;
  readonly path: Path;
}

/** Below this a key can be guessed, and may be part of any text. */
const SHORT_KEY_CHARACTERS = 8;

/** What `clients` says of callers: two that are one, keys that are somebody else's, models that are none. */
export function checkClients(value: unknown, around: Surroundings): Findings {
  const { root } = around;
  const { clients, backends, models, default_backend: taker } = mapping(value);
  const seen = list(clients).map((entry, index) => ({
    value: mapping(entry),
    path: ["clients", index],
  }));
  const owners = ownersOf(backends);
  // With a default_backend any name may be called, so that no pattern is without use.
  const aliases = typeof taker === "string" ? undefined : new Set(Object.keys(mapping(models)));
  return {
    errors: [
      ...repeated("name", seen, around),
      ...repeated("key", seen, around),
      ...seen.flatMap((client) => unusableKey(client, { owners, root })),
    ],
    warnings: seen.flatMap((client) => [
      ...shortKey(client, root),
      ...(aliases === undefined ? [] : uselessPatterns(client, { aliases, root })),
    ]),
  };
}

function repeated(
  what: "name" | "key",
  clients: readonly SeenClient[],
  { root, lineOf }: Surroundings,
): readonly Fault[] {
  const firsts = new Map<unknown, number>();
  return clients.flatMap(({ value, path }, index) => {
    if (typeof value[what] !== "string") return [];
    const first = firsts.get(value[what]);
    if (first === undefined) {
      firsts.set(value[what], index);
      return [];
    }
    const { offset } = findPlace(root, ["clients", first, what]).place;
    const message = `is already the ${what} of clients[${first}] on line ${lineOf(offset)}`;
    return [faultAt([...path, what], { root, message })];
  });
}

/** The index of the backend that has an `api_key`. */
function ownersOf(backends: unknown): ReadonlyMap<unknown, number> {
  return new Map(
    list(backends).flatMap((backend, index) =>
      [mapping(backend).api_key].flat().map((key) => [key, index] as const)
    ),
  );
}

function unusableKey(
  { value: { key }, path }: SeenClient,
  { owners, root }: { readonly owners: ReadonlyMap<unknown, number>; readonly root: Place },
): readonly Fault[] {
  if (typeof key !== "string" || key === "") return [];
  const at = [...path, "key"];
  if (!/^[\x21-\x7e]+$/.test(key)) {
    const message = "must be visible ASCII without spaces, since callers send it in a header";
    return [faultAt(at, { root, message })];
  }
  const owner = owners.get(key);
  if (owner === undefined) return [];
  const message = `is also an api_key of backends[${owner}]; a caller's key must open nothing else`;
  return [faultAt(at, { root, message })];
}

function shortKey({ value: { key }, path }: SeenClient, root: Place): readonly Fault[] {
  if (typeof key !== "string" || key.length >= SHORT_KEY_CHARACTERS) return [];
  const message = `has under ${SHORT_KEY_CHARACTERS} characters, so it can be guessed`;
  return [faultAt([...path, "key"], { root, message })];
}

function uselessPatterns(
  { value: { models }, path }: SeenClient,
  { aliases, root }: { readonly aliases: ReadonlySet<string>; readonly root: Place },
): readonly Fault[] {
  return list(models).flatMap((source, index) => {
    if (typeof source !== "string" || aliases.has(source)) return [];
    const { matches } = parseNamePattern(source);
    if (source.includes("*") && [...aliases].some(matches)) return [];
    const at = [...path, "models", index];
    const message = `no alias is called ${findPlace(root, at).place.written}`;
    return [faultAt(at, { root, message })];
  });
}

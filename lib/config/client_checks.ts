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
  const clients = list(mapping(value).clients).map((entry, index) => ({
    value: mapping(entry),
    path: ["clients", index],
  }));
  return {
    errors: [
      ...repeated("name", clients, around),
      ...repeated("key", clients, around),
      ...clients.flatMap((client) => unusableKey(client, value, root)),
    ],
    warnings: clients.flatMap((client) => [
      ...shortKey(client, root),
      ...uselessPatterns(client, value, root),
    ]),
  };
}

function repeated(
  what: "name" | "key",
  clients: readonly SeenClient[],
  { root, lineOf }: Surroundings,
): readonly Fault[] {
  return clients.flatMap(({ value, path }, index) => {
    const first = clients.findIndex((other) => other.value[what] === value[what]);
    if (typeof value[what] !== "string" || first === index) return [];
    const { offset } = findPlace(root, ["clients", first, what]).place;
    const message = `is already the ${what} of clients[${first}] on line ${lineOf(offset)}`;
    return [faultAt([...path, what], { root, message })];
  });
}

function unusableKey({ value: { key }, path }: SeenClient, whole: unknown, root: Place) {
  if (typeof key !== "string" || key === "") return [];
  const at = [...path, "key"];
  if (!/^[\x21-\x7e]+$/.test(key)) {
    const message = "must be visible ASCII without spaces, since callers send it in a header";
    return [faultAt(at, { root, message })];
  }
  const owner = list(mapping(whole).backends).findIndex((backend) =>
    [mapping(backend).api_key].flat().includes(key)
  );
  if (owner < 0) return [];
  const message = `is also an api_key of backends[${owner}]; a caller's key must open nothing else`;
  return [faultAt(at, { root, message })];
}

function shortKey({ value: { key }, path }: SeenClient, root: Place): readonly Fault[] {
  if (typeof key !== "string" || key.length >= SHORT_KEY_CHARACTERS) return [];
  const message = `has under ${SHORT_KEY_CHARACTERS} characters, so it can be guessed`;
  return [faultAt([...path, "key"], { root, message })];
}

/** With a `default_backend` any name may be called, so that no pattern is without use. */
function uselessPatterns(
  { value: { models }, path }: SeenClient,
  whole: unknown,
  root: Place,
): readonly Fault[] {
  const { models: aliases, default_backend: taker } = mapping(whole);
  if (typeof taker === "string") return [];
  const names = Object.keys(mapping(aliases));
  return list(models).flatMap((source, index) => {
    if (typeof source !== "string" || source === "*") return [];
    if (names.some(parseNamePattern(source).matches)) return [];
    const at = [...path, "models", index];
    const message = `no alias is called ${findPlace(root, at).place.written}`;
    return [faultAt(at, { root, message })];
  });
}

/** Values that are surely meant otherwise: variables as other programs write them, keys that are none. */
import { list, mapping } from "./loose.ts";
import { type Fault, faultAt, findPlace, type Place } from "./place.ts";
import { invisibleIn } from "./odd_characters.ts";
import type { Path } from "./problem.ts";

/** Ways to write a variable that mean nothing here. Only what looks like a variable's name is shown. */
const VARIABLES: readonly RegExp[] = [
  /^\$(?<name>[A-Z_][A-Z\d_]*)$/,
  /^\$(?:env:|\()(?<name>[A-Z_][A-Z\d_]*)\)?$/i,
  /^%(?<name>[A-Z_][A-Z\d_]*)%$/i,
  /^(?:os\.environ\/|env[:./]|process\.env\.|ENV\[['"]?)(?<name>[A-Z_][A-Z\d_]*)(?:['"]?\])?$/i,
  /^os\.environ(?:\.get\(|\[)['"](?<name>[A-Z_][A-Z\d_]*)['"][)\]]$/,
  /^\{\{-?\s*(?:env\.|\$|\.Values\.|getenv\s+"?)?(?<name>[A-Z_][\w.]*)"?\s*-?\}\}$/i,
  /^\{(?:env\.|\$)(?<name>[A-Z_][A-Z\d_]*)\}$/i,
];

/** What examples have where a key belongs. */
const NO_KEY =
  /^(?:<.*>|\[.*\]|(?:sk-)?(?:x{3,}|\.{3,}|…|\*{3,})|sk-\.{3}|(?:sk-)?(?:your|my|insert|replace|put|add|enter)[-_ ].*|.*[-_ ](?:here|goes-here)|change[-_ ]?me|todo|api[-_ ]?key|(?:your)?apikey|placeholder|secret|password|none|null|dummy)$/i;

/** Warnings, each where its value stands; no value is shown. */
export function suspicions(value: unknown, root: Place): readonly Fault[] {
  return [
    ...variables(value, { path: [], root }),
    ...keys(value).flatMap((key) => suspiciousKey(key, root)),
    ...unreplaced(root, []),
  ];
}

function* variables(
  value: unknown,
  { path, root }: { readonly path: Path; readonly root: Place },
): Iterable<Fault> {
  // Patterns are looked for in texts of others.
  if (path.at(-1) === "error_patterns") return;
  if (typeof value === "string") {
    const message = variableIn(value) ?? strangeIn(value);
    if (message !== undefined) yield faultAt(path, { root, message });
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inside] of Object.entries(value)) {
      const step = Array.isArray(value) ? Number(key) : key;
      yield* variables(inside, { path: [...path, step], root });
    }
  }
}

function variableIn(text: string): string | undefined {
  const name = VARIABLES.map((pattern) => pattern.exec(text)?.groups?.name)
    .find((name) => name !== undefined);
  if (name === undefined) return undefined;
  return `is taken as it stands; for the environment variable write \${${name}}`;
}

function strangeIn(text: string): string | undefined {
  const odd = invisibleIn(text);
  return odd === undefined ? undefined : `holds ${odd}; remove it unless it is meant`;
}

interface Key {
  readonly value: string;
  readonly path: Path;
  /** Whether it is sent, or lets somebody in: else it is only for the record. */
  readonly counts: boolean;
}

function keys(value: unknown): readonly Key[] {
  const { backends, clients, admin } = mapping(value);
  const all = [
    ...list(backends).flatMap((backend, index) => {
      const { api_key, auth } = mapping(backend);
      const path = ["backends", index, "api_key"];
      const counts = auth === "inject";
      return Array.isArray(api_key)
        ? api_key.map((key, at) => ({ value: key, path: [...path, at], counts }))
        : [{ value: api_key, path, counts }];
    }),
    ...list(clients).map((client, index) => {
      return { value: mapping(client).key, path: ["clients", index, "key"], counts: true };
    }),
    { value: mapping(admin).token, path: ["admin", "token"], counts: true },
  ];
  return all.flatMap((key) => typeof key.value === "string" ? [{ ...key, value: key.value }] : []);
}

function suspiciousKey({ value, path, counts }: Key, root: Place): readonly Fault[] {
  const message = wrongKey(value, counts);
  return message === undefined ? [] : [faultAt(path, { root, message })];
}

/**
 * What is odd about a key, without showing it; undefined for nothing.
 *
 * @param counts whether it is used for more than the record
 */
export function wrongKey(key: string, counts: boolean): string | undefined {
  if (/^(?:Bearer|Basic)\s/i.test(key)) {
    return 'begins with "Bearer ", which is put before it where it belongs; write the key alone';
  }
  if (key !== key.trim()) return "has spaces around it; write the key alone";
  if (/^(["'“”‘’`]).*["'“”‘’`]$/.test(key)) {
    return "has quotation marks around it that are part of the key; write the key alone";
  }
  if (counts && variableIn(key) === undefined && NO_KEY.test(key)) {
    return "looks like the example of a key; write your own, best as ${NAME} from the environment";
  }
  return undefined;
}

/** Keys of mappings with a placeholder in them, which is replaced in values alone. */
function unreplaced(place: Place, path: Path): readonly Fault[] {
  return [...place.inside].flatMap(([step, inside]) => {
    const at = [...path, step];
    const message =
      "has ${ in its name, and placeholders are replaced in values alone; write the name";
    const own = typeof step === "string" && /\$\{[^}]*\}/.test(step)
      ? [{ offset: findPlace(place, [step]).place.keyOffset, path: at, message }]
      : [];
    return [...own, ...unreplaced(inside, at)];
  });
}

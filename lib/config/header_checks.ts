import { list, mapping } from "./loose.ts";
import { type Fault, findPlace, type Place } from "./place.ts";
import type { Path } from "./problem.ts";
import type { SeenBackend } from "./seen_backends.ts";

/** What each hop sets for itself, and no configuration can; as in wire/headers.ts. */
const OF_THE_HOP: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** What `headers` of a backend must not change, and names that it has twice. */
export function checkHeaders({ value, path }: SeenBackend, root: Place): readonly Fault[] {
  const { set, remove } = mapping(value.headers);
  const names = Object.keys(mapping(set));
  return [
    ...names.flatMap((name) => ofTheHop(name, { at: [...path, "headers", "set", name], root })),
    ...list(remove).flatMap((name, index) =>
      ofTheHop(name, { at: [...path, "headers", "remove", index], root })
    ),
    ...names.flatMap((name, index) => {
      const lower = name.toLowerCase();
      const first = names.findIndex((other) => other.toLowerCase() === lower);
      if (first === index) return [];
      const at = [...path, "headers", "set", name];
      return [keyFault(at, { root, message: `is the same header as ${names[first]}` })];
    }),
  ];
}

function ofTheHop(name: unknown, { at, root }: { readonly at: Path; readonly root: Place }) {
  if (typeof name !== "string" || !OF_THE_HOP.has(name.toLowerCase())) return [];
  const message = `${name} is a matter of each connection and cannot be set or removed`;
  return [keyFault(at, { root, message })];
}

function keyFault(
  path: Path,
  { root, message }: { readonly root: Place; readonly message: string },
): Fault {
  return { offset: findPlace(root, path).place.keyOffset, path, message };
}

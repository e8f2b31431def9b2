/** What differs between two configurations, in the words of the file. */
import type { Alias, Backend, Snapshot } from "./snapshot.ts";

/** `backend b added`, `backend c changed (api_key, timeouts)`, `alias x removed`, `limits changed`. No value is shown. */
export function changesOf(previous: Snapshot, next: Snapshot): readonly string[] {
  return [
    ...named("backend", [previous.backends, next.backends], changedIn),
    ...named("alias", [aliasesOf(previous), aliasesOf(next)]),
    ...named("client", [callersOf(previous), callersOf(next)]),
    ...SECTIONS.filter(([, of]) => textOf(of(previous)) !== textOf(of(next)))
      .map(([key]) => `${key} changed`),
  ];
}

/** More of them are counted. */
const MOST_NAMED = 8;

/** The changes as one clause: `backend b added, alias x changed and 3 more`. */
export function changeClause(changes: readonly string[]): string {
  if (changes.length === 0) return "nothing that counts has changed";
  const more = changes.length - MOST_NAMED;
  return changes.slice(0, MOST_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

type Named = ReadonlyMap<string, unknown>;

function named<Values extends Named>(
  kind: string,
  [before, after]: readonly [Values, Values],
  details: (before: never, after: never) => string = () => "",
): string[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((name) => {
    const what = `${kind} ${name}`;
    if (!before.has(name)) return `${what} added`;
    if (!after.has(name)) return `${what} removed`;
    const [one, other] = [before.get(name), after.get(name)];
    if (textOf(one) === textOf(other)) return [];
    return `${what} changed${details(one as never, other as never)}`;
  });
}

/** The keys of a backend that have changed. */
function changedIn(before: Backend, after: Backend): string {
  const keys = BACKEND_KEYS.filter(([, of]) => textOf(of(before)) !== textOf(of(after)))
    .map(([key]) => key);
  return keys.length === 0 ? "" : ` (${keys.join(", ")})`;
}

type Part<Whole> = readonly [key: string, of: (whole: Whole) => unknown];

const BACKEND_KEYS: readonly Part<Backend>[] = [
  ["url", ({ origin, basePath }) => origin + basePath],
  ["api_key", ({ keys }) => keys],
  ["auth", ({ auth }) => auth],
  ["dialect", ({ dialects }) => dialects],
  ["enabled", ({ enabled }) => enabled],
  ["proxy", ({ proxy }) => proxy],
  ["ca", ({ roots }) => roots],
  ["headers", ({ headers }) => headers],
  ["max_concurrent", ({ maxConcurrent }) => maxConcurrent],
  ["timeouts", ({ timeouts }) => timeouts],
];

const SECTIONS: readonly Part<Snapshot>[] = [
  ["default_backend", ({ defaultBackend }) => defaultBackend?.name],
  ["clients", ({ callers }) => callers === undefined],
  ["listen", ({ listen }) => listen],
  ["tls", ({ tls }) => tls],
  ["workers", ({ workers }) => workers],
  ["fallback", ({ fallback }) => fallback],
  ["detection", ({ detection }) => detection],
  ["limits", ({ limits }) => limits],
  ["logging", ({ logging }) => logging],
  ["history", ({ history }) => history],
  ["admin", ({ admin }) => admin],
];

/** An alias leads to a backend by its name: another key of that backend's does not change it. */
function aliasesOf({ aliases }: Snapshot): Named {
  const plain = ({ routes, ...alias }: Alias) => {
    return { ...alias, routes: routes.map(({ backend, ...route }) => [backend.name, route]) };
  };
  return new Map([...aliases].map(([name, alias]) => [name, plain(alias)]));
}

function callersOf({ callers = [] }: Snapshot): Named {
  return new Map(callers.map((caller) => [caller.name, caller]));
}

/** Equal for equal values; what is computed from others, functions, is left out. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, part) => {
    if (part instanceof Set) return [...part];
    return typeof part === "number" && !Number.isFinite(part) ? String(part) : part;
  }) ?? "";
}

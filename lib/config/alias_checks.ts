import { findCycles, type Link } from "./alias_cycles.ts";
import type { Findings } from "./findings.ts";
import { list, mapping } from "./loose.ts";
import { nameHint } from "./name_hint.ts";
import { type Fault, faultAt, findPlace, type Place } from "./place.ts";
import { nameInLine, type Path, shorten } from "./problem.ts";

/** What `fallback_to` and `fallback.alias_fallback` say of aliases: unknown ones, disabled ones, cycles. */
export function checkAliases(value: unknown, root: Place): Findings {
  const aliases = new Map(Object.entries(mapping(mapping(value).models)));
  const known = [...aliases.keys()];
  const fallbacks = readFallbacks(value, aliases);
  const there = fallbacks.filter(({ to }) => aliases.has(to));
  const off = there.filter(({ to }) => mapping(aliases.get(to)).enabled === false);
  return {
    errors: [
      ...unknownKeys(value, { known, root }),
      ...unknownNames(fallbacks.filter(({ to }) => !aliases.has(to)), { known, root }),
      ...cycles(there, root),
    ],
    warnings: off.map(({ path }) => {
      const message = `the alias ${writtenAt(path, root)} is disabled and is passed over`;
      return faultAt(path, { root, message });
    }),
  };
}

interface Fallback extends Link {
  /** Where the name it leads to stands. */
  readonly path: Path;
}

/** Every fallback in the order in which it is tried: an alias's own come before `alias_fallback`. */
function readFallbacks(
  value: unknown,
  aliases: ReadonlyMap<string, unknown>,
): readonly Fallback[] {
  const own = [...aliases].flatMap(([from, alias]) =>
    fallbacksIn(mapping(alias).fallback_to, { from, path: ["models", from, "fallback_to"] })
  );
  const more = Object.entries(aliasFallback(value)).flatMap(([from, names]) =>
    fallbacksIn(names, { from, path: [...ALIAS_FALLBACK, from] })
  );
  return [...own, ...more];
}

function fallbacksIn(
  names: unknown,
  { from, path }: { readonly from: string; readonly path: Path },
): readonly Fallback[] {
  return list(names).flatMap((to, index) =>
    typeof to === "string" && to !== "" ? [{ from, to, path: [...path, index] }] : []
  );
}

const ALIAS_FALLBACK = ["fallback", "alias_fallback"];

function aliasFallback(value: unknown) {
  return mapping(mapping(mapping(value).fallback).alias_fallback);
}

interface Surroundings {
  readonly known: readonly string[];
  readonly root: Place;
}

function unknownKeys(value: unknown, { known, root }: Surroundings): readonly Fault[] {
  const names = new Set(known);
  const unknown = Object.keys(aliasFallback(value)).filter((from) => !names.has(from));
  return unknown.map((from, before) => {
    const path = [...ALIAS_FALLBACK, from];
    const hint = nameHint(from, { known, kind: "aliases", before });
    const message = `there is no alias ${JSON.stringify(shorten(from))}${hint}`;
    return { offset: findPlace(root, path).place.keyOffset, path, message };
  });
}

function unknownNames(
  fallbacks: readonly Fallback[],
  { known, root }: Surroundings,
): readonly Fault[] {
  return fallbacks.map(({ to, path }, before) => {
    const hint = nameHint(to, { known, kind: "aliases", before });
    return faultAt(path, { root, message: `there is no alias ${writtenAt(path, root)}${hint}` });
  });
}

function writtenAt(path: Path, root: Place): string {
  return findPlace(root, path).place.written;
}

function cycles(fallbacks: readonly Fallback[], root: Place): readonly Fault[] {
  return Array.from(findCycles(fallbacks), ({ closing, names }) => {
    const message = `an alias must not lead back to itself: ${drawn([...names, closing.to])}`;
    return faultAt(closing.path, { root, message });
  });
}

/** `a -> b -> a`; of a long way its beginning and its end. */
function drawn(names: readonly string[]): string {
  const steps = names.length > 12 ? [...names.slice(0, 6), "...", ...names.slice(-5)] : names;
  return steps.map(nameInLine).join(" -> ");
}

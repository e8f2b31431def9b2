/** `~` at the start of a path: the home directory of whoever runs the program, as shells have it. */
import { isAbsolute, join } from "node:path";
import { mapping } from "./loose.ts";
import type { Parsed } from "./parsed.ts";
import { pathSettings } from "./path_settings.ts";
import { type Fault, faultAt, type Place } from "./place.ts";
import { setAt } from "./set_at.ts";

/** A path that begins with `~`, and what comes before the first separator. */
const HOME = /^~(?<user>[^/\\]*)(?:[/\\](?<rest>.*))?$/s;

/**
 * The path with `~` and `~/…` as the home directory: HOME, on Windows USERPROFILE where there is no HOME.
 * A `~` elsewhere stays, and `./~` is a file of that name.
 */
export function expandHome(
  path: string,
  env: (name: string) => string | undefined,
): Parsed<string> {
  const { user, rest = "" } = HOME.exec(path)?.groups ?? {};
  if (user === undefined) return { ok: true, value: path };
  if (user !== "") {
    const reason = "begins with ~ and a name, and only ~ and ~/… are known here; write the whole " +
      "path, or ./~ for a file of that name";
    return { ok: false, reason };
  }
  const home = [env("HOME"), env("USERPROFILE")].find((home) => home && isAbsolute(home));
  if (home !== undefined) return { ok: true, value: join(home, rest) };
  const reason = "begins with ~, and there is no home directory: the environment variable HOME " +
    "is not set to one; set it, or write the whole path";
  return { ok: false, reason };
}

/** Puts the home directory into every path of a configuration; gives what is wrong with those. */
export function expandHomes(
  value: unknown,
  { place: root, env }: {
    readonly place: Place;
    readonly env: (name: string) => string | undefined;
  },
): readonly Fault[] {
  return pathSettings(mapping(value)).flatMap(({ path, written }) => {
    const expanded = expandHome(written, env);
    if (!expanded.ok) return [faultAt(path, { root, message: expanded.reason })];
    if (expanded.value !== written) setAt(value, { path, to: expanded.value });
    return [];
  });
}

/** The command line that starts this program again, wherever it is started from. */
import { fileURLToPath } from "node:url";
import { IS_BUNDLE, PROGRAM } from "./places.ts";

/** What it asks Deno for, and nothing else; it never asks a person. */
export const PERMISSIONS: readonly string[] = [
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
];

/** With these a bundle is run: nothing around it has a say, nothing is downloaded. */
export const BUNDLE_FLAGS: readonly string[] = [
  "--no-config",
  "--no-lock",
  "--no-remote",
  "--cached-only",
  "--quiet",
];

/**
 * The executable first, then what it needs before the program's own arguments: nothing for the binary,
 * Deno's flags and the module for the bundle and the source. Every path is absolute.
 *
 * @param unstable Deno's features as deno.json names them
 */
export function ownCommand(unstable: readonly string[]): readonly string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  const flags = [...PERMISSIONS, ...unstable.map((name) => `--unstable-${name}`)];
  const alone = IS_BUNDLE ? BUNDLE_FLAGS : [];
  return [Deno.execPath(), "run", ...flags, ...alone, fileURLToPath(PROGRAM)];
}

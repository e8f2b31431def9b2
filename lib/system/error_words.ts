/** What an error says, for people: never a flag of Deno's that they cannot set. */

/**
 * Its message. Deno guards some paths (/proc, /dev, /sys and the like) whatever a program was allowed,
 * and its own words ask for a permission that nobody can give here.
 */
export function errorWords(cause: unknown): string {
  if (cause instanceof Deno.errors.NotCapable) {
    const [, what = "this"] = /access to ("[^"]*"|\S+?),/.exec(cause.message) ?? [];
    return `${what} is no place for files of a program: name another`;
  }
  return cause instanceof Error ? cause.message : String(cause);
}

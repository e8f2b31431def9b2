/** The flag that names a configuration, as it is typed into a shell. */
import { quoted } from "../replay/shell_word.ts";

/**
 * With the space before it. What means something to a POSIX shell stands in quotes in which it means
 * nothing. On Windows it stands in double quotes, which both of its shells know; PowerShell still expands
 * a `$` in them.
 */
export function configFlag(file: string, { isWindows = Deno.build.os === "windows" } = {}): string {
  if (/^[\w@%+=:,./~\\-]+$/.test(file) && (isWindows || !/[~\\]/.test(file))) {
    return ` -config ${file}`;
  }
  return ` -config ${isWindows ? `"${file}"` : quoted(file)}`;
}

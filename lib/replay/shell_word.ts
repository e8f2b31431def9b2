/** Text as words of a POSIX shell, and as what a terminal takes for text when it is pasted. */

/**
 * What a terminal acts on, or hides the rest of a line with: control characters, line separators, and
 * what changes the direction of writing. A line feed is none: within quotes it is only itself.
 */
const ACTIVE =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u;

/** Whether a text stands between quotes as it is. */
export function isPlain(text: string): boolean {
  return !ACTIVE.test(text);
}

/** In single quotes nothing means anything to the shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * The same for bytes, one a character, that end in no line feed and have no NUL: as they are where that
 * is plain ASCII, else by a `printf` of the shell's own.
 */
export function quotedBytes(bytes: string): string {
  return /^[\n -~]*$/.test(bytes) ? quoted(bytes) : `"$(${printfOf(bytes)})"`;
}

/**
 * A command of the shell's own, of any length, that writes these bytes, one a character; `!` as a number,
 * since a shell at a terminal may look its history up by it, in double quotes too.
 */
export function printfOf(bytes: string): string {
  const format = bytes.replace(/[^\n -~]|[\\'%!]/g, (byte) => {
    return byte === "%" ? "%%" : `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`;
  });
  // An option can be no format; one that begins with a hyphen would be.
  return `printf '${format.replace(/^-/, "\\055")}'`;
}

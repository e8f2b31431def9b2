/** Text for a console that may not know UTF-8. */

/** What our own lines use beyond ASCII, in ASCII. Names that users chose stay as they are. */
const IN_ASCII: ReadonlyMap<string, string> = new Map([
  ["\u2026", "..."],
  ["\u00b7", "-"],
  ["\u00b5", "u"],
  ["\u2013", "-"],
  ["\u2014", "-"],
  ["\u2018", "'"],
  ["\u2019", "'"],
  ["\u201c", '"'],
  ["\u201d", '"'],
  ["\u2192", "->"],
  ["\u2713", "ok"],
]);

const BEYOND_ASCII = new RegExp(`[${[...IN_ASCII.keys()].join("")}]`, "g");

/**
 * The text as that system's console shows it: on Windows, whose console has a code page of its own and gets
 * our bytes as they are (https://github.com/denoland/deno/issues/28362), without signs beyond ASCII.
 */
export function consoleText(text: string, os: string = Deno.build.os): string {
  if (os !== "windows") return text;
  return text.replace(BEYOND_ASCII, (sign) => IN_ASCII.get(sign) ?? sign);
}

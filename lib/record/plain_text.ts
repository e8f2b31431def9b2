/** Text of anybody's as part of a log's line: no character of it ends the line, or acts on a terminal. */

/** Letters, marks, numbers, punctuation and symbols: no spaces, controls or marks of direction. */
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u;
const UNPRINTABLE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;
const UNPRINTABLE_IN_LINE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} \t]/gu;
/** The backslash of what reads as an escape, too: so that it can be told from one. */
const UNPRINTABLE_IN_VALUE = /[^\p{L}\p{M}\p{N}\p{P}\p{S} \t]|\\(?=u[\da-f]{4})/gu;
const ASCII_LINE = /^[\t -~]*$/;

const NAME_CHARACTERS = 200;

/** A name for one line of a log: escaped where it holds anything but printable characters. */
export function plain(name: string): string {
  return PRINTABLE.test(name) ? name : JSON.stringify(name).replace(UNPRINTABLE, escaped);
}

/** The same of what callers make up, as far as a summary needs it. */
export function plainStart(name: string): string {
  return plain(startOf(name));
}

/** At most 200 characters of a name. */
export function startOf(name: string): string {
  return name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS)}…` : name;
}

/** One line, whoever worded what is in it; a tab stays. */
export function plainLine(line: string): string {
  return ASCII_LINE.test(line) ? line : line.replace(UNPRINTABLE_IN_LINE, escaped);
}

/** The same of what may have further lines, as a stack has: those are indented, so that none passes for a line. */
export function plainLines(text: string): string {
  if (ASCII_LINE.test(text)) return text;
  return text.split("\n").map(plainLine).join("\n").replace(/\n(?! )/g, "\n  ");
}

/** A header's value as a line shows it: `valueOfPlain()` gives it back as it was. */
export function plainValue(value: string): string {
  return value.replace(UNPRINTABLE_IN_VALUE, escaped);
}

export function valueOfPlain(shown: string): string {
  return shown.replace(/\\u([\da-f]{4})/g, (_, digits: string) => {
    return String.fromCharCode(parseInt(digits, 16));
  });
}

function escaped(character: string): string {
  const units = character.split("").map((unit) => unit.charCodeAt(0));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

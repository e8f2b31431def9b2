/** What is wrong with text that is no YAML, in words for whoever wrote it. They quote none of it: it may be a credential. */
import { oddCharacterNear } from "./odd_characters.ts";
import type { Fault } from "./place.ts";
import { positionAt } from "./position.ts";
import { unclosedIn } from "./unclosed.ts";
import type { YAMLError } from "./yaml.ts";

const MAX_YAML_FAULTS = 20;
/** To place each takes a walk over the text, and a line may hold a hundred thousand. */
const MAX_LOOKED_AT = 100;

/** The faults of the parser, one a line: the later ones on it follow from the first. */
export function yamlFaults(text: string, errors: readonly YAMLError[]): readonly Fault[] {
  const lines = new Set<number>();
  const unclosed = errors.some(isOfEnd) ? unclosedFault(text) : undefined;
  const inOrder = errors.toSorted((one, other) => one.pos[0] - other.pos[0])
    .slice(0, MAX_LOOKED_AT);
  const faults = inOrder.flatMap((error) => {
    const fault = isOfEnd(error) && unclosed !== undefined ? unclosed : faultOf(text, error);
    const { line } = positionAt(text, fault.offset);
    return lines.has(line) ? [] : lines.add(line) && [fault];
  });
  return faults.slice(0, MAX_YAML_FAULTS);
}

function faultOf(text: string, { code, message, pos: [offset] }: YAMLError): Fault {
  const odd = oddCharacterNear(text, offset);
  if (odd !== undefined) return odd;
  const [, words] = BY_MESSAGE.find(([pattern]) => pattern.test(message)) ?? [];
  return {
    offset,
    path: [],
    message: `not valid YAML: ${words ?? PLAIN_WORDS.get(code) ?? message}`,
  };
}

/** Whether something that was opened is missed at its end, which is far from where it was opened. */
function isOfEnd({ message }: YAMLError): boolean {
  return /sufficiently indented and end with|Missing closing|must end with a/.test(message);
}

function unclosedFault(text: string): Fault | undefined {
  const found = unclosedIn(text);
  if (found === undefined) return undefined;
  const { offset, opener } = found;
  const odd = oddCharacterNear(text, offset);
  if (odd !== undefined) return odd;
  const message = opener === '"' || opener === "'"
    ? `the ${opener} that opens here is never closed; close it, or remove it`
    : `the ${opener} that opens here is never closed; close it, or quote a text that begins with ${opener}`;
  return { offset, path: [], message: `not valid YAML: ${message}` };
}

const INDENTATION =
  "not indented as the lines around it; entries of one list or mapping begin in the same column";

/** Of one code of the parser's, several mistakes. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/cannot start with reserved character/, "a text must not begin with @ or `; quote it"],
  [/directive indicator character/, "a text must not begin with %; quote it"],
  [/cannot start with/, "a text must not begin with this character; quote it"],
  [
    /need to be followed by map values/,
    "a line without a : and a space after its key, as in key: value",
  ],
  [
    /Sequence item without/,
    "a line that is indented less than those it belongs to; line it up with the key above",
  ],
  [
    /Block collections are not allowed/,
    "a list or a mapping of lines within [ ] or { }; write it with [ ] and { } too, or without",
  ],
  [/All (?:collection|mapping|sequence) items must start at the same column/, INDENTATION],
  [/Missing , /, "a comma is missing between two entries"],
  [/Comments must be separated/, "a # without a space before it; put one before a comment"],
];

/** Where the parser's own message would quote the text, or does not say what to do. */
const PLAIN_WORDS: ReadonlyMap<YAMLError["code"], string> = new Map([
  ["BAD_ALIAS", "a text that begins with * is an alias of YAML; quote it"],
  ["BAD_DIRECTIVE", "this % directive is not known; remove the line"],
  ["BAD_DQ_ESCAPE", "an unknown \\ escape between double quotes; write \\\\ or use single quotes"],
  ["BAD_INDENT", INDENTATION],
  [
    "BLOCK_AS_IMPLICIT_KEY",
    "a second key on this line; start a new line, or quote a value with : in it",
  ],
  [
    "MULTILINE_IMPLICIT_KEY",
    "a line without a : after its key, or not indented as the lines around it",
  ],
  ["MULTIPLE_DOCS", "a second document starts here; keep one, without --- or ... lines"],
  ["RESOURCE_EXHAUSTION", "nested too deeply"],
  ["TAB_AS_INDENT", "a tab in the indentation; use spaces"],
  ["TAG_RESOLVE_FAILED", "a ! tag; remove it, or quote a value that starts with !"],
  ["UNEXPECTED_TOKEN", "unexpected text; check the quotes and the indentation of this line"],
]);

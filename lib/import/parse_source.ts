/** The text of a source as a document: JSON where it begins like it, else YAML. */
import { parseJsonSource } from "./json_source.ts";
import type { ParsedSource } from "./source_node.ts";
import { lineFinder } from "./source_node.ts";
import { parseYamlSource } from "./yaml_source.ts";

export function parseSource(text: string, file: string): ParsedSource {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  const offset = text.search(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/);
  if (offset >= 0) {
    const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, "0");
    const message = `the control character U+${code} is not text; remove it`;
    return { ok: false, faults: [{ line: lineFinder(text)(offset), message }] };
  }
  if (text.trim() === "") return { ok: false, faults: [{ line: 1, message: "the file is empty" }] };
  const isJson = /^\s*(?:[[{]|\/[/*])/.test(text) && !/\.ya?ml$/i.test(file);
  if (isJson) return parseJsonSource(text);
  return text.length > MAX_YAML_CHARACTERS ? TOO_LARGE : parseYamlSource(text);
}

/** The parser takes up to a thousand times as much memory; JSON is what large exports are in. */
const MAX_YAML_CHARACTERS = 1024 * 1024;
const TOO_LARGE: ParsedSource = {
  ok: false,
  faults: [{ line: 1, message: "too large: at most 1 MiB of YAML are read; import it in parts" }],
};

import { isMap, isScalar, parseDocument as parseYaml, visit } from "./yaml.ts";
import { yamlFaults } from "./yaml_faults.ts";
import type { Fault } from "./place.ts";
import { type BuildOptions, buildTree, type Tree } from "./tree.ts";

/** A well-formed document whose top level is a mapping. */
export interface Document {
  /** Every string in it that is a value, not a key. */
  readonly strings: readonly string[];
  /** Its plain values, with placeholders replaced. */
  readonly toTree: (replace: BuildOptions["replace"]) => Tree;
}

export type ParsedDocument =
  | { readonly ok: true; readonly document: Document }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/**
 * Reads one document of YAML 1.2, core schema: `no` and dates are text, merge keys (`<<`) and tags
 * are refused, control characters too (YAML 1.2.2, section 5.1). Messages quote no text, because
 * any piece of it may be a credential.
 */
export function parseDocument(text: string): ParsedDocument {
  const unprintable = controlCharacter(text);
  if (unprintable) return { ok: false, faults: [unprintable] };
  // Duplicate keys are found by buildTree: the parser compares each key with every other.
  const yaml = parseYaml(text, {
    prettyErrors: false,
    uniqueKeys: false,
    schema: "core",
    merge: false,
  });
  const faults = yamlFaults(text, [...yaml.errors, ...yaml.warnings]);
  if (faults.length > 0) return { ok: false, faults };
  const { contents } = yaml;
  if (!isMap(contents)) return { ok: false, faults: [notMapping(contents)] };
  const strings: string[] = [];
  visit(contents, {
    Scalar: (key, { value }) => {
      if (key !== "key" && typeof value === "string") strings.push(value);
    },
  });
  const toTree: Document["toTree"] = (replace) => buildTree(contents, { text, replace });
  return { ok: true, document: { strings, toTree } };
}

function controlCharacter(text: string): Fault | undefined {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  const offset = text.search(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/);
  if (offset < 0) return undefined;
  const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, "0");
  return { offset, path: [], message: `the control character U+${code} is not text; remove it` };
}

function notMapping(contents: unknown): Fault {
  const empty = contents === null || (isScalar(contents) && contents.value === null);
  const found = empty ? "the file is empty" : "the top level is not a mapping of keys";
  const message = `${found}; write at least "backends:" and "models:", as the example does that ` +
    "llm-proxy init writes";
  return { offset: 0, path: [], message };
}

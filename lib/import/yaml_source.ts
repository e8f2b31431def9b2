/** A YAML configuration of another program, with the merge keys and anchors that ours does without. */
import { isAlias, isMap, isScalar, isSeq, parseDocument, type YAMLMap } from "../config/yaml.ts";
import { yamlFaults } from "../config/yaml_faults.ts";
import {
  Bounds,
  lineFinder,
  type ParsedSource,
  type SourceFault,
  type SourceNode,
  Unbounded,
} from "./source_node.ts";

/** Reads one document of YAML. A key that is there twice is a fault: which one counts, nobody can tell. */
export function parseYamlSource(text: string): ParsedSource {
  const lineOf = lineFinder(text);
  // Keys that are there twice are found below: the parser compares each with every other.
  const yaml = parseDocument(text, { prettyErrors: false, uniqueKeys: false, schema: "core" });
  const faults = yamlFaults(text, [...yaml.errors, ...yaml.warnings]);
  if (faults.length > 0) {
    return { ok: false, faults: faults.map(({ offset, message }) => at(lineOf(offset), message)) };
  }
  try {
    const walk = new YamlWalk(lineOf);
    const node = walk.node(yaml.contents, { depth: 0, line: 1 });
    return walk.faults.length > 0 ? { ok: false, faults: walk.faults } : { ok: true, node };
  } catch (cause) {
    if (!(cause instanceof Unbounded)) throw cause;
    return { ok: false, faults: [at(cause.line, cause.message)] };
  }
}

function at(line: number, message: string): SourceFault {
  return { line, message };
}

interface Where {
  readonly depth: number;
  /** For what is not written. */
  readonly line: number;
}

const MAX_FAULTS = 20;

class YamlWalk {
  readonly faults: SourceFault[] = [];
  readonly #bounds = new Bounds();
  readonly #anchors = new Map<string, unknown>();
  readonly #lineOf: (offset: number) => number;

  constructor(lineOf: (offset: number) => number) {
    this.#lineOf = lineOf;
  }

  node(node: unknown, where: Where): SourceNode {
    const line = this.#line(node, where.line);
    this.#bounds.enter(where.depth, line);
    const inside = { depth: where.depth + 1, line };
    if (isAlias(node)) return this.#alias(node.source, inside);
    if (isMap(node)) {
      this.#remember(node);
      return { kind: "mapping", line, members: this.#members(node, inside) };
    }
    if (isSeq(node)) {
      this.#remember(node);
      return { kind: "list", line, items: node.items.map((item) => this.node(item, inside)) };
    }
    if (!isScalar(node)) return { kind: "scalar", line, value: null };
    this.#remember(node);
    return { kind: "scalar", line, value: plain(node.value) };
  }

  #remember(node: { readonly anchor?: string | undefined }): void {
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
  }

  #alias(name: string, where: Where): SourceNode {
    if (this.#anchors.has(name)) return this.node(this.#anchors.get(name), where);
    this.#fault(where.line, "this *alias has no &anchor before it; write the value");
    return { kind: "scalar", line: where.line, value: null };
  }

  #members(node: YAMLMap, where: Where): Map<string, SourceNode> {
    const members = new Map<string, SourceNode>();
    const merged: SourceNode[] = [];
    for (const { key, value } of node.items) {
      const line = this.#line(key, where.line);
      const name = isScalar(key) ? String(key.value ?? "") : undefined;
      const member = this.node(value, { ...where, line });
      if (name === undefined) this.#fault(line, "a key that is no text; quote it");
      else if (name === "<<") merged.push(member);
      else if (members.has(name)) this.#fault(line, "the same key twice; keep one");
      else members.set(name, member);
    }
    // What is written beside a merge key counts more, and an earlier merge more than a later one.
    for (const from of merged.flatMap((each) => each.kind === "list" ? each.items : [each])) {
      if (from.kind !== "mapping") this.#fault(from.line, "<< wants a mapping; write the keys out");
      else from.members.forEach((value, name) => members.has(name) || members.set(name, value));
    }
    return members;
  }

  #line(node: unknown, otherwise: number): number {
    const written = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
    return written && node.range ? this.#lineOf(node.range[0]) : otherwise;
  }

  #fault(line: number, message: string): void {
    if (this.faults.length < MAX_FAULTS) this.faults.push(at(line, message));
  }
}

function plain(value: unknown): string | number | boolean | null {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  return value === null || value === undefined ? null : String(value);
}

/** A JSON or JSON5 configuration of another program: comments, single quotes and trailing commas too. */
import { type MemberNode, parse, type ValueNode } from "@humanwhocodes/momoa";
import {
  Bounds,
  type ParsedSource,
  type SourceFault,
  type SourceNode,
  Unbounded,
} from "./source_node.ts";

/** Reads one value of JSON5. A key that is there twice is a fault. https://spec.json5.org */
export function parseJsonSource(text: string): ParsedSource {
  try {
    const faults: SourceFault[] = [];
    const { body } = parse(text, { mode: "json5", allowTrailingCommas: true });
    const node = new JsonWalk(faults).node(body, 0);
    return faults.length > 0 ? { ok: false, faults } : { ok: true, node };
  } catch (cause) {
    return { ok: false, faults: [faultOf(cause)] };
  }
}

function faultOf(cause: unknown): SourceFault {
  if (cause instanceof Unbounded) return { line: cause.line, message: cause.message };
  if (cause instanceof RangeError) return { line: 1, message: "nested too deeply" };
  const line = typeof cause === "object" && cause !== null && "line" in cause ? cause.line : 1;
  const message = "not valid JSON here, or just before: look for a comma, a quotation mark or a " +
    "bracket that is missing or one too many";
  return { line: typeof line === "number" ? line : 1, message };
}

const MAX_FAULTS = 20;

class JsonWalk {
  readonly #bounds = new Bounds();

  constructor(readonly faults: SourceFault[]) {}

  node(node: ValueNode, depth: number): SourceNode {
    const line = node.loc.start.line;
    this.#bounds.enter(depth, line);
    switch (node.type) {
      case "Object":
        return { kind: "mapping", line, members: this.#members(node.members, depth + 1) };
      case "Array": {
        const items = node.elements.map(({ value }) => this.node(value, depth + 1));
        return { kind: "list", line, items };
      }
      case "String":
      case "Number":
      case "Boolean":
        return { kind: "scalar", line, value: node.value };
      case "NaN":
      case "Infinity":
        return { kind: "scalar", line, value: node.type };
      case "Null":
        return { kind: "scalar", line, value: null };
    }
  }

  #members(pairs: readonly MemberNode[], depth: number): Map<string, SourceNode> {
    const members = new Map<string, SourceNode>();
    for (const { name, value, loc: { start: { line } } } of pairs) {
      const key = name.type === "String" ? name.value : name.name;
      const member = this.node(value, depth);
      if (!members.has(key)) members.set(key, member);
      else if (this.faults.length < MAX_FAULTS && this.faults.at(-1)?.line !== line) {
        this.faults.push({ line, message: "the same key twice; keep one" });
      }
    }
    return members;
  }
}

/** A value of the source that knows its place, and whether anybody has made use of it. */
import type { Path } from "../config/problem.ts";
import type { Notes } from "./notes.ts";
import type { SourceNode } from "./source_node.ts";

/** What is said of an entry when one of its parts has been said to be impossible. */
export const LEFT_OUT = "is left out, for what is said of its address";

/** Why what nobody asked for is not carried over; undefined for "there is no such setting". */
export type Explain = (kind: string) => Explanation | undefined;

export interface Explanation {
  readonly why: string;
  /** Of no consequence, so that one line stands for all of a kind. */
  readonly isBookkeeping: boolean;
}

export class Entry {
  #isUsed = false;
  #isOpened = false;
  readonly #inside = new Map<PropertyKey, Entry>();

  constructor(
    readonly node: SourceNode,
    readonly path: Path,
    readonly notes: Notes,
  ) {}

  /** One of a mapping's; undefined where it is not there, or empty. */
  get(name: string): Entry | undefined {
    this.#isOpened = true;
    const node = this.node.kind === "mapping" ? this.node.members.get(name) : undefined;
    if (node === undefined) return undefined;
    const entry = this.#child(name, node);
    if (node.kind !== "scalar" || node.value !== null) return entry;
    entry.use();
    return undefined;
  }

  /** All of a mapping's; none where it is no mapping, which is noted. */
  members(): readonly (readonly [string, Entry])[] {
    if (this.node.kind !== "mapping") return this.#wrong("a mapping", []);
    this.#isOpened = true;
    return [...this.node.members].map(([name, node]) => [name, this.#child(name, node)] as const);
  }

  /** All of a list's; none where it is no list, which is noted. */
  items(): readonly Entry[] {
    if (this.node.kind !== "list") return this.#wrong("a list", []);
    this.#isOpened = true;
    return this.node.items.map((node, index) => this.#child(index, node));
  }

  /** The text of a scalar, or undefined where it is none, which is noted. */
  text(): string | undefined {
    if (this.node.kind !== "scalar") return this.#wrong("a text", undefined);
    this.#isUsed = true;
    return this.node.value === null ? undefined : String(this.node.value);
  }

  number(): number | undefined {
    const { node } = this;
    const value = node.kind !== "scalar" || node.value === "" ? NaN : Number(node.value ?? NaN);
    if (!Number.isFinite(value)) return this.#wrong("a number", undefined);
    this.#isUsed = true;
    return value;
  }

  flag(): boolean | undefined {
    const value = this.node.kind === "scalar" ? String(this.node.value).toLowerCase() : "";
    const flag = FLAGS.get(value);
    if (flag === undefined) return this.#wrong("true or false", undefined);
    this.#isUsed = true;
    return flag;
  }

  textAt(name: string): string | undefined {
    return this.get(name)?.text();
  }

  numberAt(name: string): number | undefined {
    return this.get(name)?.number();
  }

  flagAt(name: string): boolean | undefined {
    return this.get(name)?.flag();
  }

  itemsAt(name: string): readonly Entry[] {
    return this.get(name)?.items() ?? [];
  }

  membersAt(name: string): readonly (readonly [string, Entry])[] {
    return this.get(name)?.members() ?? [];
  }

  /** Whether there is such a member, without making use of it. */
  has(name: string): boolean {
    return this.node.kind === "mapping" && this.node.members.has(name);
  }

  /** It is carried over, with all that is in it. */
  use(): void {
    this.#isUsed = true;
  }

  /** It is not carried over, and that is said. */
  note(why: string): void {
    this.#isUsed = true;
    this.notes.add(this, why);
  }

  /** Another document that stands in a text of this one, such as JSON in a column. */
  inner(node: SourceNode): Entry {
    this.#isUsed = false;
    this.#isOpened = true;
    const entry = new Entry(atLine(node, this.node.line), this.path, this.notes);
    this.#inside.set("", entry);
    return entry;
  }

  /** Notes of all that nobody has used. */
  noteRest(explain: Explain): void {
    if (this.#isUsed) return;
    if (this.#isOpened) {
      if (this.node.kind === "mapping") {
        this.node.members.forEach((node, key) => this.#child(key, node));
      }
      if (this.node.kind === "list") this.node.items.forEach((node, at) => this.#child(at, node));
      this.#inside.forEach((entry) => entry.noteRest(explain));
      return;
    }
    const found = explainAt(this.path, explain);
    if (found?.isBookkeeping) this.notes.addAside(this, found.why);
    else if (isEmpty(this.node)) this.notes.addAside(this, NOTHING_WRITTEN);
    else this.notes.add(this, found?.why ?? NO_SETTING);
  }

  #child(key: PropertyKey, node: SourceNode): Entry {
    const known = this.#inside.get(key);
    if (known !== undefined) return known;
    const entry = new Entry(node, [...this.path, key], this.notes);
    this.#inside.set(key, entry);
    return entry;
  }

  #wrong<T>(wanted: string, otherwise: T): T {
    if (!this.#isUsed && !isNothing(this.node)) {
      this.note(`is not ${wanted}, which it should be; write what it stands for by hand`);
    }
    this.#isUsed = true;
    return otherwise;
  }
}

const NOTHING_WRITTEN = "empty or turned off, and there is no such setting here";
const NO_SETTING = "there is no such setting here";

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "yes", "on", "1"].map((word) => [word, true] as const),
  ...["false", "no", "off", "0"].map((word) => [word, false] as const),
]);

/** By the path itself, else by those above it: what explains a section explains what is in it. */
function explainAt(path: Path, explain: Explain): Explanation | undefined {
  const steps = path.filter((step) => typeof step === "string").map(String);
  for (let length = steps.length; length > 0; length--) {
    const found = explain(steps.slice(0, length).join("."));
    if (found !== undefined) return found;
  }
  return explain(`*.${steps.at(-1) ?? ""}`);
}

function isNothing(node: SourceNode): boolean {
  return node.kind === "scalar" && (node.value === null || node.value === "");
}

/** Whether it says nothing, or turns something off. */
function isEmpty(node: SourceNode): boolean {
  if (node.kind === "mapping") return node.members.size === 0;
  if (node.kind === "list") return node.items.length === 0;
  return [null, "", false, 0].includes(node.value as null);
}

/** All of it on one line of the document around it. */
function atLine(node: SourceNode, line: number): SourceNode {
  if (node.kind === "scalar") return { ...node, line };
  if (node.kind === "list") {
    return { ...node, line, items: node.items.map((item) => atLine(item, line)) };
  }
  const members = [...node.members].map(([name, item]) => [name, atLine(item, line)] as const);
  return { ...node, line, members: new Map(members) };
}

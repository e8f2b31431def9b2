import { isAlias, isMap, isScalar, isSeq, type Pair, type Scalar, type YAMLMap } from "./yaml.ts";
import { invisibleIn, printedQuote } from "./odd_characters.ts";
import type { Parsed } from "./parsed.ts";
import type { Fault, Place } from "./place.ts";
import { coreScalar, hasPlaceholder, isPlainNumber } from "./placeholders.ts";
import { positionAt } from "./position.ts";
import { type Path, shorten } from "./problem.ts";
import { isReserved } from "./reserved_names.ts";
import { mayHoldSecret } from "./secret_paths.ts";

/** A document as plain values, and where each stands. */
export interface Tree {
  /** `undefined` when the document is refused as a whole. */
  readonly value: unknown;
  readonly place: Place;
  readonly faults: readonly Fault[];
  /**
   * By place: the value as a number or boolean, where a placeholder gave the text, in quotes or not.
   * It counts where text is not what is wanted, so that a key of digits stays a key.
   */
  readonly retyped: ReadonlyMap<Place, number | boolean>;
}

export interface BuildOptions {
  /** The document's text, for line numbers. */
  readonly text: string;
  /** The text with its placeholders replaced. */
  readonly replace: (text: string) => Parsed<string>;
}

const MAX_DEPTH = 20;
/** Most values that aliases (`*name`) repeat; what is written out is bounded by the file's size. */
const MAX_REPEATED = 50_000;
const MAX_FAULTS = 1000;

/** The plain values of a YAML node. Refuses what no configuration needs and what grows without bound. */
export function buildTree(root: unknown, options: BuildOptions): Tree {
  return new TreeBuilder(options).build(root);
}

interface Built {
  readonly value: unknown;
  readonly place: Place;
}

interface At {
  readonly path: Path;
  readonly keyOffset: number;
}

/** Thrown to leave the walk; `build` gives its fault. */
class Unbounded extends Error {}

class TreeBuilder {
  readonly #options: BuildOptions;
  readonly #faults: Fault[] = [];
  readonly #retyped = new Map<Place, number | boolean>();
  readonly #anchors = new Map<string, unknown>();
  #aliasDepth = 0;
  #repeated = 0;

  constructor(options: BuildOptions) {
    this.#options = options;
  }

  build(root: unknown): Tree {
    const at = { path: [], keyOffset: 0 };
    try {
      const built = this.#convert(root, at);
      return { ...built, faults: this.#faults, retyped: this.#retyped };
    } catch (cause) {
      if (!(cause instanceof Unbounded)) throw cause;
      const faults = [{ offset: 0, path: [], message: cause.message }];
      return { value: undefined, place: emptyPlace(at), faults, retyped: this.#retyped };
    }
  }

  #convert(node: unknown, at: At): Built {
    if (this.#aliasDepth > 0 && ++this.#repeated > MAX_REPEATED) {
      throw new Unbounded(
        `its aliases of YAML (*name) repeat more than ${MAX_REPEATED} values; write fewer of them`,
      );
    }
    if (at.path.length > MAX_DEPTH) {
      throw new Unbounded(`nested more than ${MAX_DEPTH} levels deep`);
    }
    if (isAlias(node)) return this.#alias(node.source, { ...at, offset: node.range?.[0] ?? 0 });
    if (!isMap(node) && !isSeq(node) && !isScalar(node)) {
      return { value: null, place: emptyPlace(at) };
    }
    if (node.anchor !== undefined && this.#aliasDepth === 0) this.#anchors.set(node.anchor, node);
    if (node.tag !== undefined) this.#fault(at, "! tags are not supported; remove the tag");
    if (isScalar(node)) return this.#scalar(node, at);
    return isMap(node)
      ? this.#mapping(node, at)
      : this.#list(node.items, { ...at, offset: start(node) });
  }

  #alias(name: string, at: At & { readonly offset: number }): Built {
    if (!this.#anchors.has(name)) {
      // Not by its name: a key without quotes may begin with a star.
      this.#fault(at, "this *alias has no &anchor before it");
      return { value: null, place: emptyPlace(at) };
    }
    this.#aliasDepth++;
    const built = this.#convert(this.#anchors.get(name), at);
    this.#aliasDepth--;
    const place = { ...built.place, offset: at.offset };
    const other = this.#retyped.get(built.place);
    if (other !== undefined) this.#retyped.set(place, other);
    return { value: built.value, place };
  }

  #mapping(node: YAMLMap, at: At): Built {
    const inside = new Map<PropertyKey, Place>();
    const entries: [string, unknown][] = [];
    for (const pair of node.items) {
      const key = this.#key(pair, { at, inside });
      if (key === undefined) continue;
      const path = [...at.path, key.name];
      const { value, place } = this.#convert(pair.value, { path, keyOffset: key.offset });
      inside.set(key.name, place);
      entries.push([key.name, value]);
    }
    const place = { offset: start(node), keyOffset: at.keyOffset, written: "a mapping", inside };
    return { value: Object.fromEntries(entries), place };
  }

  #key(
    { key }: Pair,
    { at, inside }: { readonly at: At; readonly inside: ReadonlyMap<PropertyKey, Place> },
  ): { readonly name: string; readonly offset: number } | undefined {
    const offset = isScalar(key) ? start(key) : at.keyOffset;
    const name = isScalar(key) && typeof key.value === "string" ? key.value : undefined;
    const before = name === undefined ? undefined : inside.get(name);
    const message = before === undefined ? refusedKey(name) : this.#duplicate(before);
    if (name !== undefined && message === undefined) return { name, offset };
    const path = name === undefined ? at.path : [...at.path, name];
    this.#fault({ path, keyOffset: offset }, message ?? "");
    return undefined;
  }

  #duplicate(before: Place): string {
    if (this.#faults.length >= MAX_FAULTS) return "the same key twice";
    const { line } = positionAt(this.#options.text, before.keyOffset);
    return `the same key twice: it is also on line ${line}; keep one`;
  }

  #list(items: readonly unknown[], at: At & { readonly offset: number }): Built {
    const built = items.map((item, index) => {
      const offset = start(item) || at.offset;
      return this.#convert(item, { path: [...at.path, index], keyOffset: offset });
    });
    const inside = new Map(built.map(({ place }, index) => [index, place] as const));
    const place = { offset: at.offset, keyOffset: at.keyOffset, written: "a list", inside };
    return { value: built.map(({ value }) => value), place };
  }

  #scalar(node: Scalar, at: At): Built {
    const { value } = node;
    if (value === null) {
      return { value, place: { ...emptyPlace(at), ...node.source === "~" && TILDE } };
    }
    const source = typeof value === "string" ? JSON.stringify(shorten(value)) : node.source ?? "";
    const place = {
      offset: start(node),
      keyOffset: at.keyOffset,
      written: source,
      inside: new Map(),
    };
    if (typeof value === "string") {
      const odd = node.type === "PLAIN" ? printedQuote(value) : undefined;
      if (odd !== undefined) {
        this.#fault(
          { ...at, keyOffset: place.offset },
          `${odd}, which quotes nothing in YAML; write " on both sides`,
        );
      }
      return this.#string(value, { at, place });
    }
    if (typeof value === "number" && !isPlainNumber(source)) {
      const shown = mayHoldSecret(at.path) ? "this" : source;
      this.#fault(
        { ...at, keyOffset: place.offset },
        `${shown} is not a plain decimal number; write it in digits, or quote it if it is a name`,
      );
    }
    return { value, place };
  }

  #string(
    text: string,
    { at, place }: { readonly at: At; readonly place: Place },
  ): Built {
    const replaced = this.#options.replace(text);
    if (!replaced.ok) this.#fault({ ...at, keyOffset: place.offset }, replaced.reason);
    const value = replaced.ok ? replaced.value : text;
    const other = hasPlaceholder(text) ? coreScalar(value) : undefined;
    if (other !== undefined) this.#retyped.set(place, other);
    return { value, place };
  }

  #fault({ path, keyOffset }: At, message: string): void {
    if (this.#faults.length < MAX_FAULTS) this.#faults.push({ offset: keyOffset, path, message });
  }
}

function refusedKey(name: string | undefined): string | undefined {
  if (name === undefined) return "a key must be text; quote it";
  if (name === "") return "a name must not be empty";
  const odd = invisibleIn(name);
  if (odd !== undefined) return `${odd} is in this key; remove it`;
  if (name === "<<") return "merge keys (<<) are not supported; write the keys out";
  return isReserved(name) ? "this name is reserved; choose another" : undefined;
}

/** What a person meant for the home directory. */
const TILDE = { written: "~ without quotes, which is empty in YAML" };

function emptyPlace({ keyOffset }: At): Place {
  return { offset: keyOffset, keyOffset, written: "empty", inside: new Map() };
}

/** 0 for a node that is not written, such as the value in `key:`. */
function start(node: unknown): number {
  const written = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
  return written ? node.range?.[0] ?? 0 : 0;
}

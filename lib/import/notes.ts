/** What an import could not carry over: where it stands, what it is, why not and what to do. */
import { formatPath, type Path, shorten } from "../config/problem.ts";
import { maskCredential } from "../record/mask_secret.ts";
import type { SourceNode } from "./source_node.ts";

export interface Note {
  readonly line: number;
  /** Such as `litellm_settings.callbacks`. */
  readonly path: string;
  /** The value, short and without credentials; empty where there is none to show. */
  readonly shown: string;
  /** Why it is not carried over, and what to do. */
  readonly why: string;
  /** How many more places it stands for. */
  readonly more: number;
}

/** A value of the source. */
interface Place {
  readonly path: Path;
  readonly node: SourceNode;
}

/** One line for a person, such as `config.yaml:12: router_settings.redis_host = "x": …`. */
export function formatNote(file: string, { line, path, shown, why, more }: Note): string {
  const many = more === 0 ? "" : ` (and ${more} more of the kind)`;
  const value = shown === "" ? "" : ` = ${shown}`;
  return oneLine(`${file}:${line}: ${path === "" ? "the whole" : path}${value}${many}: ${why}`);
}

/** With what would break a line, or hide in it, as an escape. */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

const SECRET_NAME =
  /key|token|secret|passw|pwd|auth|credential|cookie|dsn|webhook|database|conn|proxy|salt/i;

/** What is in them has names of its own. */
const HOLDING_SECRETS =
  /^(?:\w*headers?|header_override|environment_variables|env|credential_values)$/i;

/** Whether what stands there may be a credential, by the names on the way to it. */
export function mayBeSecret(path: Path): boolean {
  const steps = path.filter((step) => typeof step === "string").map(String);
  return SECRET_NAME.test(steps.at(-1) ?? "") || steps.some((step) => HOLDING_SECRETS.test(step));
}

/** Whether a header may hold a credential, by its name. */
export function isCredentialHeader(name: string): boolean {
  return /authorization|cookie|key|token|secret|passw/i.test(name);
}

/** A value as it may be shown. */
export function shownValue(node: SourceNode, path: Path): string {
  if (node.kind === "list") return `[${count(node.items.length, "value")}]`;
  if (node.kind === "mapping") return `{${shorten([...node.members.keys()].join(", "))}}`;
  const { value } = node;
  if (typeof value !== "string") {
    return typeof value === "number" && mayBeSecret(path) ? '"****"' : String(value);
  }
  if (value === "") return '""';
  return JSON.stringify(mayBeSecret(path) ? maskCredential(shorten(value)) : shorten(value));
}

/** The path with `[]` for every index: the same for entries of one kind. */
export function kindOfPath(path: Path): string {
  return formatPath(path).replace(/\[\d+\]/g, "[]");
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

/** So many kinds are named in one line. */
const KINDS_A_LINE = 8;

interface Aside {
  readonly line: number;
  readonly kinds: Map<string, number>;
}

/** Collects notes: a line each, but of what is of no consequence one for several kinds. */
export class Notes {
  readonly #notes: Note[] = [];
  readonly #said = new Set<string>();
  readonly #once = new Map<string, number>();
  readonly #asides = new Map<string, Aside>();

  /** What is said of a place already is not said again. */
  add(at: Place, why: string): void {
    const { path, node } = at;
    const identity = `${formatPath(path)}\n${why}`;
    if (this.#said.has(identity)) return;
    this.#said.add(identity);
    const shown = shownValue(node, path);
    this.#notes.push({ line: node.line, path: formatPath(path), shown, why, more: 0 });
  }

  addAt(note: Omit<Note, "more">): void {
    this.#notes.push({ ...note, more: 0 });
  }

  /** The same, but once for all entries of a kind. */
  addOnce(at: Place, why: string): void {
    const kind = `${kindOfPath(at.path)}\n${why}`;
    const known = this.#once.get(kind);
    const note = known === undefined ? undefined : this.#notes[known];
    if (known !== undefined && note !== undefined) {
      this.#notes[known] = { ...note, more: note.more + 1 };
      return;
    }
    this.#once.set(kind, this.#notes.length);
    this.add(at, why);
  }

  /** Of no consequence: bookkeeping, or what is empty or turned off. */
  addAside({ path, node }: Place, why: string): void {
    const aside = this.#asides.get(why) ?? { line: node.line, kinds: new Map<string, number>() };
    const kind = kindOfPath(path);
    aside.kinds.set(kind, (aside.kinds.get(kind) ?? 0) + 1);
    this.#asides.set(why, aside);
  }

  /** In the order of the source. */
  all(): readonly Note[] {
    const asides = [...this.#asides].flatMap(([why, { line, kinds }]) => {
      const named = [...kinds].map(([kind, times]) =>
        times === 1 ? kind : `${kind} (${times} times)`
      );
      const lines = Array.from({ length: Math.ceil(named.length / KINDS_A_LINE) }, (_, index) => {
        return named.slice(index * KINDS_A_LINE, (index + 1) * KINDS_A_LINE).join(", ");
      });
      return lines.map((path): Note => ({ line, path, shown: "", why, more: 0 }));
    });
    return [...this.#notes, ...asides].toSorted((one, other) => one.line - other.line);
  }
}

/** A set of secrets made ready to be looked for, all at once and in every spelling. */
import { type Found, type Needle, NeedleTable } from "./needle_search.ts";
import { SecretHeads } from "./secret_heads.ts";
import { needlesOf, SHORTEST_CHARACTERS } from "./spellings.ts";

/** Spellings from here on make a table of their own: short ones would slow it down. */
const LONG_BYTES = 16;
/** How much of a secret, cut off by the end of a text, gives it away. */
const CUT_FROM_BYTES = 10;
/** What is cut behind more of it than this is found as a whole is. */
const CUT_UNTIL_BYTES = 64;

/** So many secrets are told apart; of further ones only the beginnings are looked for. */
const MOST_TOLD_APART = 256;

/**
 * More than this no request's head holds: what goes beyond is no longer looked for one by one, but all
 * that could hold it is masked.
 */
const MOST_BYTES = 256 * 1024;
const MOST_SECRETS = 16_384;

export class KnownSecrets {
  readonly #needles: ReadonlyMap<string, readonly Needle[]>;
  readonly #rest: ReadonlySet<string>;
  readonly #tables: readonly Pick<NeedleTable, "find">[];
  readonly #cut: NeedleTable | undefined;
  /** Whether there are too many to be looked for. */
  readonly overflows: boolean;
  /** Of the longest spelling. */
  readonly longestBytes: number;

  /** @param rest secrets beyond those that are told apart */
  constructor(needles: ReadonlyMap<string, readonly Needle[]>, rest: ReadonlySet<string>) {
    this.#needles = needles;
    this.#rest = rest;
    const all = [...needles.values()].flat();
    const long = all.filter(({ bytes }) => bytes.length >= LONG_BYTES);
    const short = all.filter(({ bytes }) => bytes.length < LONG_BYTES);
    this.#tables = [
      ...(long.length === 0 ? [] : [new NeedleTable(long, LONG_BYTES)]),
      ...(short.length === 0 ? [] : [new NeedleTable(short, SHORTEST_CHARACTERS)]),
      ...(rest.size === 0 ? [] : [new SecretHeads([...rest])]),
    ];
    const cut = all.filter(({ bytes }) => bytes.length > CUT_FROM_BYTES);
    this.#cut = cut.length === 0 ? undefined : new NeedleTable(cut, CUT_FROM_BYTES);
    this.longestBytes = all.reduce((most, { bytes }) => Math.max(most, bytes.length), 0);
    this.overflows = rest.size > MOST_SECRETS || totalLength(needles.keys(), rest) > MOST_BYTES;
  }

  /** These too. What holds a mask already is no secret, and what is too short a common word. */
  with(values: Iterable<string>): KnownSecrets {
    const needles = new Map(this.#needles);
    const rest = new Set(this.#rest);
    for (const value of values) {
      if (value.length < SHORTEST_CHARACTERS || value.includes("****")) continue;
      if (needles.has(value)) continue;
      if (needles.size < MOST_TOLD_APART) needles.set(value, needlesOf(value));
      else if (rest.size <= MOST_SECRETS) rest.add(value);
    }
    const isNew = needles.size > this.#needles.size || rest.size > this.#rest.size;
    return isNew ? new KnownSecrets(needles, rest) : this;
  }

  /** How many passes `find()` makes. */
  get passes(): number {
    return this.#tables.length;
  }

  /** One pass over what begins from `from` to before `to`; gives where to go on. */
  find(
    pass: number,
    { text, from, to }: { readonly text: Uint8Array; readonly from: number; readonly to: number },
    found: Found,
  ): number {
    return this.#tables[pass]?.find(text, { from, to }, found) ?? text.length;
  }

  /** Finds a secret that the end of the text cuts short. */
  findCut(text: Uint8Array, end: number, found: Found): void {
    if (this.#cut === undefined) return;
    const from = Math.max(0, end - CUT_UNTIL_BYTES);
    const at = this.#cut.candidate(text, { from, to: end }, (at, needles) => {
      return needles.some(({ bytes }) => isPrefix(bytes, text, at, end));
    });
    if (at !== -1) found(at, end, "****");
  }
}

export const NO_SECRETS: KnownSecrets = new KnownSecrets(new Map(), new Set());

function totalLength(...lists: readonly Iterable<string>[]): number {
  return lists.reduce((sum, list) => {
    for (const { length } of list) sum += length;
    return sum;
  }, 0);
}

function isPrefix(bytes: Uint8Array, text: Uint8Array, at: number, end: number): boolean {
  const length = end - at;
  if (length > bytes.length) return false;
  for (let index = 0; index < length; index++) {
    if (bytes[index] !== text[at + index]) return false;
  }
  return true;
}

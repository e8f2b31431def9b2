/** Names of header fields, found without putting every name that is asked about into lower case. */

/** ASCII letters differ by one bit in their two cases. */
const CASE = 0x20;

/** What goes with some names of fields. */
export class FieldTable<Value> {
  readonly #values: ReadonlyMap<string, Value>;
  /** Of each length, the first letters that a name of the table has, upper-case letters as lower-case. */
  readonly #firsts: readonly (readonly number[] | undefined)[];

  /** @param fields by their lower-case names */
  constructor(fields: Iterable<readonly [name: string, value: Value]>) {
    this.#values = new Map(fields);
    const firsts: number[][] = [];
    for (const name of this.#values.keys()) {
      (firsts[name.length] ??= []).push(name.charCodeAt(0) | CASE);
    }
    this.#firsts = firsts;
  }

  /** What goes with that name, in whatever case; undefined where it is none of them. */
  get(name: string): Value | undefined {
    const firsts = this.#firsts[name.length];
    if (firsts === undefined || !firsts.includes(name.charCodeAt(0) | CASE)) return undefined;
    return this.#values.get(name) ?? this.#values.get(name.toLowerCase());
  }
}

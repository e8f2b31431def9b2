/** The fields of a head that speak of its message and connection, out of all of them. */
import type { RawHeaders } from "../wire/headers.ts";

/** Which fields are looked for, by their lower-case name, and where each goes. */
export class HopFieldTable<Key extends string> {
  readonly #keys: ReadonlyMap<string, Key>;
  readonly #lengths: ReadonlySet<number>;

  constructor(fields: readonly (readonly [name: string, key: Key])[]) {
    this.#keys = new Map(fields);
    this.#lengths = new Set(fields.map(([name]) => name.length));
  }

  /**
   * Fills in those that are there. Several lines of a name are one list (RFC 9110, section 5.3); of two
   * lengths the list is none.
   */
  read<Hop extends Record<Key, string | undefined>>(headers: RawHeaders, hop: Hop): Hop {
    const found: Record<Key, string | undefined> = hop;
    for (const [name, value] of headers) {
      const key = this.#lengths.has(name.length) ? this.#keys.get(name.toLowerCase()) : undefined;
      if (key === undefined) continue;
      const before = found[key];
      found[key] = before === undefined ? value : `${before}, ${value}`;
    }
    return hop;
  }
}

/** The fields of a head that speak of its message and connection, out of all of them. */
import { FieldTable } from "../fields/field_table.ts";
import type { RawHeaders } from "../wire/headers.ts";

/** Which fields are looked for, by their lower-case name, and where each goes. */
export class HopFieldTable<Key extends string> {
  readonly #keys: FieldTable<Key>;

  constructor(fields: readonly (readonly [name: string, key: Key])[]) {
    this.#keys = new FieldTable(fields);
  }

  /**
   * Fills in those that are there. Several lines of a name are one list (RFC 9110, section 5.3); of two
   * lengths the list is none.
   */
  read<Hop extends Record<Key, string | undefined>>(headers: RawHeaders, hop: Hop): Hop {
    const found: Record<Key, string | undefined> = hop;
    for (const [name, value] of headers) {
      const key = this.#keys.get(name);
      if (key === undefined) continue;
      const before = found[key];
      found[key] = before === undefined ? value : `${before}, ${value}`;
    }
    return hop;
  }
}

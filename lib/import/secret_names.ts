/** Names for the credentials that stand in a source: they go into `.env`, the configuration has the name. */
import type { LiteralSecret, Text } from "./model.ts";

export interface NamesTaken {
  /** What `.env` says already, by name. */
  readonly file: ReadonlyMap<string, string>;
  readonly env: (name: string) => string | undefined;
  /** Variables that the source names. */
  readonly named: ReadonlySet<string>;
}

export class SecretNames {
  readonly #taken: NamesTaken;
  readonly #byValue = new Map<string, string>();
  readonly #values = new Map<string, string>();

  constructor(taken: NamesTaken) {
    this.#taken = taken;
  }

  /** The text as it stands in the configuration. */
  textOf(text: Text): string {
    return text.kind === "written" ? text.text : `\${${this.#nameOf(text)}}`;
  }

  /** What has to be added to `.env`, in the order of the configuration. */
  added(): ReadonlyMap<string, string> {
    const isNew = ([name]: readonly [string, string]) => !this.#taken.file.has(name);
    return new Map([...this.#values].filter(isNew));
  }

  #nameOf({ value, wanted }: LiteralSecret): string {
    const known = this.#byValue.get(value);
    if (known !== undefined) return known;
    const name = this.#free(wanted, value);
    this.#byValue.set(value, name);
    this.#values.set(name, value);
    return name;
  }

  /** Nothing else may stand behind it: the environment overrides the file. */
  #free(wanted: string, value: string): string {
    const { file, env, named } = this.#taken;
    for (let number = 1;; number++) {
      const name = number === 1 ? wanted : `${wanted}_${number}`;
      const before = [file.get(name), env(name), this.#values.get(name)];
      const isFree = before.every((other) => other === undefined || other === value);
      if (isFree && !(named.has(name) && before.every((other) => other === undefined))) return name;
    }
  }
}

/** The keys with which callers call us: no backend gets to see one, wherever it stood in a head. */
import { namesCredential } from "../dialect/credential_place_names.ts";
import {
  type Carrier,
  type Presented,
  presentedInHeader,
  presentedInParameter,
  SCHEME,
  withoutParameters,
} from "./credentials.ts";
import type { RawHeaders } from "./headers.ts";
import { KeySpellings } from "./key_spellings.ts";
import { withoutSubprotocolKeys } from "./subprotocol_keys.ts";

/** The keys of all callers, made ready once for many requests. */
export class CallersKeySet {
  readonly #keys: ReadonlySet<string>;
  readonly #spellings: KeySpellings;

  constructor(keys: readonly string[]) {
    this.#keys = new Set(keys);
    this.#spellings = new KeySpellings(keys);
  }

  /**
   * The request without any of the keys. Where a credential belongs, one that is such a key goes; from
   * 8 characters on, so does every other header or parameter of the query that holds one, in its name or
   * in its value, in any of their spellings. The path and the body stay as they are.
   */
  leftOut({ headers, target }: Carrier): Carrier {
    const isOne = (presented: Presented | undefined) =>
      presented !== undefined && this.#keys.has(presented.credential);
    const others = headers.filter((header) => {
      return !isOne(presentedInHeader(header)) && !this.#isNamedOne(header);
    });
    const unlabelled = withoutSubprotocolKeys(others, (key) => this.#keys.has(key));
    return {
      headers: withoutHolders(unlabelled, this.#spellings),
      target: withoutParameters(
        target,
        (part) => isOne(presentedInParameter(part)) || this.#spellings.in(part),
      ),
    };
  }

  /** Whether it is a key, however short, in a header that is called like a credential. */
  #isNamedOne([name, value]: RawHeaders[number]): boolean {
    return namesCredential(name) && this.#keys.has(value.replace(SCHEME, "").trim());
  }
}

/** A list, in which browsers send a key among the protocols of which the reply names one. */
const SUBPROTOCOLS = "sec-websocket-protocol";

function withoutHolders(headers: RawHeaders, keys: KeySpellings): RawHeaders {
  return headers.flatMap(([name, value]): RawHeaders => {
    if (keys.inName(name)) return [];
    if (!keys.in(value)) return [[name, value]];
    if (name.toLowerCase() !== SUBPROTOCOLS) return [];
    const kept = value.split(",").filter((entry) => !keys.in(entry));
    return kept.length === 0 ? [] : [[name, kept.join(",").trim()]];
  });
}

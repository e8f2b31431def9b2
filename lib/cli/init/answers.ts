/** What a person has said to `init`. */
import type { Client } from "./clients.ts";
import type { Endpoint, Provider } from "./providers.ts";

export interface ChosenProvider {
  readonly provider: Provider;
  /** The name of its backend; another where the same kind was chosen before. */
  readonly id: string;
  /** Those of the table, for the formats that it speaks. */
  readonly endpoints: readonly Endpoint[];
  /** Where it is, if the table does not say. */
  readonly url: string | undefined;
  readonly variable: string;
  readonly key: Key;
  /** Its name for its main model. */
  readonly model: string;
}

export type Key =
  | { readonly kind: "given"; readonly value: string }
  /** It stands in the environment or in `.env` already. */
  | { readonly kind: "known" }
  /** It is to be put into `.env`. */
  | { readonly kind: "later" }
  /** It needs none. */
  | { readonly kind: "none" };

export interface Answers {
  readonly providers: readonly ChosenProvider[];
  readonly clients: readonly Client[];
}

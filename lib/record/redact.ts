/** Keeps credentials out of what is logged, recorded and shown. What passes is never touched. */

import { replaceInHeader, replaceInQuery } from "./credential_places.ts";
import { maskCredential } from "./mask_secret.ts";
import { maskShapes } from "./secret_shapes.ts";
import {
  anySpelling,
  cutStart,
  type KnownSecret,
  knownSecrets,
  longestFirst,
  mayHold,
  unescaped,
} from "./secret_spellings.ts";

export { credentialsIn } from "./credential_places.ts";
export { maskSecret } from "./mask_secret.ts";

type Header = readonly [name: string, value: string];

/** Masks credentials in text of any kind. Masking what is masked changes nothing. */
export interface Redactor {
  /** Bodies, error messages, log lines. */
  text(text: string): { readonly text: string; readonly masked: boolean };
  headers(pairs: readonly Header[]): Header[];
  /** The request target: credentials in its query are masked, the rest stays byte for byte. */
  target(pathAndQuery: string): string;
  /** One that knows these secrets too. */
  with(secrets: readonly string[]): Redactor;
}

/**
 * A redactor that knows these secrets (the configured ones and those of `credentialsIn()`) in every
 * spelling: as they are, percent-encoded, JSON-escaped and in Base64. Secrets under 6 characters are
 * only masked where they stand as credentials. What nobody named is known by its shape.
 */
export function createRedactor(
  options: { readonly enabled: boolean; readonly secrets: Iterable<string> },
): Redactor {
  if (!options.enabled) return OPEN;
  return knowing(knownSecrets(options.secrets));
}

function knowing(secrets: readonly KnownSecret[]): Redactor {
  const mask = (text: string) => maskShapes(maskKnown(text, secrets));
  return {
    text: (text) => {
      const redacted = mask(text);
      return { text: redacted, masked: redacted !== text };
    },
    headers: (pairs) => {
      const replaced = pairs.map((pair) =>
        [pair[0], replaceInHeader(pair, maskCredential)] as const
      );
      const all = replaced.map(([, value]) => value).join("\n");
      if (mask(all) === all) return replaced; // one pass finds out for all of them
      return replaced.map(([name, value]) => [name, mask(value)] as const);
    },
    target: (pathAndQuery) => mask(replaceInQuery(pathAndQuery, maskCredential)),
    with: (others) => knowing(withThem(secrets, others)),
  };
}

function withThem(
  secrets: readonly KnownSecret[],
  others: readonly string[],
): readonly KnownSecret[] {
  const isNew = (value: string) => !secrets.some((secret) => secret.value === value);
  const more = knownSecrets(others.filter(isNew));
  return more.length === 0 ? secrets : longestFirst([...secrets, ...more]);
}

/** Shows everything, where the operator wants it so. */
const OPEN: Redactor = {
  text: (text) => ({ text, masked: false }),
  headers: (pairs) => [...pairs],
  target: (pathAndQuery) => pathAndQuery,
  with: () => OPEN,
};

function maskKnown(text: string, secrets: readonly KnownSecret[]): string {
  let masked = text;
  for (const { spellings } of secrets) {
    for (const spelling of spellings) {
      if (masked.includes(spelling.text)) {
        masked = masked.replaceAll(spelling.text, () => spelling.mask);
      }
      const cut = cutStart(masked, spelling.text);
      if (cut !== undefined) masked = `${masked.slice(0, cut)}****`;
    }
  }
  return maskEscaped(masked, secrets);
}

/** Masks secrets of which single characters are escaped, which no list of spellings could cover. */
function maskEscaped(text: string, secrets: readonly KnownSecret[]): string {
  const plain = unescaped(text);
  if (plain === text) return text;
  return secrets.filter(({ value }) => mayHold(plain, value))
    .reduce((masked, { value, mask }) => masked.replace(anySpelling(value), () => mask), text);
}

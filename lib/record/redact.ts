/**
 * Keeps credentials out of what is logged, recorded and shown. What passes is never touched. Needs
 * nothing of the event loop: a thread may use it as well.
 */
import { Buffer } from "node:buffer";
import { replaceInHeader, replaceInQuery } from "./credential_places.ts";
import { maskCredential } from "./mask_secret.ts";
import { type KnownSecrets, NO_SECRETS } from "./redact/known_secrets.ts";
import { type MaskedBytes, maskedBytes } from "./redact/masked_bytes.ts";
import { findAll, searchedOf } from "./redact/search.ts";
import type { Searched } from "./redact/shape_search.ts";

export { credentialsIn } from "./credential_places.ts";
export { maskSecret } from "./mask_secret.ts";
export type { MaskedBytes };

type Header = readonly [name: string, value: string];

/** Masks credentials in text of any kind. Masking what is masked changes nothing. */
export interface Redactor {
  /** Error messages, log lines. */
  text(text: string): { readonly text: string; readonly masked: boolean };
  /** Bodies, in UTF-8. */
  bytes(bytes: Uint8Array): MaskedBytes;
  /**
   * The same in steps, between which `turn` lets others work.
   *
   * @param shownBytes only the text's start is wanted, but what begins in it is masked as a whole
   */
  bytesInTurns(
    bytes: Uint8Array,
    options: { readonly turn: () => Promise<void>; readonly shownBytes?: number },
  ): Promise<MaskedBytes>;
  headers(pairs: readonly Header[]): Header[];
  /** The request target: credentials in its query are masked, the rest stays byte for byte. */
  target(pathAndQuery: string): string;
  /** One that knows these secrets too. */
  with(secrets: readonly string[]): Redactor;
}

/**
 * A redactor that knows these secrets (the configured ones and those of `credentialsIn()`) in every
 * spelling that docs/decisions/0023 lists. Secrets under 6 characters are only masked where they stand as
 * credentials. What nobody named is known by its shape, or by the name before it. With more secrets than
 * any request holds, all of a text is masked.
 */
export function createRedactor(
  options: { readonly enabled: boolean; readonly secrets: Iterable<string> },
): Redactor {
  if (!options.enabled) return OPEN;
  return knowing(NO_SECRETS.with(options.secrets));
}

/** Shorter texts hold no credential that is looked for. */
const SHORTEST_BYTES = 6;
const MASK = "****";
/** Longer texts are masked once. */
const SETTLED_CHARACTERS = 4096;

function knowing(known: KnownSecrets): Redactor {
  const text = (given: string) => settled(given, known);
  const redactor: Redactor = {
    text,
    bytes: (bytes) => {
      if (known.overflows) return overflowing(bytes);
      return wholly(masked(searchedOf(bytes), known));
    },
    async bytesInTurns(bytes, { turn, shownBytes = bytes.length }) {
      if (known.overflows) return overflowing(bytes);
      const work = masked(searchedOf(bytes), known, shownBytes);
      for (;;) {
        const step = work.next();
        if (step.done === true) return step.value;
        await turn();
      }
    },
    headers: (pairs) => {
      const replaced = pairs.map((pair) =>
        [pair[0], replaceInHeader(pair, maskCredential)] as const
      );
      const all = replaced.map((pair) => pair.join(": ")).join("\n");
      if (!text(all).masked) return replaced; // one pass finds out for all of them
      return replaced.map(([name, value]) => [text(name).text, text(value).text] as const);
    },
    target: (pathAndQuery) => text(replaceInQuery(pathAndQuery, maskCredential)).text,
    with: (others) => {
      const more = known.with(others);
      return more === known ? redactor : knowing(more);
    },
  };
  return redactor;
}

/** Shows everything, where the operator wants it so. */
const OPEN: Redactor = {
  text: (text) => ({ text, masked: false }),
  bytes: (bytes) => ({ bytes, masked: false }),
  bytesInTurns: (bytes, { shownBytes = bytes.length }) =>
    Promise.resolve({ bytes: bytes.subarray(0, shownBytes), masked: false }),
  headers: (pairs) => [...pairs],
  target: (pathAndQuery) => pathAndQuery,
  with: () => OPEN,
};

const encoder = new TextEncoder();

/** A mask may make a name's value of what was none before it: so until nothing changes, or three times. */
function settled(given: string, known: KnownSecrets) {
  const once = maskedText(given, known);
  if (given.length > SETTLED_CHARACTERS) return once;
  let last = once;
  for (let again = 0; again < 2 && last.masked; again++) last = maskedText(last.text, known);
  return once.masked ? { text: last.text, masked: true } : once;
}

function maskedText(text: string, known: KnownSecrets) {
  if (text.length < SHORTEST_BYTES) return { text, masked: false };
  if (known.overflows) return { text: MASK, masked: true };
  const bytes = encoder.encode(text);
  const searched: Searched = bytes.length === text.length ? { bytes, text } : searchedOf(bytes);
  const redacted = wholly(masked(searched, known));
  if (!redacted.masked) return { text, masked: false };
  const { buffer, byteOffset, length } = redacted.bytes;
  return { text: Buffer.from(buffer, byteOffset, length).toString("utf8"), masked: true };
}

function overflowing(bytes: Uint8Array): MaskedBytes {
  return bytes.length < SHORTEST_BYTES
    ? { bytes, masked: false }
    : { bytes: encoder.encode(MASK), masked: true };
}

/** Yields between steps of the work. */
function* masked(
  searched: Searched,
  known: KnownSecrets,
  shownBytes?: number,
): Generator<void, MaskedBytes> {
  const finds = yield* findAll(searched, known);
  yield;
  return yield* maskedBytes(searched.bytes, finds, shownBytes);
}

/** Work without a pause. */
function wholly<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}

const SHOWN_FROM_CHARACTERS = 16;
const MASK = "****";

/** What a kept end may hold: nothing that could break the JSON, URL or header around it. */
const PLAIN = /^[\w.~+/=-]*$/;
const MASKED = /^[\w.~+/=-]{5}\*{4}[\w.~+/=-]{4}$/;

/**
 * A credential as it may be shown: `sk-ab****cdef`, or `****` when it is under 16 characters or its
 * ends hold anything but letters, digits and `_.~+/=-`. Masking what is masked changes nothing.
 */
export function maskSecret(value: string): string {
  if (MASKED.test(value)) return value;
  const [head, tail] = [value.slice(0, 5), value.slice(-4)];
  if (value.length < SHOWN_FROM_CHARACTERS || !PLAIN.test(head + tail)) return MASK;
  return head + MASK + tail;
}

/** Authentication schemes that keep their name in front of the mask (IANA's registry, and habit). */
const SCHEME =
  /^(\s*(bearer|basic|digest|token|apikey|key|negotiate|dpop|aws4-hmac-sha256)(?:\s+|$))(.*)$/is;

/** A credential after its scheme, if it has one: `Bearer sk-ab****cdef`, but always `Basic ****`. */
export function maskCredential(value: string): string {
  const { scheme, secret } = splitScheme(value);
  if (secret === "") return value;
  if (/basic/i.test(scheme)) return scheme + MASK; // its first characters would spell the user
  return scheme + maskSecret(secret);
}

/** The scheme with the space after it, empty for none; and what follows it. */
export function splitScheme(value: string): { readonly scheme: string; readonly secret: string } {
  const [, scheme = "", , secret = value] = SCHEME.exec(value) ?? [];
  return { scheme, secret };
}

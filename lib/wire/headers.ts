/**
 * Header fields on their way through: what belongs to one hop stays behind, a credential is swapped
 * where the configuration says so, and everything else passes as it came.
 */

/** Name and value pairs in the order they came; values hold one byte a character (latin-1). */
export type RawHeaders = readonly (readonly [string, string])[];

/**
 * Fields that speak of one connection.
 * https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
 */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** Of a request, the next hop's Host and length are its own, and Expect is answered here. */
const REQUEST_HOP: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  "host",
  "content-length",
  "expect",
]);

/** Of a reply, trailers are not relayed, nor is what announces them: a listener may refuse to send it. */
const REPLY_HOP: ReadonlySet<string> = new Set([...HOP_BY_HOP, "trailer"]);

/** Fields that a `Connection` header may not take away: the message means something else without them. */
const NEVER_NOMINATED: ReadonlySet<string> = new Set([
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "api-key",
  "content-type",
  "content-encoding",
  "content-length",
]);

/** Where the vendors' clients put an API key. */
export const CREDENTIAL_HEADERS = ["authorization", "x-api-key", "x-goog-api-key", "api-key"];

/** Further fields that prove who the caller is; no business of a backend whose key is injected. */
const OTHER_CREDENTIALS = ["proxy-authorization", "cookie"];

/** A request's headers less those of the hop. */
export function requestHeaders(headers: RawHeaders): RawHeaders {
  return without(headers, REQUEST_HOP);
}

/** A reply's headers less those of the hop. Its Content-Length stays: the body's bytes do too. */
export function replyHeaders(headers: RawHeaders): RawHeaders {
  return without(headers, REPLY_HOP);
}

/** The headers of a reply that the caller gets; those of a 101 with what makes it one. */
export function headersForCaller(
  { status, headers }: { readonly status: number; readonly headers: RawHeaders },
): RawHeaders {
  const kept = replyHeaders(headers);
  return status === 101 ? switchingHeaders(headers, new Set(kept)) : kept;
}

/** A 101 has no body, and so no length. */
function switchingHeaders(
  headers: RawHeaders,
  kept: ReadonlySet<RawHeaders[number]>,
): RawHeaders {
  return headers.flatMap((header): RawHeaders => {
    const [name] = header;
    const lower = name.toLowerCase();
    if (lower === "connection") return [[name, "Upgrade"]];
    if (lower === "upgrade") return [header];
    return lower !== "content-length" && kept.has(header) ? [header] : [];
  });
}

/** The value of the first field of that name, which is lower-case. */
export function headerValue(headers: RawHeaders, name: string): string | undefined {
  return headers.find(([key]) => key === name || key.toLowerCase() === name)?.[1];
}

/**
 * The headers with `key` as their only credential: in the place where the caller's stood, else in
 * `wanted`, the one the dialect uses.
 */
export function injectCredential(headers: RawHeaders, key: string, wanted: string): RawHeaders {
  const theirs = CREDENTIAL_HEADERS.find((name) => headerValue(headers, name) !== undefined);
  const place = theirs ?? wanted;
  return [
    ...withoutCredentials(headers),
    [place, place === "authorization" ? `Bearer ${key}` : key],
  ];
}

/** The headers without any that prove who the caller is. */
export function withoutCredentials(headers: RawHeaders): RawHeaders {
  const dropped = new Set([...CREDENTIAL_HEADERS, ...OTHER_CREDENTIALS]);
  return headers.filter(([name]) => !dropped.has(name.toLowerCase()));
}

/** `key` in every percent-encoding that a backend would decode. */
const KEY_PARAMETER = /^(?:k|%6[Bb])(?:e|%65)(?:y|%79)(?:=|$)/;

/** The query without its `key` parameters, in which Gemini's callers send a credential. */
export function withoutQueryKey(target: string): string {
  const mark = target.indexOf("?");
  if (mark < 0) return target;
  const kept = target.slice(mark + 1).split("&").filter((part) => !KEY_PARAMETER.test(part));
  return kept.length === 0 ? target.slice(0, mark) : `${target.slice(0, mark)}?${kept.join("&")}`;
}

function without(headers: RawHeaders, hop: ReadonlySet<string>): RawHeaders {
  const nominated = nominatedBy(headers);
  return headers.filter(([name]) => {
    const lower = name.toLowerCase();
    return !hop.has(lower) && !nominated.has(lower);
  });
}

function nominatedBy(headers: RawHeaders): ReadonlySet<string> {
  const names = headers.filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.toLowerCase().split(",").map((name) => name.trim()));
  return new Set(names.filter((name) => !NEVER_NOMINATED.has(name)));
}

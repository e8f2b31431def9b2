/** Header fields on their way through: what belongs to one hop stays behind, all else passes as it came. */

import { FieldTable } from "../fields/field_table.ts";
import { isField } from "../fields/is_field.ts";

/** Name and value pairs in the order they came; values hold one byte a character (latin-1). */
export type RawHeaders = readonly (readonly [string, string])[];

/** What becomes of a field of a hop: it is left out, and one of them names others to leave out. */
type HopField = "left out" | "names others";

/**
 * Fields that speak of one connection; trailers are not relayed, nor is what announces them.
 * https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
 */
const HOP_BY_HOP: readonly string[] = [
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/**
 * Of a request, the next hop's Host and length are its own, Expect is answered here, and a credential
 * for a proxy is none for a backend. https://www.rfc-editor.org/rfc/rfc9110#section-11.7.2
 */
const REQUEST_HOP = hopFields(["host", "content-length", "expect", "proxy-authorization"]);

/** Of a reply, what asks for such a credential, or answers one. */
const REPLY_HOP = hopFields(["proxy-authenticate", "proxy-authentication-info"]);

function hopFields(more: readonly string[]): FieldTable<HopField> {
  const names = [...HOP_BY_HOP, ...more];
  return new FieldTable<HopField>([
    ["connection", "names others"],
    ...names.map((name) => [name, "left out"] as const),
  ]);
}

/**
 * Fields that a `Connection` header may not take away: they are for every recipient, and the message
 * means something else without them (RFC 9110, section 7.6.1, forbids to name them).
 */
const NEVER_NOMINATED: ReadonlySet<string> = new Set([
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "api-key",
  "cookie",
  "set-cookie",
  "content-type",
  "content-encoding",
  "content-length",
  "content-disposition",
  "content-range",
  "accept",
  "accept-encoding",
  "accept-language",
  "user-agent",
  "range",
  "cache-control",
  "etag",
  "if-match",
  "if-none-match",
  "location",
  "retry-after",
  "idempotency-key",
  "anthropic-version",
  "anthropic-beta",
  "openai-beta",
  "openai-organization",
  "openai-project",
]);

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
  for (const header of headers) if (isField(header, name)) return header[1];
  return undefined;
}

/** How much memory they take, roughly. */
export function headerBytes(headers: RawHeaders): number {
  return headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

function without(headers: RawHeaders, hop: FieldTable<HopField>): RawHeaders {
  const kept: (RawHeaders[number])[] = [];
  let nominated: Set<string> | undefined;
  for (const header of headers) {
    const field = hop.get(header[0]);
    if (field === undefined) kept.push(header);
    else if (field === "names others") {
      for (const name of nominatedBy(header[1])) (nominated ??= new Set()).add(name);
    }
  }
  if (nominated === undefined) return kept;
  const unwanted = nominated;
  return kept.filter(([name]) => !unwanted.has(name.toLowerCase()));
}

/** What nearly every Connection header says, and names no field by it. */
const OPTIONS: ReadonlySet<string> = new Set(["keep-alive", "close", "upgrade"]);

function nominatedBy(connection: string): string[] {
  const lower = connection.toLowerCase();
  if (OPTIONS.has(lower)) return [];
  return lower.split(",").map((name) => name.trim())
    .filter((name) => !NEVER_NOMINATED.has(name));
}

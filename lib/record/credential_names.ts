/** Which names, by themselves, say that a credential follows. */

const SURE_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "x-api-key",
  "x-goog-api-key",
  "api-key",
]);

const LIKELY_HEADER =
  /token(?!s|iz)|secret|passw|api-?_?key|jwt|credential(?!s)|auth(?!or(?!iz)|enticate)|[-_]key$/;
const HARMLESS_HEADER =
  /rate-?limit|token-(?:count|limit|usage)|(?:idempotency|cache|websocket)-key$/;

/** sure: it holds a credential. likely: shown masked, but not looked for elsewhere when short. */
export type Certainty = "sure" | "likely" | "no";

/** How certainly a header's value is a credential; cookies and subprotocols are not asked here. */
export function headerCertainty(lowerName: string): Certainty {
  if (SURE_HEADERS.has(lowerName)) return "sure";
  return LIKELY_HEADER.test(lowerName) && !HARMLESS_HEADER.test(lowerName) ? "likely" : "no";
}

/** Whether a log shows this header masked, wholly or in part. */
export function isCredentialHeader(lowerName: string): boolean {
  return PARTLY.has(lowerName) || headerCertainty(lowerName) !== "no";
}

const PARTLY: ReadonlySet<string> = new Set(["cookie", "sec-websocket-protocol"]);

const PARAMETER_NAMES = [
  "(?:x[-_])?(?:goog[-_])?api[-_]?key",
  "key",
  "(?:access|auth|id|refresh|session)[-_]?token",
  "token",
  "auth(?:orization)?",
  "(?:client[-_]?)?secret",
  "password",
  "subscription-key",
  "sig(?:nature)?",
  "x-(?:amz|goog)-(?:signature|security-token|credential)",
].join("|");
const PARAMETER = new RegExp(`^(?:${PARAMETER_NAMES})$`, "i");

/** Whether a query parameter of this (decoded) name carries a credential. */
export function isCredentialParameter(name: string): boolean {
  return PARAMETER.test(name);
}

/** A credential parameter of a URL quoted in text, up to its value; the value is group 1. */
export const QUOTED_PARAMETER = new RegExp(
  `[?&](?:${PARAMETER_NAMES})=([^&\\s"'#\\\\<>]{8,})`,
  "gi",
);

const MEMBER_NAMES = [
  "(?:x-)?(?:goog-)?api[-_]?key",
  "(?:proxy-)?authorization",
  "(?:access|auth|id|refresh|session|bearer)[-_]?token",
  "(?:client|app|api|aws)?[-_]?secret(?:[-_]?(?:access[-_]?)?key)?",
  "private[-_]?key",
  "password",
].join("|");

/**
 * The start of a JSON member with a credential's name and a string value, up to and including the
 * value's opening quote. Group 1 is what escapes the quotes: nothing, or the backslashes that JSON
 * inside a JSON string brings. Linear: a match starts at a quote and nothing in it repeats twice.
 */
export const CREDENTIAL_MEMBER = new RegExp(
  `"(?:${MEMBER_NAMES})(\\\\{0,15})"\\s*:\\s*\\1"`,
  "gi",
);

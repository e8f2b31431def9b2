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

/** Whether a query parameter of this (decoded) name carries a credential. */
export function isCredentialParameter(name: string): boolean {
  return PARAMETER.test(name) || certaintyOfName(name) === "sure";
}

const PARAMETER = new RegExp(
  `^(?:${
    [
      "(?:x[-_])?(?:goog[-_])?api[-_]?key",
      "key",
      "token",
      "auth",
      "secret",
      "subscription-key",
      "sig(?:nature)?",
      "x-(?:amz|goog)-(?:signature|security-token|credential)",
    ].join("|")
  })$`,
  "i",
);

export type NameCertainty = "sure" | "likely" | "strict" | "no";

/**
 * How certainly a name in a text (`api_key`, `apiKey`, `X-Api-Key`, `OPENAI_API_KEY`, …) means that a
 * credential follows. likely: where what follows looks like one. strict: only where it can be nothing
 * else, since maps have keys, too.
 */
export function certaintyOfName(name: string): NameCertainty {
  const joined = name.toLowerCase().replace(/[-_.]/g, "");
  if (SURE_NAME.test(joined)) return "sure";
  if (HARMLESS_NAME.test(joined)) return "no";
  if (LIKELY_NAME.test(joined)) return "likely";
  return STRICT_NAME.test(joined) ? "strict" : "no";
}

const SURE_NAME = new RegExp(
  `(?:${
    [
      "(?:api|access|secret|private|subscription|master|signing|encryption|account|admin|auth|license)keys?",
      "secretaccesskey",
      "(?:access|auth|id|refresh|session|bearer|api|secret|private|bot|oauth|security|deploy|personal)tokens?",
      "(?<!is|has|no)secrets?",
      "passw(?:or)?ds?",
      "passphrase",
      "(?<!old|^|set)pwd",
      "authorization",
    ].join("|")
  })$`,
);
const LIKELY_NAME =
  /(?:tokens?|credentials?|signature|sig|jwt|bearer|passcode|auth|pwd|pass|secretkeybase)$/;
const STRICT_NAME = /keys?$/;
const HARMLESS_NAME = new RegExp(
  `(?:${
    [
      "(?:page|next|prev|continuation|cursor|prompt|completion|max|min|total|input|output|cached|reasoning|eos" +
      "|bos|pad|unk|sep|cls|mask|special|stop|start|end|image|num|count|limit|budget|remaining|sync)tokens?",
      "(?:idempotency|cache|websocket|primary|foreign|sort|partition|public|object|row|hash|index|dedup" +
      "|group|routing|shard)keys?",
      "(?:anthropic|ratelimit.*)tokens?",
      "bypass",
      "(?:^|old|set)pwd",
      "compass",
    ].join("|")
  })$`,
);

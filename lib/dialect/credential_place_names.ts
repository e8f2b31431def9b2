/** Which headers and parameters carry a credential, by their names alone. */

/**
 * Whether it does to some server: `X_Api_Key` as well as `xi-api-key`, `X-Forwarded-Authorization`,
 * `access_token`.
 *
 * @param name of a header or a parameter, decoded
 */
export function namesCredential(name: string): boolean {
  if (!WORD.test(name)) return false;
  if (SHORT.test(name)) return true;
  return CREDENTIAL.test(name.replace(/[^a-z\d]/gi, ""));
}

/** One of these is in every such name, and in few others. */
const WORD = /auth|k.?e.?y|token|cookie|secret|passw|credential|vk|jwt|pat/i;

/** What is too short to be looked for at the end of any word. */
const SHORT = /(?:^|[^a-z\d])(?:auth|cookies?|vk|jwt|pat)$|^(?:x.)?(?:key|token|secret)$/i;

/** No `-key` or `-token` of any kind: `Idempotency-Key` and `X-Continuation-Token` are nobody's credential. */
const CREDENTIAL = new RegExp(
  "(?:" + [
    "authori[sz]ation",
    "authentication",
    "(?:api|access|secret|subscription|auth|virtual|master|functions|private|account|client|license|service|proxy)key",
    "(?:api|access|auth|bearer|refresh|security|private|identity|session|oauth|jwt|user|client|service|csrf|xsrf)token",
    "secret",
    "passw(?:or)?d",
    "credentials?",
  ].join("|") + ")$",
  "i",
);

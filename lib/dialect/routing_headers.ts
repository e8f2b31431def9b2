/** Which headers make another call of a request, to some server: another model, method, path, host or body. */

/** What a header asks for, to some server. */
export type HeaderMeaning = "model" | "method" | "path" | "route" | "framing" | "none";

/** As CGI, WSGI, Rack and PHP read a name: in any case, and every sign like any other. RFC 3875, section 4.1.18 */
export function foldedHeader(name: string): string {
  return name.toLowerCase().replace(/[^a-z\d]/g, "-");
}

/** @param name in any case and spelling */
export function headerMeaning(name: string): HeaderMeaning {
  const folded = foldedHeader(name);
  if (METHOD.test(folded)) return "method";
  if (PATH.test(folded)) return "path";
  if (FRAMING.test(folded)) return folded === name.toLowerCase() ? "none" : "framing";
  if (movesCall(folded) || DESTINATION.test(folded)) return "route";
  return /model|fallback/.test(folded) ? "model" : "none";
}

/** By these some servers take another method than the request line's. */
const METHOD = /^(?:x-)?(?:http-)?method(?:-override)?$/;

/** And by these another path. */
const PATH =
  /^x-(?:original|rewrite|rewritten|forwarded|override|http)-(?:request-|rewrite-|override-)?(?:ur[il]|path)$/;

/** What tells how the body is read: under another spelling it is a second one, to some. */
const FRAMING = /^(?:content-(?:type|length|encoding)|transfer-encoding)$/;

/** Where a call goes, said by the whole name. */
const DESTINATION =
  /^(?:x-)?(?:(?:llm|openai|anthropic|azure|gemini|google|ai|api|target|upstream|custom|override)-)*(?:engine|deployment|endpoint|(?:proxy-)?ur[il]|router?|provider)(?:-(?:id|name))?$/;

/** Gateways whose headers say where a call goes, with which key, through what; and what follows. */
const GATEWAY =
  /^(?:x-)?(?:portkey|helicone|litellm|cf-aig|bf|kong|openrouter|tfy|requesty|orq|braintrust|ai-gateway|vercel-ai)-(.+)$/;

/** What only notes, stores, times or proves; anything else may be routing, which no list can hold. */
const NOTES =
  /^(?:trace|span|session|user|customer|end-user|agent|metadata|property|properties|tags?|spend-logs|cache|skip-cache|request-(?:id|timeout)|timeout|stream-timeout|retry|max-attempts|num-retries|backoff|log|collect-log|event|call-id|omit|title|app|auth|authorization|api-key)(?:-|$)/;

/** Where no gateway is named: to which server, or by whose hand. */
const MOVING =
  /(?:^|-)(?:(?:target|upstream|destination|backend|custom|override|base|api|llm|openai|anthropic|azure|gemini|google)-(?:api-)?(?:ur[il]|host|base|endpoint|server)|providers?|virtual-key|custom-host)(?:-|$)/;

function movesCall(folded: string): boolean {
  const [, rest] = GATEWAY.exec(folded) ?? [];
  return rest === undefined ? MOVING.test(folded) : !NOTES.test(rest) || MOVING.test(rest);
}

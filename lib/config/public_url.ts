import type { Parsed } from "./parsed.ts";

/** Where browsers find the dashboard: the address of a proxy before it. */
export interface PublicUrl {
  /** As a browser sends it: `https://example.org`, with the port where it is not the usual one. */
  readonly origin: string;
  /** In lower case, without brackets and without the port. */
  readonly hostname: string;
  /** From a slash to a slash: `/llm/`, or `/`. */
  readonly path: string;
}

/** An absolute http(s) URL without query, fragment or user information; a last slash may be left out. */
export function parsePublicUrl(text: string): Parsed<PublicUrl> {
  const reason = whyNot(text);
  if (reason !== undefined) return { ok: false, reason };
  const { origin, hostname, pathname } = new URL(text);
  const path = pathname.replace(/\/*$/, "/");
  return { ok: true, value: { origin, hostname: hostname.replace(/^\[|\]$/g, ""), path } };
}

const WANTED = "must be the full address that browsers open, such as https://example.org/llm/";

function whyNot(text: string): string | undefined {
  if (!/^https?:\/\/[^/\\\s]/i.test(text) || /[\\\s]/.test(text) || !URL.canParse(text)) {
    return WANTED;
  }
  if (text.includes("?")) return `${WANTED}, without a query (no ? in it)`;
  if (text.includes("#")) return "must end before the # (what follows it is the page's own)";
  if (/^https?:\/\/[^/]*@/i.test(text)) return "must have no user name or password; write token";
  // A cookie's path ends at a semicolon: https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1
  return /\/\/|;/.test(new URL(text).pathname) ? "must have no // and no ; in its path" : undefined;
}

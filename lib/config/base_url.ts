import type { Parsed } from "./parsed.ts";

/** A backend's `url` in its two parts. */
export interface BaseUrl {
  readonly origin: string;
  /** Without a trailing slash; empty for none. */
  readonly basePath: string;
}

/** An absolute http(s) URL without query, fragment or user information. Reasons never quote it. */
export function parseBaseUrl(text: string): Parsed<BaseUrl> {
  const reason = whyNot(text);
  if (reason !== undefined) return { ok: false, reason };
  const { origin, pathname } = new URL(text);
  return { ok: true, value: { origin, basePath: pathname.replace(/\/+$/, "") } };
}

function whyNot(text: string): string | undefined {
  if (!/^https?:\/\/[^/\\\s]/i.test(text) || /[\\\s]/.test(text) || !URL.canParse(text)) {
    return /^[\w.-]+\.\w+(?::\d+)?(?:\/[\w./-]*)?$/.test(text) ? SCHEMELESS : WANTED;
  }
  if (text.includes("?")) return "must have no query (no ? in it)";
  if (text.includes("#")) return "must have no fragment (no # in it)";
  if (/^https?:\/\/[^/]*@/i.test(text)) return "must have no user name or password; write api_key";
  return undefined;
}

const SCHEMELESS = "must begin with https:// or http://";
const WANTED = "must be a full http:// or https:// URL, such as https://api.provider-a.com/v1";

import type { Parsed } from "./parsed.ts";
import type { Proxy } from "./snapshot.ts";

const KINDS: ReadonlyMap<string, Proxy["kind"]> = new Map([
  ["http:", "http"],
  ["https:", "https"],
  ["socks5:", "socks5"],
  ["socks5h:", "socks5"],
]);

const PORTS: Readonly<Record<Proxy["kind"], number>> = { http: 80, https: 443, socks5: 1080 };

/** Most bytes of a user name or a password. https://www.rfc-editor.org/rfc/rfc1929#section-2 */
const MAX_SOCKS_BYTES = 255;

/** A backend's `proxy`: a proxy's URL, or `direct` for none. Reasons never quote it. */
export function parseProxy(text: string): Parsed<Proxy | "direct"> {
  if (text === "direct") return { ok: true, value: "direct" };
  if (/^(?:none|no|off|false|disabled?|null|)$/i.test(text)) return refused(NONE);
  if (/^[\w.-]+:\d+\/?$/.test(text)) return refused(SCHEMELESS);
  return parseProxyUrl(text);
}

/** A proxy's URL, perhaps with a user name and password. Reasons never quote it. */
export function parseProxyUrl(text: string): Parsed<Proxy> {
  if (!/^[a-z\d]+:\/\/[^/\\\s?#]+\/?$/i.test(text) || !URL.canParse(text)) return refused(WANTED);
  const url = new URL(text);
  const kind = KINDS.get(url.protocol);
  if (kind === undefined || url.hostname === "") return refused(WANTED);
  const user = decoded(url.username);
  const password = decoded(url.password);
  if (user === undefined || password === undefined) return refused(ENCODED);
  if (kind === "socks5" && [user, password].some(isTooLong)) return refused(TOO_LONG);
  const hostname = url.hostname.replace(/^\[|\]$/g, "");
  const port = url.port === "" ? PORTS[kind] : Number(url.port);
  return { ok: true, value: { kind, hostname, port, user, password } };
}

const WANTED =
  'must be "direct" or a proxy\'s URL, http, https or socks5, without a path, such as ' +
  "http://127.0.0.1:7890 or socks5://127.0.0.1:1080";
const NONE = 'must be "direct" where there is to be no proxy';
const SCHEMELESS = "must begin with http://, https:// or socks5://";
const ENCODED = "must have % in its user name or password written as %25";
const TOO_LONG = "must have a user name and a password of at most 255 bytes for SOCKS5";

function refused(reason: string): Parsed<never> {
  return { ok: false, reason };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function isTooLong(text: string): boolean {
  return new TextEncoder().encode(text).length > MAX_SOCKS_BYTES;
}

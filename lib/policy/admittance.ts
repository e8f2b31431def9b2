/** The checks every request passes before anything else looks at it. */
import type { Snapshot } from "../config/snapshot.ts";
import type { Problem } from "../dialect/dialect.ts";
import { isField } from "../fields/is_field.ts";
import type { RawHeaders } from "../wire/headers.ts";

/** A registered name or address, and a port. https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
const HOST = /^(?:[\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

const LOOPBACK_NAME = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i;

/** Methods that ask a proxy to become something else, or to echo what it was sent. */
const REFUSED_METHODS: ReadonlySet<string> = new Set(["CONNECT", "TRACE"]);

export interface Asking {
  readonly method: string;
  readonly headers: RawHeaders;
  /** Of `HTTP/1.x`, default 1: 0 needs no Host, and no browser speaks it. */
  readonly minorVersion?: 0 | 1;
  /** Whether this proxy sent it itself. */
  readonly isOwn?: boolean;
}

/** Why a request is turned away at the door; undefined lets it in. */
export function refusedAtTheDoor(
  { method, headers, minorVersion = 1, isOwn = false }: Asking,
  snapshot: Snapshot,
): Problem | undefined {
  if (isOwn) return LOOP;
  const [host, ...moreHosts] = valuesOf(headers, "host");
  if (moreHosts.length > 0) {
    return invalidHost(`The Host header stands ${moreHosts.length + 1} times`);
  }
  if (host === undefined && minorVersion !== 0) return invalidHost("The Host header is missing");
  if (host !== undefined && !HOST.test(host)) {
    return invalidHost(`Host ${shown(host)} is not a host name with an optional port`);
  }
  if (REFUSED_METHODS.has(method)) return methodNotAllowed(method);
  return spendsAKey(snapshot) ? foreign(host, headers) : undefined;
}

function invalidHost(what: string): Problem {
  const message = `${what}. Send one, with the address that is called, such as 127.0.0.1:8080.`;
  return { status: 400, code: "invalid_host", message };
}

function methodNotAllowed(method: string): Problem {
  const message =
    `${method} is not supported: it asks a proxy to become a tunnel, or to show what it ` +
    "was sent. Call the API's own methods, with the proxy's address as base URL.";
  return { status: 405, code: "method_not_allowed", message };
}

const SHOWN_CHARACTERS = 80;

/** What stands before an `@` may be somebody's password. */
function shown(value: string): string {
  const safe = value.replace(/^.*@/s, "****@");
  return JSON.stringify(
    safe.length > SHOWN_CHARACTERS ? `${safe.slice(0, SHOWN_CHARACTERS)}…` : safe,
  );
}

/** https://www.rfc-editor.org/rfc/rfc5842#section-7.2 */
const LOOP: Problem = {
  status: 508,
  code: "loop_detected",
  message:
    "This request came to llm-proxy from llm-proxy itself: the url of the backend that it was " +
    "sent to leads back to the proxy's own port. Set that url to the address of the API it stands for.",
};

function valuesOf(headers: RawHeaders, name: string): string[] {
  return headers.filter((header) => isField(header, name)).map(([, value]) => value);
}

/** Whether whoever reaches the port spends a key of the operator's; `clients: []` wants it so. */
function spendsAKey({ backends, callers }: Snapshot): boolean {
  if (callers !== undefined) return false;
  for (const { auth, enabled } of backends.values()) if (auth === "inject" && enabled) return true;
  return false;
}

/**
 * A page of somebody else's, opened in the operator's own browser, can reach a loopback port: its
 * Origin, or after DNS rebinding its Host, gives it away; where it sends no Origin (a link, a picture,
 * a form that GETs), what the browser says of where the request comes from. A Referer proves nothing:
 * pages can leave it out. https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 */
function foreign(host: string | undefined, headers: RawHeaders): Problem | undefined {
  const what = foreignPart(host, headers);
  if (what === undefined) return undefined;
  const message = `${what}. A backend here injects a key, so only programs on this machine may ` +
    "call. To let others in, write clients into the configuration.";
  return { status: 403, code: "foreign_origin", message };
}

/** Pages of the very origin, of which there are none, and what a person typed. */
const OWN_SITES: ReadonlySet<string> = new Set(["same-origin", "none"]);

function foreignPart(host: string | undefined, headers: RawHeaders): string | undefined {
  if (host !== undefined && !isLoopback(host)) {
    return `Host ${shown(host)} is not a loopback address`;
  }
  const origins = valuesOf(headers, "origin");
  const origin = origins.find((origin) => !isLoopback(origin.replace(SCHEME, "")));
  if (origin !== undefined) return `Origin ${shown(origin)} is not a loopback address`;
  if (origins.length > 0) return undefined;
  const site = valuesOf(headers, "sec-fetch-site").find((site) => !OWN_SITES.has(site));
  return site === undefined
    ? undefined
    : `Sec-Fetch-Site ${shown(site)} says that a page of another site asks`;
}

const SCHEME = /^[a-z][a-z\d+.-]*:\/\//i;

function isLoopback(authority: string): boolean {
  return LOOPBACK_NAME.test(authority.replace(/:\d+$/, ""));
}

/**
 * Keeps other people's web pages out. A page that is open in the operator's browser can send requests
 * to a loopback port: its Origin or Sec-Fetch-Site gives it away, after DNS rebinding its Host does.
 * https://www.w3.org/TR/fetch-metadata/
 */
import { isLoopback } from "../config/listen_address.ts";
import type { PublicUrl } from "../config/public_url.ts";
import type { ListenAddress } from "../config/snapshot.ts";
import type { RawHeaders } from "../wire/headers.ts";
import type { AdminProblem } from "./answers.ts";

export interface GuardedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: RawHeaders;
}

export interface GuardOptions {
  /** Where the admin port listens. */
  readonly address: ListenAddress;
  readonly hasToken: boolean;
  /** Where browsers find it through a proxy, where the configuration says. */
  readonly publicUrl?: PublicUrl | undefined;
  /**
   * Whether the caller has shown the token itself. No page of another site's knows it, and no browser
   * sends it along by itself as it does a cookie: whatever Host and Origin are, it is no such page.
   */
  readonly isProven?: boolean;
}

/** Calls that change something carry it: no form can, and a script of another site's may not. */
export const MARK_HEADER = "x-llm-proxy";

const HOST = /^(?<name>[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST"]);

/** A reload may take the token away, but not the address: that one takes a restart. */
const TOKEN_GONE: AdminProblem = {
  status: 403,
  code: "no_token",
  message: "This port is open to other machines, and admin.token is gone. Restart the proxy.",
};

/** Why a request is turned away; undefined lets it in. */
export function refusedByGuard(
  request: GuardedRequest,
  options: GuardOptions,
): AdminProblem | undefined {
  if (!options.hasToken && !isLoopback(options.address)) return TOKEN_GONE;
  const hosts = valuesOf(request.headers, "host");
  const [host = ""] = hosts;
  const isProven = options.isProven === true;
  if (!isProven && (hosts.length !== 1 || !isAllowedHost(host, options))) {
    return foreignHost(host, options.publicUrl);
  }
  if (!METHODS.has(request.method)) {
    const message = `${request.method} is not supported.`;
    return { status: 405, code: "method_not_allowed", message };
  }
  const ours = [`http://${host}`, `https://${host}`, options.publicUrl?.origin ?? ""];
  if (!isProven && !isOwnOrigin(request, ours) || !isOwnSite(request)) {
    return foreignOrigin(options.publicUrl);
  }
  return request.method === "POST" ? refusedPost(request.headers) : undefined;
}

/**
 * The names of this machine, and the one that browsers know. With a token also the configured one, and
 * where it listens on all of them any plain address: an address cannot be rebound.
 */
function isAllowedHost(host: string, { address, hasToken, publicUrl }: GuardOptions): boolean {
  const name = HOST.exec(host)?.groups?.name?.toLowerCase().replace(/^\[|\]$/g, "");
  if (name === undefined) return false;
  if (isLoopback({ hostname: name, port: 0 }) || name === publicUrl?.hostname) return true;
  if (!hasToken) return false;
  if (publicUrl !== undefined && isLocalName(name)) return true;
  const configured = address.hostname.toLowerCase();
  if (["", "0.0.0.0", "::"].includes(configured)) return isAddress(name);
  return name === configured;
}

/**
 * One label, as a proxy calls what is behind it where it is not told to keep Host (nginx's upstream, a
 * container's service): the names of sites on the internet have a dot.
 */
function isLocalName(name: string): boolean {
  return !name.includes(".") && !name.includes(":");
}

function isAddress(name: string): boolean {
  return name.includes(":") || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name);
}

function foreignHost(host: string, publicUrl: PublicUrl | undefined): AdminProblem {
  const way = publicUrl === undefined
    ? "Behind a proxy, write the address that browsers open as admin.public_url"
    : `The proxy at ${addressOf(publicUrl)} has to keep the Host that browsers send (nginx: ` +
      "proxy_set_header Host $host)";
  const message = `Host ${JSON.stringify(host)} is not a name of this port. Open it by the ` +
    `address that admin.listen has, or as localhost. ${way}; programs may send the token as ` +
    "Authorization: Bearer instead.";
  return { status: 403, code: "foreign_host", message };
}

function foreignOrigin(publicUrl: PublicUrl | undefined): AdminProblem {
  const way = publicUrl === undefined
    ? "write the address that browsers open as admin.public_url"
    : `admin.public_url is ${addressOf(publicUrl)}: it has to be what browsers open`;
  const message = "The request comes from another site's page. Only the dashboard itself, and " +
    `programs that are no browser, may call. If this is the dashboard, behind a proxy, ${way}.`;
  return { status: 403, code: "foreign_origin", message };
}

function addressOf({ origin, path }: PublicUrl): string {
  return origin + path;
}

function isOwnOrigin({ headers }: GuardedRequest, ours: readonly string[]): boolean {
  return valuesOf(headers, "origin").every((origin) => {
    return origin !== "" && ours.some((own) => own.toLowerCase() === origin.toLowerCase());
  });
}

/** What the browser itself says of where a request comes from. */
function isOwnSite(request: GuardedRequest): boolean {
  const sites = valuesOf(request.headers, "sec-fetch-site");
  return sites.every((site) => site === "same-origin" || site === "none") || isVisit(request);
}

/** Somebody following a link to the page itself, which has nothing of anybody's in it. */
function isVisit({ method, path, headers }: GuardedRequest): boolean {
  return method === "GET" && path === "/" &&
    valuesOf(headers, "sec-fetch-mode").join() === "navigate" &&
    valuesOf(headers, "sec-fetch-dest").join() === "document";
}

function refusedPost(headers: RawHeaders): AdminProblem | undefined {
  const isMarked = valuesOf(headers, MARK_HEADER).join() === "1";
  const isJson = /^application\/json(?:\s*;.*)?$/i.test(valuesOf(headers, "content-type").join());
  if (isMarked && isJson) return undefined;
  const message = `A call that changes something needs the headers "${MARK_HEADER}: 1" and ` +
    '"content-type: application/json".';
  return { status: 403, code: "unmarked_call", message };
}

export function valuesOf(headers: RawHeaders, name: string): string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

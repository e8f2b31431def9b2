/**
 * Keeps other people's web pages out. A page that is open in the operator's browser can send requests
 * to a loopback port: its Origin or Sec-Fetch-Site gives it away, after DNS rebinding its Host does.
 * https://www.w3.org/TR/fetch-metadata/
 */
import { isLoopback } from "../config/listen_address.ts";
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
  if (hosts.length !== 1 || !isAllowedHost(host, options)) return foreignHost(host);
  if (!METHODS.has(request.method)) {
    const message = `${request.method} is not supported.`;
    return { status: 405, code: "method_not_allowed", message };
  }
  const foreign = foreignOrigin(request, host);
  if (foreign !== undefined) return foreign;
  return request.method === "POST" ? refusedPost(request.headers) : undefined;
}

/**
 * The names of this machine; with a token also the configured one, and any plain address where it
 * listens on all of them: an address cannot be rebound.
 */
function isAllowedHost(host: string, { address, hasToken }: GuardOptions): boolean {
  const name = HOST.exec(host)?.groups?.name?.toLowerCase().replace(/^\[|\]$/g, "");
  if (name === undefined) return false;
  if (isLoopback({ hostname: name, port: 0 })) return true;
  if (!hasToken) return false;
  const configured = address.hostname.toLowerCase();
  if (configured === "0.0.0.0" || configured === "::") return isAddress(name);
  return name === configured;
}

function isAddress(name: string): boolean {
  return name.includes(":") || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name);
}

function foreignHost(host: string): AdminProblem {
  const message =
    `Host ${JSON.stringify(host)} is not a name of this port. Open it by the address ` +
    "that admin.listen has, or as localhost.";
  return { status: 403, code: "foreign_host", message };
}

function foreignOrigin(
  { method, path, headers }: GuardedRequest,
  host: string,
): AdminProblem | undefined {
  const origins = valuesOf(headers, "origin");
  const isOurs = (origin: string) =>
    origin.replace(/^https?:\/\//i, "").toLowerCase() === host.toLowerCase();
  const sites = valuesOf(headers, "sec-fetch-site");
  const isNear = sites.every((site) => site === "same-origin" || site === "none");
  if (origins.every(isOurs) && (isNear || isVisit({ method, path, headers }))) return undefined;
  const message = "The request comes from another site's page. Only the dashboard itself, and " +
    "programs that are no browser, may call.";
  return { status: 403, code: "foreign_origin", message };
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

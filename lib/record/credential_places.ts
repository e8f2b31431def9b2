/** Where a request or a reply carries credentials, and what stands there. */

import { headerCertainty, isCredentialParameter } from "./credential_names.ts";
import { keyInEntry } from "../wire/subprotocol_keys.ts";
import { splitScheme } from "./mask_secret.ts";

/** Gives what takes a credential's place. `certainty` is "likely" where the name only suggests one. */
export type Replace = (credential: string, certainty: "sure" | "likely") => string;

/** The value of a header with each credential in it replaced; everything else as it was. */
export function replaceInHeader(
  [name, value]: readonly [name: string, value: string],
  replace: Replace,
): string {
  const lowerName = name.toLowerCase();
  if (lowerName === "cookie") return value.replace(COOKIE, inCookie(replace));
  if (lowerName === "set-cookie") return value.replace(FIRST_COOKIE, inCookie(replace));
  if (lowerName === "sec-websocket-protocol") {
    return value.split(",").map((entry) => replaceInSubprotocol(entry, replace)).join(",");
  }
  const certainty = headerCertainty(lowerName);
  return certainty === "no" || value === "" ? value : replace(value, certainty);
}

const COOKIE = /([^=;]*=)?(\s*)([^;]*)/g;
const FIRST_COOKIE = /^([^=;]*=)?(\s*)([^;]*)/;

function inCookie(replace: Replace) {
  return (_: string, name = "", space: string, value: string) =>
    name + space + (value === "" ? "" : replace(value.trimEnd(), "likely"));
}

function replaceInSubprotocol(entry: string, replace: Replace): string {
  const found = keyInEntry(entry);
  return found === undefined ? entry : found.label + replace(found.key, "sure");
}

/** The request target with each credential of its query replaced; everything else as it was. */
export function replaceInQuery(target: string, replace: Replace): string {
  const start = target.indexOf("?") + 1;
  if (start === 0) return target;
  // A target may hold thousands of parameters, of few names.
  const known = new Map<string, boolean>();
  const isCredential = (name: string) => {
    const is = known.get(name) ?? isCredentialParameter(percentDecoded(name));
    known.set(name, is);
    return is;
  };
  const parameters = target.slice(start).split("&").map((parameter) => {
    const equals = parameter.indexOf("=");
    if (equals === -1 || equals === parameter.length - 1) return parameter;
    const name = parameter.slice(0, equals);
    if (!isCredential(name)) return parameter;
    return `${name}=${replace(parameter.slice(equals + 1), "sure")}`;
  });
  return target.slice(0, start) + parameters.join("&");
}

const LIKELY_FROM_CHARACTERS = 16;

/**
 * The credential values in a request's headers and query, so that they are masked wherever else they
 * occur (bodies, echoes in error texts): without their scheme, percent-encoding or Base64. Cookies and
 * headers that only sound like credentials count from 16 characters on, so that no `theme=enabled`
 * masks a word throughout a body.
 */
export function credentialsIn(
  headers: Iterable<readonly [name: string, value: string]>,
  target: string,
): string[] {
  const found = new Set<string>();
  const collect: Replace = (credential, certainty) => {
    if (certainty === "sure" || credential.length >= LIKELY_FROM_CHARACTERS) {
      for (const spelling of spellingsOf(credential)) found.add(spelling);
    }
    return credential;
  };
  for (const header of headers) replaceInHeader(header, collect);
  replaceInQuery(target, collect);
  found.delete("");
  return [...found];
}

/** In one way of writing, and no scheme's name. */
const PLAIN = /^(?=[^\d]*\d)[\w.~+/=-]+$/;

/** Repeated headers arrive joined by commas, so each part is a credential of its own. */
function spellingsOf(value: string): string[] {
  if (PLAIN.test(value)) return [value];
  return [value, ...value.split(",")].flatMap((part) => {
    const { scheme, secret } = splitScheme(part.trim());
    if (/basic/i.test(scheme)) return [secret, ...passwordOf(secret)];
    return [secret, percentDecoded(secret)];
  });
}

/** The `user:password` of HTTP Basic (RFC 7617) and the password alone; none if it is not Base64. */
function passwordOf(base64: string): string[] {
  try {
    const pair = new TextDecoder().decode(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
    return [pair, pair.slice(pair.indexOf(":") + 1)];
  } catch {
    return [];
  }
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

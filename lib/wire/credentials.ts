/** Where requests carry a credential, what stands there, and how a backend's key takes its place. */
import type { Backend } from "../config/snapshot.ts";
import type { CredentialHeader, Dialect } from "../dialect/dialect.ts";
import { namesCredential } from "../dialect/credential_place_names.ts";
import { headerValue, type RawHeaders } from "./headers.ts";
import { KeySpellings, percentDecoded } from "./key_spellings.ts";
import { subprotocolKeys } from "./subprotocol_keys.ts";

/** The part of a request in which credentials stand. */
export interface Carrier {
  readonly headers: RawHeaders;
  /** Path and query. */
  readonly target: string;
}

/** Where a vendor's clients put a key: a header, the query's `key`, or a WebSocket's subprotocols. */
export type CredentialPlace = KeyPlace | "subprotocols";

/** Where a key can be put that nobody put there before. */
export type KeyPlace = CredentialHeader | "?key=";

/** The headers among them, the most usual first. */
const CREDENTIAL_HEADERS: readonly CredentialHeader[] = [
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "api-key",
];

/** A credential as a request presents it. */
export interface Presented {
  readonly place: CredentialPlace;
  /** Without its scheme or percent-encoding. */
  readonly credential: string;
}

/** Every credential of a request, the most usual place first. */
export function presentedIn({ headers, target }: Carrier): readonly Presented[] {
  const found = headers.flatMap((header) => presentedInHeader(header) ?? []);
  const inHeaders = CREDENTIAL_HEADERS.flatMap((name) =>
    found.filter(({ place }) => place === name)
  );
  const inQuery = parametersOf(target).flatMap((part) => presentedInParameter(part) ?? []);
  const inProtocols = subprotocolKeys(headers).map((credential): Presented => {
    return { place: "subprotocols", credential };
  });
  return [...inHeaders, ...inQuery, ...inProtocols];
}

/**
 * The credentials of the caller's own that a backend gets to see; empty where it sees none, since its own
 * key or a header that is set takes their place.
 */
export function callersOwn(carrier: Carrier, { auth, headers }: Backend): readonly string[] {
  if (auth === "inject") return [];
  const isOurs = (name: string) =>
    headers.remove.has(name) || headers.set.some(([other]) => other.toLowerCase() === name);
  return presentedIn(carrier).filter(({ place }) => !isOurs(place))
    .map(({ credential }) => credential);
}

/** The token of a Bearer header, the whole value of any other; undefined where it is no credential. */
export function presentedInHeader([name, value]: RawHeaders[number]): Presented | undefined {
  const place = CREDENTIAL_HEADERS.find((wanted) => wanted === name.toLowerCase());
  const credential = place === "authorization" ? BEARER.exec(value)?.[1] : value.trim();
  return place === undefined || credential === undefined ? undefined : { place, credential };
}

/** The value of the query's `key`; undefined for any other parameter. */
export function presentedInParameter(parameter: string): Presented | undefined {
  if (!KEY_PARAMETER.test(parameter)) return undefined;
  const [, value = ""] = /^[^=]*=(.*)$/s.exec(parameter) ?? [];
  return { place: "?key=", credential: percentDecoded(value) };
}

/** https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const BEARER = /^\s*bearer\s+(\S+)\s*$/i;

/** The first place in which a request carries a credential; undefined where it carries none. */
export function placeIn({ headers, target }: Carrier): KeyPlace | undefined {
  const header = CREDENTIAL_HEADERS.find((name) => headerValue(headers, name) !== undefined);
  if (header !== undefined) return header;
  return parametersOf(target).some((part) => KEY_PARAMETER.test(part)) ? "?key=" : undefined;
}

/**
 * Where a backend gets its key. One that states its dialects: where the call's, which is one of them,
 * wants it. Any other: where the caller's credential was, since the caller was set up for such a backend;
 * but in the query only in Gemini's dialect, which alone has it there. docs/decisions/0012
 */
export function placeFor(
  { dialects, headers }: Backend,
  { dialect, place }: {
    readonly dialect: Dialect;
    /** Where the caller's credential was; undefined where it sent none. */
    readonly place: CredentialPlace | undefined;
  },
): KeyPlace {
  const wanted = dialect.credentialHeader;
  if (place === undefined || place === "subprotocols") return wanted;
  if (dialects !== undefined || headers.remove.has(place)) return wanted;
  return place === "?key=" && dialect.name !== "gemini" ? wanted : place;
}

/**
 * The request with `key` as its only credential, in that place.
 *
 * @param from the request as it came, where something was taken from `carrier` before
 */
export function injectCredential(
  carrier: Carrier,
  { key, place, from = carrier }: {
    readonly key: string;
    readonly place: KeyPlace;
    readonly from?: Carrier;
  },
): Carrier {
  const { headers: kept, target: rest } = bare(carrier, { from });
  if (place === "?key=") return { headers: kept, target: withParameter(rest, key) };
  const value = place === "authorization" ? `Bearer ${key}` : key;
  return { headers: [...kept, [place, value]], target: rest };
}

/**
 * The request without any credential, but for those among the subprotocols: without what a credential's
 * name stands before, and without what holds one of those that it presents.
 *
 * @param from the request as it came, in which the credentials are found
 * @param except a key that is ours, and stays
 */
export function bare(
  { headers, target }: Carrier,
  { from, except }: { readonly from: Carrier; readonly except?: string },
): Carrier {
  const own = new KeySpellings(ownIn(from).filter((credential) => credential !== except));
  return {
    headers: headers.filter(([name, value]) => {
      return !namesCredential(name) && !own.in(value) && !own.inName(name);
    }),
    target: withoutParameters(target, (part) => isCredential(part) || own.in(part)),
  };
}

/** Every credential that a request has by its place or its name. */
function ownIn(carrier: Carrier): readonly string[] {
  const named = carrier.headers.filter(([name]) => namesCredential(name))
    .map(([, value]) => value.replace(SCHEME, "").trim());
  const inQuery = parametersOf(carrier.target).filter(isCredential)
    .map((part) => percentDecoded(/=(.*)$/s.exec(part)?.[1] ?? ""));
  const presented = presentedIn(carrier).map(({ credential }) => credential);
  return [...presented, ...named, ...inQuery];
}

/** What may stand before a credential in a header. RFC 9110, section 11.4 */
export const SCHEME = /^\s*(?:bearer|basic|token)\s+/i;

function isCredential(parameter: string): boolean {
  const [name = ""] = parameter.split("=", 1);
  return namesCredential(percentDecoded(name));
}

/** `key` in every percent-encoding that a backend would decode. */
const KEY_PARAMETER = /^(?:k|%6[Bb])(?:e|%65)(?:y|%79)(?:=|$)/;

function withParameter(target: string, key: string): string {
  return `${target}${target.includes("?") ? "&" : "?"}key=${encodeURIComponent(key)}`;
}

/** The target without the parameters of its query that are unwanted; the others byte for byte. */
export function withoutParameters(
  target: string,
  isUnwanted: (parameter: string) => boolean,
): string {
  const parts = parametersOf(target);
  const kept = parts.filter((part) => !isUnwanted(part));
  if (kept.length === parts.length) return target;
  const path = target.slice(0, target.indexOf("?"));
  return kept.length === 0 ? path : `${path}?${kept.join("&")}`;
}

function parametersOf(target: string): readonly string[] {
  const mark = target.indexOf("?");
  return mark < 0 ? [] : target.slice(mark + 1).split("&");
}

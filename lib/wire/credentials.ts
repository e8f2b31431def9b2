/** Where requests carry a credential, what stands there, and how a backend's key takes its place. */
import type { Backend } from "../config/snapshot.ts";
import type { CredentialHeader, Dialect } from "../dialect/dialect.ts";
import { headerValue, type RawHeaders } from "./headers.ts";
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

/** Further headers that prove who the caller is; no business of a backend whose key is injected. */
const OTHER_CREDENTIALS = ["proxy-authorization", "cookie"];

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

/** The request with `key` as its only credential, in that place. */
export function injectCredential(
  { headers, target }: Carrier,
  { key, place }: { readonly key: string; readonly place: KeyPlace },
): Carrier {
  const { headers: kept, target: rest } = bare({ headers, target });
  if (place === "?key=") return { headers: kept, target: withParameter(rest, key) };
  const value = place === "authorization" ? `Bearer ${key}` : key;
  return { headers: [...kept, [place, value]], target: rest };
}

/** The request without any credential, but for those among the subprotocols. */
export function bare({ headers, target }: Carrier): Carrier {
  return {
    headers: headers.filter(([name]) => !ALL_CREDENTIALS.has(name.toLowerCase())),
    target: withoutParameters(target, (part) => KEY_PARAMETER.test(part)),
  };
}

const ALL_CREDENTIALS: ReadonlySet<string> = new Set([...CREDENTIAL_HEADERS, ...OTHER_CREDENTIALS]);

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

/** What percent-encoding stands for, one character a byte; what is no encoding stays. */
export function percentDecoded(text: string): string {
  return text.replace(/%([\da-f]{2})/gi, (_, code: string) => {
    return String.fromCharCode(parseInt(code, 16));
  });
}

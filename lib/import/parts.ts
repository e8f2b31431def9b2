/** Parts of a backend as ours takes them; what it does not take is noted where it stands. */
import { parseBaseUrl } from "../config/base_url.ts";
import { parseListen } from "../config/listen_address.ts";
import { parseProxy } from "../config/proxy_url.ts";
import type { Entry } from "./entry.ts";
import { literal, type Text, variable, variableName, type Written } from "./model.ts";
import { isCredentialHeader } from "./notes.ts";

/** A text of the source with its variables in our notation; undefined where it names none. */
export type Refer = (text: string) => Written | undefined;

/** Paths of calls, which a caller brings along. */
const CALL =
  /\/(?:chat\/completions|completions|(?:v1\/)?messages|responses|embeddings|(?:v1(?:beta)?\/)?models)\/*$/;

/** Where a backend is, with what every call on it is to go below; undefined where it is none. */
export function urlText(
  entry: Entry,
  { refer, below = "" }: {
    readonly refer: Refer;
    /** Such as `/v1`; not added where the URL says a version already. */
    readonly below?: string;
  },
): Text | undefined {
  const given = entry.text()?.trim() ?? "";
  const reference = refer(given);
  if (reference !== undefined) return reference;
  const text = given.replace(CALL, "").replace(/\/+$/, "");
  const parsed = parseBaseUrl(text);
  if (!parsed.ok) {
    entry.note(`a backend's url ${parsed.reason}; add this backend by hand`);
    return undefined;
  }
  return literal(withBelow(text, below));
}

/** A reseller's address may have a path before it, or have it already; Azure's may be a deployment's. */
function withBelow(text: string, below: string): string {
  if (below.startsWith("/openai/")) return text.replace(/\/openai(?:\/.*)?$/, "") + below;
  return text.endsWith(below) || /\/v\d+\w*(?:\/openai)?$/.test(text) ? text : text + below;
}

/** A key as it can be sent, or undefined: an empty one, or one that is noted. */
export function keyText(
  entry: Entry,
  { refer, wanted }: { readonly refer: Refer; readonly wanted: string },
): Text | undefined {
  return keyOf(entry.text() ?? "", { entry, refer, wanted });
}

/** The same of one of several that stand in one text. */
export function keyOf(
  given: string,
  { entry, refer, wanted }: {
    readonly entry: Entry;
    readonly refer: Refer;
    readonly wanted: string;
  },
): Text | undefined {
  const key = given.trim();
  if (key === "") return undefined;
  const reference = refer(key);
  if (reference !== undefined) return reference;
  if (/^[\x21-\x7e]{1,8192}$/.test(key)) {
    return { kind: "secret", value: key, wanted: variableName(wanted) };
  }
  entry.note("a key must be one line of visible ASCII without spaces; write it by hand");
  return undefined;
}

/** How a backend is reached; undefined for as the environment says. */
export function proxyText(entry: Entry | undefined, wanted: string): Text | undefined {
  const given = entry?.text()?.trim() ?? "";
  if (entry === undefined || given === "") return undefined;
  const text = /^none$/i.test(given) ? "direct" : given;
  const parsed = parseProxy(text);
  if (!parsed.ok) {
    entry.note(`a proxy ${parsed.reason}; until it is written, none is used`);
    return undefined;
  }
  const isOpen = parsed.value === "direct" || parsed.value.user + parsed.value.password === "";
  if (isOpen) return literal(text);
  return { kind: "secret", value: text, wanted: variableName(`${wanted}_proxy`) };
}

/** https://www.rfc-editor.org/rfc/rfc9110#section-5 */
const NAME = /^[!#$%&'*+.^`|~\w-]+$/;
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/;
const OF_THE_HOP =
  /^(?:connection|content-length|expect|host|keep-alive|proxy-auth\w+|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i;

/** Headers that every request to a backend gets. */
export function headerTexts(
  entry: Entry | undefined,
  { refer, wanted }: { readonly refer: Refer; readonly wanted: string },
): readonly (readonly [string, Text])[] {
  const seen = new Set<string>();
  return (entry?.members() ?? []).flatMap(([name, member]) => {
    const value = member.text() ?? "";
    const lower = name.toLowerCase();
    if (!NAME.test(name) || OF_THE_HOP.test(name) || seen.has(lower) || name === "__proto__") {
      member.note("this header cannot be set, or is there twice; leave it out");
      return [];
    }
    seen.add(lower);
    const reference = refer(value);
    if (reference !== undefined) return [[name, reference] as const];
    if (!VALUE.test(value) || value.startsWith("$") || /\{\w+\}/.test(value)) {
      member.note("only a fixed value of visible ASCII can be set in a header; write it by hand");
      return [];
    }
    const isSecret = isCredentialHeader(name);
    const wantedName = variableName(`${wanted}_${name}`);
    const text: Text = isSecret ? { kind: "secret", value, wanted: wantedName } : literal(value);
    return [[name, text] as const];
  });
}

/** A span in seconds as ours takes it; undefined where it is none. */
export function secondsOf(entry: Entry | undefined, unitSeconds = 1): number | undefined {
  const value = entry?.number();
  if (entry === undefined || value === undefined) return undefined;
  const seconds = Math.round(value * unitSeconds * 1000) / 1000;
  if (seconds > 0 && seconds <= 2_147_483) return seconds;
  entry.note("a time-out must be above 0 and at most 2147483 s; the default counts");
  return undefined;
}

/** A count as ours takes it, 0 for no cap; undefined where it is none. */
export function countOf(entry: Entry | undefined): number | undefined {
  const value = entry?.number();
  if (entry === undefined || value === undefined) return undefined;
  if (Number.isInteger(value) && value >= 0 && value <= 1_000_000) return value;
  entry.note("must be a whole number up to 1000000; no cap is written");
  return undefined;
}

/** A port as ours takes it. */
export function portOf(entry: Entry | undefined, otherwise: number): number {
  const value = entry?.number();
  if (entry === undefined || value === undefined) return otherwise;
  if (Number.isInteger(value) && value > 0 && value <= 65_535) return value;
  entry.note(`is no port; ${otherwise} is written`);
  return otherwise;
}

/** A host to listen on; "" for every interface. */
export function hostOf(entry: Entry | undefined): string {
  const value = (entry?.text() ?? "").trim().replace(/^\[(.*)\]$/, "$1");
  if (value === "0.0.0.0" || value === "::") return "";
  const isHost = parseListen(value.includes(":") ? `[${value}]:1` : `${value}:1`).ok;
  if (isHost) return value;
  entry?.note("is no host to listen on; every interface is written where callers need a key");
  return "";
}

/** The key that stands for one the source does not hold. */
export function missingKey(wanted: string): Text {
  return variable(`${variableName(wanted)}_API_KEY`);
}

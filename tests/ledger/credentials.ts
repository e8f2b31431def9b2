/** Where callers and backends put credentials; a list of its own, for what checks the proxy's. */
import { Buffer } from "node:buffer";
import type { Field } from "./http_head.ts";

const FIELDS: ReadonlySet<string> = new Set([
  "api-key",
  "authorization",
  "cookie",
  "proxy-authorization",
  "x-api-key",
  "x-goog-api-key",
]);

export function isCredentialField([name]: Field): boolean {
  return FIELDS.has(name.toLowerCase());
}

/** What a field presents: its value, without a scheme's name. */
export function presented([, value]: Field): string {
  return value.replace(/^\s*(?:bearer|basic)\s+/i, "").trim();
}

/** What may be taken for a credential by its name, of a field or a parameter, in any spelling. */
export function isCredentialName(name: string): boolean {
  const letters = percentDecoded(name).toLowerCase().replace(/[^a-z0-9]/g, "");
  return /(?:authorization|auth|(?:api|access|subscription|virtual)key|(?:auth|access|api|security)token|cookie|secret)$/
    .test(letters) || /^x?(?:key|token)$/.test(letters);
}

/** Whether a field has the key in its name or its value. */
export function fieldHolds([name, value]: Field, key: string): boolean {
  return name.toLowerCase().includes(key.toLowerCase()) || holds(value, key);
}

/** Whether the key stands in a value: as it is, percent-encoded once or twice, or in Base64. */
export function holds(value: string, key: string): boolean {
  const once = percentDecoded(value);
  const readings = [value, once, percentDecoded(once)];
  const base64 = readings.flatMap((reading) => reading.match(/[\w+/-]{8,}/g) ?? [])
    .map((run) => Buffer.from(run, "base64").toString("latin1"));
  return [...readings, ...base64].some((reading) => reading.includes(key));
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The target without the parameters for which the test holds. */
export function withoutParameters(target: string, test: (parameter: string) => boolean): string {
  const mark = target.indexOf("?");
  if (mark < 0) return target;
  const all = target.slice(mark + 1).split("&");
  const kept = all.filter((parameter) => !test(parameter));
  if (kept.length === all.length) return target;
  return kept.length === 0 ? target.slice(0, mark) : `${target.slice(0, mark)}?${kept.join("&")}`;
}

const KEY_NAME = /^(?:k|%6b)(?:e|%65)(?:y|%79)$/i;

/** The target without the `key` parameters for which the test holds, and the values of those. */
export function withoutKeys(
  target: string,
  test: (value: string) => boolean,
): { readonly target: string; readonly keys: readonly string[] } {
  const mark = target.indexOf("?");
  if (mark < 0) return { target, keys: [] };
  const keys: string[] = [];
  const kept = target.slice(mark + 1).split("&").filter((part) => {
    const [name = "", value = ""] = part.split(/=(.*)/s);
    const goes = KEY_NAME.test(name) && test(value);
    if (goes) keys.push(value);
    return !goes;
  });
  const path = target.slice(0, mark);
  if (keys.length === 0) return { target, keys };
  return { target: kept.length === 0 ? path : `${path}?${kept.join("&")}`, keys };
}

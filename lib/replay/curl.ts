/** A request as a line of curl, for a shell. */
import type { Outgoing } from "../wire/outgoing.ts";

/** Stands for a key, so that none is on the screen or in the shell's history. */
export const KEY_VARIABLE = "$LLM_PROXY_KEY";

export interface CurlOptions {
  /** The key in the request, shown as `$LLM_PROXY_KEY`; empty where there is none. */
  readonly key: string;
}

/** Runs in any POSIX shell. curl's own headers, those the request does not have, are turned off. */
export function curlOf(
  { method, origin, target, headers, body }: Outgoing,
  { key }: CurlOptions,
): string {
  const own = CURLS_OWN.filter((name) => !headers.some(([other]) => other.toLowerCase() === name));
  const words = [
    "curl -sS -N",
    ...(method === "POST" ? [] : [`-X ${quoted(method)}`]),
    quotedWithKey(origin + target, key),
    ...headers.map(([name, value]) => `-H ${quotedWithKey(`${name}: ${value}`, key)}`),
    ...own.map((name) => `-H ${quoted(`${name}:`)}`),
    ...(body.length === 0 ? [] : [`--data-binary ${quoted(new TextDecoder().decode(body))}`]),
  ];
  return words.join(" ");
}

const CURLS_OWN = ["accept", "content-type", "user-agent"];

/** One word of a shell's, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The same, with the key as a variable that the shell fills in. */
function quotedWithKey(text: string, key: string): string {
  if (key === "" || !text.includes(key)) return quoted(text);
  return text.split(key).map(quoted).join(`"${KEY_VARIABLE}"`);
}

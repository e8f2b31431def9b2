/**
 * Keys among the subprotocols that a WebSocket is asked for with: a browser can send no credential
 * elsewhere. https://platform.openai.com/docs/guides/realtime-websocket
 */
import type { RawHeaders } from "./headers.ts";
import type { Outcome } from "./outcome.ts";

/** An entry such as `openai-insecure-api-key.sk-…`, split after its label's dot. */
export interface SubprotocolKey {
  /** With the dot, and the white space before it. */
  readonly label: string;
  readonly key: string;
}

/** The key that an entry of Sec-WebSocket-Protocol holds; undefined for any other entry. */
export function keyInEntry(entry: string): SubprotocolKey | undefined {
  const word = entry.search(/api-?key|token|bearer|auth|secret/i);
  const dot = word === -1 ? -1 : entry.indexOf(".", word);
  const key = dot === -1 ? "" : entry.slice(dot + 1).trim();
  return key === "" ? undefined : { label: entry.slice(0, dot + 1), key };
}

/** The keys that a request carries there, in order. */
export function subprotocolKeys(headers: RawHeaders): readonly string[] {
  return headers.filter(isSubprotocols).flatMap(([, value]) => value.split(","))
    .flatMap((entry) => keyInEntry(entry)?.key ?? []);
}

/** The headers without the entries that hold an unwanted key; the others stay as they are. */
export function withoutSubprotocolKeys(
  headers: RawHeaders,
  isUnwanted: (key: string) => boolean = () => true,
): RawHeaders {
  return mapEntries(headers, (entry) => {
    const found = keyInEntry(entry);
    return found !== undefined && isUnwanted(found.key) ? undefined : entry;
  });
}

/** What may stand in an entry. https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const TOKEN = /^[!#$%&'*+\-.^_`|~\w]+$/;

/**
 * The headers with `key` where the first of these keys stood, and without the others; undefined where
 * none stands there, or this one could not.
 */
export function swapSubprotocolKey(headers: RawHeaders, key: string): RawHeaders | undefined {
  if (!TOKEN.test(key)) return undefined;
  let swapped = false;
  const changed = mapEntries(headers, (entry) => {
    const found = keyInEntry(entry);
    if (found === undefined) return entry;
    if (swapped) return undefined;
    swapped = true;
    return found.label + key;
  });
  return swapped ? changed : undefined;
}

/**
 * The outcome with the subprotocol that a backend chose in the caller's words. One that chooses the
 * entry with its key would show that key to the caller, who did not offer it either.
 */
export function choosingOffered(outcome: Outcome, offers: RawHeaders): Outcome {
  if (outcome.kind === "fault" || outcome.connection === undefined) return outcome;
  const offered = offers.filter(isSubprotocols).flatMap(([, value]) => value.split(","));
  const headers = mapEntries(outcome.headers, (entry) => {
    const label = keyInEntry(entry)?.label.trim();
    if (label === undefined) return entry;
    return offered.find((candidate) => keyInEntry(candidate)?.label.trim() === label)?.trim();
  });
  return { ...outcome, headers };
}

function isSubprotocols([name]: RawHeaders[number]): boolean {
  return name.toLowerCase() === "sec-websocket-protocol";
}

/** @param change gives what becomes of an entry; undefined removes it, and the last one the field */
function mapEntries(
  headers: RawHeaders,
  change: (entry: string) => string | undefined,
): RawHeaders {
  return headers.flatMap((header): RawHeaders => {
    if (!isSubprotocols(header)) return [header];
    const [name, value] = header;
    const kept = value.split(",").flatMap((entry) => change(entry) ?? []);
    return kept.length === 0 ? [] : [[name, kept.join(",").trim()]];
  });
}

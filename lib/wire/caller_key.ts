/** The key with which a caller called us: no backend gets to see it, wherever it stood. */
import {
  type Carrier,
  percentDecoded,
  type Presented,
  presentedInHeader,
  presentedInParameter,
  withoutParameters,
} from "./credentials.ts";
import type { RawHeaders } from "./headers.ts";
import { withoutSubprotocolKeys } from "./subprotocol_keys.ts";

/**
 * The request without any of the keys. Where a credential belongs, one that is such a key goes; from
 * 8 characters on, so does every other header or parameter of the query that holds one: as it is,
 * percent-encoded, or in Base64 as HTTP Basic has it (RFC 7617). What is shorter may be part of any text.
 */
export function withoutKeys({ headers, target }: Carrier, keys: readonly string[]): Carrier {
  const isOne = (presented: Presented | undefined) =>
    presented !== undefined && keys.includes(presented.credential);
  const long = keys.filter((key) => key.length >= HELD_FROM_CHARACTERS);
  const holdsOne = (text: string) => long.some((key) => holds(text, key));
  return {
    headers: withoutHolders(
      withoutSubprotocolKeys(
        headers.filter((header) => !isOne(presentedInHeader(header))),
        (key) => keys.includes(key),
      ),
      holdsOne,
    ),
    target: withoutParameters(
      target,
      (part) => isOne(presentedInParameter(part)) || holdsOne(part),
    ),
  };
}

const HELD_FROM_CHARACTERS = 8;

/** A list, in which browsers send a key among the protocols of which the reply names one. */
const SUBPROTOCOLS = "sec-websocket-protocol";

function withoutHolders(headers: RawHeaders, holdsOne: (text: string) => boolean): RawHeaders {
  return headers.flatMap(([name, value]): RawHeaders => {
    if (!holdsOne(value)) return [[name, value]];
    if (name.toLowerCase() !== SUBPROTOCOLS) return [];
    const kept = value.split(",").filter((entry) => !holdsOne(entry));
    return kept.length === 0 ? [] : [[name, kept.join(",").trim()]];
  });
}

function holds(text: string, key: string): boolean {
  const decoded = percentDecoded(text);
  return text.includes(key) || decoded.includes(key) || basicDecoded(decoded).includes(key);
}

function basicDecoded(text: string): string {
  const [, base64] = /basic\s+([\w+/=]+)/i.exec(text) ?? [];
  try {
    return base64 === undefined ? "" : atob(base64);
  } catch {
    return "";
  }
}

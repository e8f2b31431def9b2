/** Credentials that stand nowhere else in the world, by the place in which they are presented. */
import { Buffer } from "node:buffer";
import type { Secret } from "./leaks.ts";

/** What gives a credential away: any run of it longer than what a mask shows. */
const PIECE_CHARACTERS = 10;

/** Stands in every one of them, so that a backend can tell them from the rest of a head. */
const MARK = "QZQ";
const ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz";

/** @param name short: of any run as long as a piece, chance must have the larger part */
export function canary(prefix: string, name: string): string {
  const random = [...crypto.getRandomValues(new Uint8Array(20))]
    .map((byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return `${prefix}${random.slice(0, 10)}${MARK}${random.slice(10)}${name}`;
}

/** A place in which a caller can present a credential. */
export interface Place {
  readonly value: string;
  /** As a header line; undefined for the query. */
  readonly line: string | undefined;
  /** As a parameter of the query, percent-encoded in part. */
  readonly parameter: string | undefined;
}

function header(value: string, line: (value: string) => string): Place {
  return { value, line: line(value), parameter: undefined };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** One line a place; new ones are taken up by every scenario. */
export function callerPlaces(): Readonly<Record<string, Place>> {
  const query = canary("AIzaSy", "quer");
  return {
    bearer: header(canary("sk-proj-", "bear"), (value) => `Authorization: Bearer ${value}`),
    basic: header(canary("", "basi"), (value) => `Authorization: Basic ${base64(`u:${value}`)}`),
    xApiKey: header(canary("sk-ant-api03-", "xapi"), (value) => `x-api-key: ${value}`),
    google: header(canary("AIzaSy", "goog"), (value) => `X-Goog-Api-Key: ${value}`),
    azure: header(canary("", "azur"), (value) => `api-key: ${value}`),
    cookie: header(canary("", "cook"), (value) => `Cookie: theme=dark; session=${value}`),
    proxy: header(
      canary("", "prox"),
      (value) => `Proxy-Authorization: Basic ${base64(`user:${value}`)}`,
    ),
    subprotocol: header(
      canary("sk-", "subp"),
      (value) => `Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.${value}`,
    ),
    query: { value: query, line: undefined, parameter: `k%65y=${query.replace("Q", "%51")}` },
  };
}

export function secretsOf(values: Iterable<string>): Secret[] {
  return [...values].map((value) => ({ value, pieceLength: PIECE_CHARACTERS }));
}

/** What a response's head says of its body and its connection. */
import type { RawHeaders } from "../wire/headers.ts";
import { HopFieldTable } from "./hop_fields.ts";

export interface ResponseHead {
  readonly status: number;
  /** In the order and spelling they came in, one character a byte. */
  readonly headers: RawHeaders;
  /** Its body: so many bytes, in chunks, or all up to the connection's end. */
  readonly body: number | "chunked" | "until close";
  /** How long the connection may be idle afterwards by what the backend says, in seconds; 0 to close it. */
  readonly keptSeconds: number | undefined;
}

/** What of the request tells how its response is to be read. */
export interface Asked {
  readonly method: string;
  readonly upgrade: boolean;
}

export interface RawHead {
  readonly status: number;
  /** Of `HTTP/1.x`. */
  readonly minorVersion: number;
  readonly headers: RawHeaders;
}

/**
 * The head understood, or what is wrong with it, for a person: a length that is none, or two that differ
 * (RFC 9112, section 6.3), a length beside a transfer coding, a coding that nobody undoes (section 6.1), a
 * switch of protocols that was not asked for. Of equal lengths the first is kept.
 */
export function readHead(head: RawHead, asked: Asked): ResponseHead | string {
  const { status } = head;
  const hop = hopFields(head.headers);
  if (status === 101 && !(asked.upgrade && switches(hop))) {
    return "status 101 without the protocol that it switches to";
  }
  const body = bodyOf(hop);
  if (typeof body === "string" && body !== "chunked" && body !== "until close") return body;
  const bodiless = asked.method === "HEAD" || status < 200 || status === 204 || status === 304;
  const headers = hop.length?.includes(",") ? withOneLength(head.headers, body) : head.headers;
  const isClosed = bodiless ? announcesMore(body, asked) : body === "until close";
  const kept = isClosed ? 0 : keptSeconds(head, hop);
  return { status, headers, body: bodiless ? 0 : body, keptSeconds: kept };
}

/** What a 204 or 304 announces may come all the same, as the next caller's answer: a HEAD's never does. */
function announcesMore(body: ResponseHead["body"], { method }: Asked): boolean {
  return method !== "HEAD" && body !== 0 && body !== "until close";
}

/** The fields of a head that speak of its body and its connection; undefined where they are not there. */
interface HopFields {
  length: string | undefined;
  coding: string | undefined;
  connection: string | undefined;
  keepAlive: string | undefined;
  upgrade: string | undefined;
}

const FIELDS = new HopFieldTable<keyof HopFields>([
  ["content-length", "length"],
  ["transfer-encoding", "coding"],
  ["connection", "connection"],
  ["keep-alive", "keepAlive"],
  ["upgrade", "upgrade"],
]);

function hopFields(headers: RawHeaders): HopFields {
  return FIELDS.read<HopFields>(headers, {
    length: undefined,
    coding: undefined,
    connection: undefined,
    keepAlive: undefined,
    upgrade: undefined,
  });
}

/** The body's framing, or what is wrong with it. */
function bodyOf({ length, coding }: HopFields): ResponseHead["body"] | string {
  if (coding === undefined) return length === undefined ? "until close" : bytesIn(length);
  if (length !== undefined) return "it has both a length and a transfer coding";
  if (/^chunked[\t ]*$/i.test(coding)) return "chunked";
  if (/^(?:identity)?[\t ]*$/i.test(coding)) return "until close";
  return `its transfer-encoding, of ${coding.length} characters, is not supported`;
}

/** A length, told once or more often. */
function bytesIn(length: string): number | string {
  if (!length.includes(",")) return bytesOf(length) ?? noLength(length);
  const [first, ...others] = length.split(",").map(bytesOf);
  return others.every((other) => other === first) ? first ?? noLength(length) : noLength(length);
}

/** Undefined for what is none, or more than a number holds. */
function bytesOf(length: string): number | undefined {
  if (!/^[\t ]*\d+[\t ]*$/.test(length)) return undefined;
  const bytes = Number(length);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

function noLength(length: string): string {
  return `its content-length, of ${length.length} characters, is none`;
}

/** What goes on to a caller says it once: two could be read in two ways. */
function withOneLength(headers: RawHeaders, body: ResponseHead["body"]): RawHeaders {
  const isLength = ([name]: RawHeaders[number]) => name.toLowerCase() === "content-length";
  const first = headers.find(isLength);
  return headers.filter((field) => field === first || !isLength(field))
    .map((field) => field === first ? [field[0], String(body)] : field);
}

function switches({ connection = "", upgrade }: HopFields): boolean {
  return upgrade !== undefined && names(connection, "upgrade");
}

/** https://www.rfc-editor.org/rfc/rfc9112#section-9.3 */
function keptSeconds({ minorVersion }: RawHead, hop: HopFields): number | undefined {
  const { connection = "", keepAlive, coding } = hop;
  if (names(connection, "close")) return 0;
  // Chunks are unknown to HTTP/1.0: somebody between may have framed it otherwise.
  if (minorVersion === 0 && (coding !== undefined || !names(connection, "keep-alive"))) return 0;
  const [, seconds] = /\btimeout\s*=\s*"?(\d+)/i.exec(keepAlive ?? "") ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

function names(list: string, token: string): boolean {
  if (list === "") return false;
  return list.toLowerCase().split(",").some((each) => each.trim() === token);
}

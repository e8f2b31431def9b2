/** What a parser makes of bytes, and what others would: to see that nobody can read them in two ways. */
import { Buffer } from "node:buffer";
import { RequestParser } from "../../lib/http1/request_parser.ts";

/** A request as it was read. */
export interface ReadRequest {
  readonly method: string;
  readonly target: string;
  readonly body: string;
}

export interface Reading {
  readonly requests: readonly ReadRequest[];
  /** The status of what ended it; 0 where nothing did. */
  readonly refusal: number;
  /** Whether the last byte was a request's last. */
  readonly isWhole: boolean;
}

/** Reads a connection's bytes as the listener does, in pieces that end at these places. */
export function readRequests(bytes: Buffer, cuts: readonly number[] = []): Reading {
  const requests: ReadRequest[] = [];
  let refusal = 0;
  let body = "";
  let head = { method: "", target: "" };
  const parser = new RequestParser({
    onHead: ({ method, target }) => {
      head = { method, target };
      body = "";
    },
    onData: (data) => body += Buffer.from(data).toString("latin1"),
    onEnd: () => void requests.push({ ...head, body }),
    onRefusal: ({ status }) => refusal = status,
  });
  let from = 0;
  let isWhole = true;
  for (const to of [...cuts, bytes.length]) {
    // A copy, so that whoever keeps what it was given is found out.
    const piece = Buffer.from(bytes.subarray(from, to));
    for (let at = 0; at < piece.length && refusal === 0;) {
      if (parser.isOver) parser.begin();
      at = parser.push(piece, at, piece.length);
      isWhole = parser.isOver;
    }
    piece.fill(0x58);
    from = to;
  }
  return { requests, refusal, isWhole: isWhole && refusal === 0 };
}

/** How somebody else may read what the grammar leaves open, or what it forbids. */
export interface Leniency {
  /** Whether an LF ends a line, whatever is before it. */
  readonly bareLf: boolean;
  /** Which of several lengths counts. */
  readonly length: "first" | "last";
  /** What makes a body one of chunks. */
  readonly coding: "only" | "among" | "never";
}

export const LENIENCIES: readonly Leniency[] = [true, false].flatMap((bareLf) =>
  (["first", "last"] as const).flatMap((length) =>
    (["only", "among", "never"] as const).map((coding) => ({ bareLf, length, coding }))
  )
);

/** Reads as another server or proxy would: nothing is refused that can be read somehow. */
export function readLeniently(text: string, leniency: Leniency): readonly ReadRequest[] {
  const requests: ReadRequest[] = [];
  for (let rest = text.replace(/^(?:\r\n)+/, ""); rest !== "";) {
    const taken = takeLeniently(rest, leniency);
    if (taken === undefined) return requests;
    requests.push(taken.request);
    rest = taken.rest.replace(/^(?:\r\n)+/, "");
  }
  return requests;
}

function takeLeniently(text: string, { bareLf, length, coding }: Leniency) {
  const end = (bareLf ? /\r?\n\r?\n/ : /\r\n\r\n/).exec(text);
  if (end === null) return undefined;
  const [first = "", ...lines] = text.slice(0, end.index).split(bareLf ? /\r?\n/ : "\r\n");
  const [method = "", target = ""] = first.split(" ");
  const valuesOf = (wanted: string) =>
    lines.filter((line) => line.toLowerCase().split(":")[0]?.trim() === wanted)
      .map((line) => line.slice(line.indexOf(":") + 1).trim().toLowerCase());
  const content = text.slice(end.index + end[0].length);
  const codings = valuesOf("transfer-encoding").join(",");
  const isChunked = coding === "only" ? codings === "chunked" : codings.includes("chunked");
  const asked = { method, target };
  if (isChunked && coding !== "never") {
    const taken = dechunkLeniently(content);
    return taken && { request: { ...asked, body: taken.body }, rest: taken.rest };
  }
  const lengths = valuesOf("content-length");
  const bytes = Number.parseInt(lengths.at(length === "first" ? 0 : -1) ?? "0", 10) || 0;
  if (content.length < bytes) return undefined;
  return { request: { ...asked, body: content.slice(0, bytes) }, rest: content.slice(bytes) };
}

function dechunkLeniently(text: string): { body: string; rest: string } | undefined {
  let body = "";
  for (let rest = text;;) {
    const line = /^[^\n]*\n/.exec(rest)?.[0];
    if (line === undefined) return undefined;
    const size = Number.parseInt(line, 16);
    if (Number.isNaN(size)) return undefined;
    rest = rest.slice(line.length);
    if (size === 0) {
      const trailers = /^(?:[^\r\n]+\r?\n)*\r?\n/.exec(rest)?.[0];
      return trailers === undefined ? undefined : { body, rest: rest.slice(trailers.length) };
    }
    if (rest.length < size) return undefined;
    body += rest.slice(0, size);
    rest = rest.slice(size).replace(/^\r?\n/, "");
  }
}

/** A request's body out of its coding, within bounds: to be read, and spliced where it must be. */
import { hasZlibHeader, soleCoding, zstdIsSupported } from "./codings.ts";
import { decode } from "./decode.ts";
import type { Coding } from "./encode.ts";
import { isField } from "../fields/is_field.ts";
import type { RawHeaders } from "./headers.ts";
import type { BodyFault } from "./incoming.ts";
import type { BodyLimits } from "./receive.ts";

/** A body as it came, under a coding. */
export interface Coded {
  readonly coding: Coding;
  readonly bytes: Uint8Array;
}

/** A body that cannot be read. */
export interface Undecoded {
  readonly kind: "undecoded";
  /** What its Content-Encoding says. */
  readonly contentEncoding: string;
  readonly why: "unsupported" | "damaged" | "too_large";
  /** How much of it would have been read, decoded. */
  readonly limitBytes: number;
  /** What would have been understood. */
  readonly supported: readonly string[];
}

type NoRoom = Extract<BodyFault, { kind: "no_room" }>;

/** So much is decoded of any body. */
const FREE_BYTES = 1024 * 1024;
/** Beyond that, a body may become so many times as large: deflate can do no more. */
const MOST_EXPANSION = 1032;

/** The value of a request's Content-Encoding; undefined where the body is under none. */
export function contentEncodingOf(headers: RawHeaders): string | undefined {
  const lines = headers.filter((header) => isField(header, "content-encoding"));
  if (lines.length === 0) return undefined;
  // Several lines are one list (RFC 9110, section 5.3).
  const value = lines.map(([, line]) => line).join(",");
  return soleCoding(value) === "identity" ? undefined : value;
}

/** The body decoded, at most `maxBodyBytes` of it, and how it came. */
export async function decodeRequest(
  body: Uint8Array,
  contentEncoding: string,
  { maxBodyBytes, room }: BodyLimits,
): Promise<{ readonly body: Uint8Array; readonly coded: Coded } | Undecoded | NoRoom> {
  const expanded = Math.max(FREE_BYTES, body.length * MOST_EXPANSION);
  const limitBytes = Math.min(maxBodyBytes, expanded);
  const { bytes, ending } = await decode(body, contentEncoding, { maxBytes: limitBytes, room });
  if (ending === "no_room") return { kind: "no_room" };
  const coding = codingNamed(soleCoding(contentEncoding), body);
  if (coding !== undefined && ending === "end") {
    return { body: bytes, coded: { coding, bytes: body } };
  }
  const unsupported = coding === undefined || ending === "unsupported";
  const why = unsupported ? "unsupported" : ending === "bound" ? "too_large" : "damaged";
  return { kind: "undecoded", contentEncoding, why, limitBytes, supported: supportedCodings() };
}

function codingNamed(name: string | undefined, body: Uint8Array): Coding | undefined {
  switch (name) {
    case "gzip":
    case "x-gzip":
      return "gzip";
    case "deflate":
      return hasZlibHeader(body) ? "deflate" : "deflate_raw";
    case "br":
    case "zstd":
      return name;
    default:
      return undefined;
  }
}

function supportedCodings(): string[] {
  return ["gzip", "deflate", "br", ...zstdIsSupported() ? ["zstd"] : []];
}

/** The caller's request read to its last byte, and what its body names. */
import type { RawHeaders } from "./headers.ts";
import type { BodyFault, Incoming } from "./incoming.ts";
import { scanTopLevel, type Span, stringAt } from "./json_scan.ts";

/** A request read to its last byte. */
export interface Received {
  readonly kind: "received";
  readonly method: string;
  /** Path and query, byte for byte (one character a byte). */
  readonly target: string;
  /** The target without its query. */
  readonly path: string;
  readonly headers: RawHeaders;
  readonly body: Uint8Array;
  readonly fields: BodyFields;
}

/** What routing needs to know of a body. */
export type BodyFields =
  | { readonly kind: "none" }
  | { readonly kind: "malformed"; readonly offset: number }
  | {
    readonly kind: "object";
    /** The last top-level `model` decides; undefined when it is not a string. */
    readonly model: string | undefined;
    /** Where every top-level `model` value stands. */
    readonly modelSpans: readonly Span[];
    readonly streamed: boolean;
  };

/** The request with its body read and scanned, or why there is no whole body. */
export async function receive(
  incoming: Incoming,
  { maxBodyBytes }: { readonly maxBodyBytes: number },
): Promise<Received | BodyFault> {
  const body = await incoming.read(maxBodyBytes);
  if (!(body instanceof Uint8Array)) return body;
  const { method, target, headers } = incoming;
  const path = pathOf(target);
  return { kind: "received", method, target, path, headers, body, fields: fieldsOf(body) };
}

/** A target without its query. */
export function pathOf(target: string): string {
  return target.replace(/[?#].*$/s, "");
}

/** The chunks as one; a lone chunk is given as it is. */
export function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1 && chunks[0] !== undefined) return chunks[0];
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function fieldsOf(body: Uint8Array): BodyFields {
  if (body.length === 0) return { kind: "none" };
  const scan = scanTopLevel(body, ["model", "stream"]);
  if (scan.kind === "malformed") return { kind: "malformed", offset: scan.offset };
  if (scan.kind === "not_object") return { kind: "none" };
  const modelSpans = scan.members.get("model") ?? [];
  const last = modelSpans.at(-1);
  if (last === undefined) return { kind: "none" };
  const stream = scan.members.get("stream")?.at(-1);
  const streamed = stream !== undefined && body[stream.start] === LETTER_T;
  return { kind: "object", model: stringAt(body, last), modelSpans, streamed };
}

/** `true` is the only JSON value that starts with a t. */
const LETTER_T = 0x74;

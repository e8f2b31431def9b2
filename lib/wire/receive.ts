/** The caller's request read, and what its body names. */
import type { RawHeaders } from "./headers.ts";
import type { BodyFault, Incoming } from "./incoming.ts";
import { BELONGING_KEYS } from "./belonging.ts";
import { scanTopLevel, type Span, stringAt } from "./json_scan.ts";
import type { Members } from "./members.ts";
import { isUpload, readStart, type Upload, UPLOAD_START_BYTES } from "./upload.ts";

/** A request read to its last byte, but for the rest of an upload. */
export interface Received {
  readonly kind: "received";
  readonly method: string;
  /** Path and query, byte for byte (one character a byte). */
  readonly target: string;
  /** The target without its query. */
  readonly path: string;
  readonly headers: RawHeaders;
  readonly body: Uint8Array;
  /** What follows `body`, of an upload that is too large to be held; undefined where nothing does. */
  readonly rest: Upload | undefined;
  readonly fields: BodyFields;
  /** Where the body has its values of `BELONGING_KEYS`; empty where it is no JSON object. */
  readonly members: Members;
}

/** What routing needs to know of a body. */
export type BodyFields =
  | { readonly kind: "none" }
  | { readonly kind: "malformed"; readonly offset: number }
  /** A JSON object without a model. */
  | { readonly kind: "nameless"; readonly streamed: boolean }
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
  const { method, target, headers } = incoming;
  const path = pathOf(target);
  const request = { kind: "received", method, target, path, headers } as const;
  if (isUpload(path, headers)) {
    const begun = await readStart(incoming.reader(), UPLOAD_START_BYTES);
    if ("kind" in begun) return begun;
    return { ...request, body: begun.start, rest: begun.rest, ...UNREAD };
  }
  const body = await incoming.read(maxBodyBytes);
  if (!(body instanceof Uint8Array)) return body;
  return { ...request, body, rest: undefined, ...readingOf(body) };
}

/** What there is to know of a body that is not looked into. */
const UNREAD = { fields: { kind: "none" }, members: new Map() } as const;

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

const KEYS = ["model", "stream", ...BELONGING_KEYS];

/** What the body says, in one pass over its bytes. */
function readingOf(body: Uint8Array): Pick<Received, "fields" | "members"> {
  if (body.length === 0) return { fields: { kind: "none" }, members: new Map() };
  const scan = scanTopLevel(body, KEYS);
  if (scan.kind === "object") {
    return { fields: fieldsOf(body, scan.members), members: scan.members };
  }
  const fields = scan.kind === "malformed" ? scan : { kind: "none" as const };
  return { fields, members: new Map() };
}

function fieldsOf(body: Uint8Array, members: Members): BodyFields {
  const modelSpans = members.get("model") ?? [];
  const last = modelSpans.at(-1);
  const stream = members.get("stream")?.at(-1);
  const streamed = stream !== undefined && body[stream.start] === LETTER_T;
  if (last === undefined) return { kind: "nameless", streamed };
  return { kind: "object", model: stringAt(body, last), modelSpans, streamed };
}

/** `true` is the only JSON value that starts with a t. */
const LETTER_T = 0x74;

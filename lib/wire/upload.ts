/** A body that is too large to be held: it is sent on as it comes in, once. */
import { bodyNamesModel } from "../dialect/body_model.ts";
import { gather } from "./gather.ts";
import { headerValue, type RawHeaders } from "./headers.ts";
import { HeldPieces } from "./held_pieces.ts";
import { inTurns } from "./turns.ts";
import type { BodyFault } from "./incoming.ts";
import { type BodyLimits, concat, type Received } from "./receive.ts";

/** How much of an upload is read before it is known who gets it. */
export const UPLOAD_START_BYTES = 1024 * 1024;

/** The next bytes of a body, undefined after the last; rejects where the caller has gone. */
export type ReadBody = () => Promise<Uint8Array | undefined>;

/** What has not been read of a body. */
export class Upload {
  readonly #read: ReadBody;
  #onChunk: (chunk: Uint8Array) => void = () => {};

  constructor(read: ReadBody) {
    this.#read = read;
  }

  /** The next bytes, undefined after the last; rejects where the caller has gone. */
  async next(): Promise<Uint8Array | undefined> {
    const chunk = await this.#read();
    if (chunk !== undefined) this.#onChunk(chunk);
    return chunk;
  }

  /** Has each chunk seen as it passes. */
  observe(onChunk: (chunk: Uint8Array) => void): void {
    this.#onChunk = onChunk;
  }
}

/** The start of a body, and the rest of it where there is more. */
export interface BodyStart {
  readonly start: Uint8Array;
  readonly rest: Upload | undefined;
}

/** At least that much of a body, or all of it. */
export async function readStart(
  read: ReadBody,
  bytes: number,
  { room }: Pick<BodyLimits, "room"> = {},
): Promise<BodyStart | BodyFault> {
  const pieces = new HeldPieces();
  try {
    while (pieces.length < bytes) {
      const chunk = await read();
      if (chunk === undefined) return { start: pieces.take(concat), rest: undefined };
      if (room?.take(chunk.length) === false) return { kind: "no_room" };
      pieces.keep(chunk);
    }
  } catch {
    return { kind: "caller_left" };
  }
  return { start: pieces.take(concat), rest: new Upload(read) };
}

/** Whether a request's body need not be read to know who gets it. */
export function isUpload(path: string, headers: RawHeaders): boolean {
  return !bodyNamesModel(path, headerValue(headers, "content-type"));
}

/** The request with its body whole, so that it can be sent more than once; or why it cannot. */
export async function held(
  received: Received,
  { maxBodyBytes: limitBytes, room }: BodyLimits,
): Promise<Received | BodyFault> {
  const { body, rest } = received;
  if (rest === undefined) return received;
  const announced = Number(headerValue(received.headers, "content-length") ?? 0);
  if (announced > limitBytes) return { kind: "too_large", limitBytes };
  const pieces = new HeldPieces();
  pieces.keep(body);
  try {
    for (let chunk = await rest.next(); chunk !== undefined; chunk = await rest.next()) {
      if (pieces.length + chunk.length > limitBytes) return { kind: "too_large", limitBytes };
      if (room?.take(chunk.length) === false) return { kind: "no_room" };
      pieces.keep(chunk);
    }
  } catch {
    return { kind: "caller_left" };
  }
  return { ...received, body: await inTurns(pieces.take(gather)), rest: undefined };
}

/** An upload that breaks off is nobody's fault but its caller's. */
export class UploadCut extends Error {
  readonly code = "UPLOAD_CUT";
}

/**
 * A body whose rest has still to come, as it is sent: at the pace at which it is taken.
 *
 * @throws {UploadCut} where the caller goes away before its last byte
 */
export async function* passing(start: Uint8Array, rest: Upload): AsyncGenerator<Uint8Array> {
  yield start;
  for (let chunk = await next(rest); chunk !== undefined; chunk = await next(rest)) yield chunk;
}

async function next(rest: Upload): Promise<Uint8Array | undefined> {
  try {
    return await rest.next();
  } catch (cause) {
    throw new UploadCut("the caller went away during its upload", { cause });
  }
}

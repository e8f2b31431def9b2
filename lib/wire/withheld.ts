/** A body of announced length, which its framing alone would make whole. */
import type { NextBytes } from "./caller_response.ts";
import type { HeldBody } from "./held_body.ts";

/**
 * Reads a body, its last byte only once its end has been judged: a caller that has as many bytes as
 * were announced takes them for all, and a stream without its last event must not look so.
 */
export function withholdingLast(body: HeldBody, announcedBytes: number): Pick<HeldBody, "read"> {
  let taken = 0;
  let last: Uint8Array | undefined;
  return { read };

  function read(): NextBytes {
    const chunk = body.read();
    return chunk instanceof Promise ? chunk.then(withheld) : withheld(chunk);
  }

  function withheld(chunk: Uint8Array | undefined): NextBytes {
    if (chunk === undefined) return takeLast();
    taken += chunk.length;
    if (taken < announcedBytes) return chunk;
    last = chunk.subarray(-1);
    return chunk.length > 1 ? chunk.subarray(0, -1) : read();
  }

  function takeLast(): Uint8Array | undefined {
    const byte = body.end?.kind === "complete" ? last : undefined;
    last = undefined;
    return byte;
  }
}

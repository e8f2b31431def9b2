/** Streams whose backend goes on only once its caller has seen what there is: nothing can be held back. */
import { Buffer } from "node:buffer";
import type { RawRequest } from "../caller.ts";
import { within } from "../contract/providers.ts";
import { chunk, STREAM_HEAD } from "../peer.ts";
import type { BackendScript, Gateway } from "./check.ts";
import { expectBytes } from "./expect.ts";

export interface PacedStream {
  readonly parts: readonly string[];
  readonly script: BackendScript;
  /** Says that the caller has seen the part of that index. */
  seen(index: number): void;
}

/**
 * @param parts the stream, of which the first part has content: a gateway may hold what comes before
 * @param end what follows once the last part was seen; default a proper end
 */
export function pacedStream(
  parts: readonly string[],
  end: BackendScript = ({ write }) => write(chunk("")),
): PacedStream {
  const readers = parts.map(() => Promise.withResolvers<void>());
  return {
    parts,
    async script(exchange, backend) {
      for (const [index, part] of parts.entries()) {
        await exchange.write((index === 0 ? STREAM_HEAD : "") + chunk(part));
        await readers[index]?.promise;
      }
      await end(exchange, backend);
    },
    seen: (index) => readers[index]?.resolve(),
  };
}

/**
 * Sends a call and reads a paced stream part by part.
 *
 * @returns how the stream ended
 * @throws {Error} where a part is changed, does not come before the next is sent, or more follows
 */
export async function readPaced(
  gateway: Gateway,
  call: RawRequest,
  { parts, seen }: PacedStream,
): Promise<"whole" | "cut"> {
  const { patienceMs } = gateway;
  const leaving = new AbortController();
  try {
    const pieces = piecesOf(gateway, call, leaving.signal);
    let received = "";
    let expected = "";
    for (const [index, part] of parts.entries()) {
      expected += part;
      const what = `event ${index + 1} of ${parts.length} arrives before the next is sent`;
      while (received.length < expected.length) {
        const { value, done } = await within(pieces.next(), patienceMs, what);
        if (done) break;
        received += value;
      }
      expectBytes(new TextEncoder().encode(received), expected, "the stream was changed");
      seen(index);
    }
    const end = pieces.next().then(({ done }) => done ? "whole" : "more", () => "cut" as const);
    const ending = await within(end, patienceMs, "the stream ends when the backend's does");
    if (ending === "more") throw new Error("more follows than the backend sent");
    return ending;
  } finally {
    leaving.abort();
  }
}

async function* piecesOf(
  { url }: Gateway,
  { target = "", lines = [], body = "" }: RawRequest,
  signal: AbortSignal,
): AsyncGenerator<string, void> {
  const headers = lines.map((line): [string, string] => {
    const [name = "", ...rest] = line.split(": ");
    return [name, rest.join(": ")];
  });
  const request = { method: "POST", headers, body: new Uint8Array(Buffer.from(body)), signal };
  const response = await fetch(url + target, request);
  if (response.status !== 200) {
    throw new Error(`status ${response.status}: ${(await response.text()).slice(0, 120)}`);
  }
  yield* response.body?.pipeThrough(new TextDecoderStream()) ?? [];
}

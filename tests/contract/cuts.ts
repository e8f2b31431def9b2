/** Every way in which a backend's stream can break off after content, and what an SDK is to do then. */
import assert from "node:assert/strict";
import { chunk, type Exchange, type Script } from "../peer.ts";
import { startStage, within } from "./providers.ts";

export interface Cut {
  /** The header line that frames the body. */
  readonly framing: (start: string) => string;
  /** What is sent once the caller has content. */
  readonly end: (exchange: Exchange) => unknown;
  /** Whether an event of ours that tells of the cut can be the first to raise. */
  readonly canTell: boolean;
}

const CHUNKED = { framing: () => "transfer-encoding: chunked", canTell: true };

export const CUTS: Readonly<Record<string, Cut>> = {
  "a reset": { ...CHUNKED, end: ({ reset }) => reset() },
  "an end inside a chunk": {
    ...CHUNKED,
    async end({ write, close }) {
      await write("fff\r\n: half");
      close();
    },
  },
  "an end without the last chunk": { ...CHUNKED, end: ({ close }) => close() },
  "broken framing": { ...CHUNKED, end: ({ write }) => write("no chunk size\r\n") },
  "an end short of its length": {
    framing: (start) => `content-length: ${start.length + 9}`,
    end: ({ close }) => close(),
    canTell: false,
  },
  "the end of its connection, in order, without a terminal event": {
    framing: () => "connection: close",
    end: ({ close }) => close(),
    canTell: true,
  },
  "its last chunk, in order, without a terminal event": {
    ...CHUNKED,
    end: ({ write }) => write(chunk("")),
  },
  "its whole length, in order, without a terminal event": {
    framing: (start) => `content-length: ${start.length}`,
    end: () => {},
    canTell: false,
  },
  "its last chunk, in order, after half an event": {
    ...CHUNKED,
    end: ({ write }) => write(chunk(`data: {"type":`) + chunk("")),
    canTell: false,
  },
  "silence": { ...CHUNKED, end: () => {} },
};

/** Calls and reads to the end; tells when the first content is there. */
export type Read = (url: string, onContent: () => void) => Promise<unknown>;

/**
 * Tests that each cut of a stream after `start` raises in an SDK, with either `mid_stream_error`.
 *
 * @param reads ways to read a stream, by their names for people
 */
export function testCuts(reads: Readonly<Record<string, Read>>, start: string): void {
  for (const [name, read] of Object.entries(reads)) {
    for (const [how, cut] of Object.entries(CUTS)) {
      for (const mode of ["abort", "event"] as const) {
        Deno.test(`${name} raises on a stream cut by ${how}, mid_stream_error: ${mode}`, async () => {
          const error = await raised(read, { cut, start, mode });
          assert.ok(error instanceof Error, "the stream ended as if it were whole");
        });
      }
      if (cut.canTell) testTold(name, read, { how, cut, start });
    }
  }
}

function testTold(
  name: string,
  read: Read,
  { how, ...broken }: Omit<Break, "mode"> & { readonly how: string },
): void {
  Deno.test(`${name} raises our error event on a stream cut by ${how}`, async () => {
    const error = await raised(read, { ...broken, mode: "event" });
    assert.ok(error instanceof Error);
    assert.match(error.message, /The backend's answer broke off: /);
  });
}

interface Break {
  readonly cut: Cut;
  readonly start: string;
  readonly mode: "abort" | "event";
}

/** What the SDK raises; undefined when it ends without an error. */
async function raised(read: Read, { cut, start, mode }: Break): Promise<unknown> {
  const head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";
  const framing = cut.framing(start);
  const body = framing.endsWith("chunked") ? chunk(start) : start;
  const { promise: exchange, resolve } = Promise.withResolvers<Exchange>();
  const primary: Script = async (exchange) => {
    await exchange.write(`${head}${framing}\r\n\r\n${body}`);
    resolve(exchange);
  };
  const settings = `detection: { mid_stream_error: ${mode} }\ntimeouts: { idle_seconds: 0.3 }\n`;
  await using stage = await startStage(primary, { settings });
  const begun = Promise.withResolvers<void>();
  const ended = read(stage.proxy.url, begun.resolve).then(() => undefined, (cause) => cause);
  await Promise.race([begun.promise, ended]);
  await cut.end(await exchange);
  const error = await within(ended, 5000, "the SDK ends");
  // What has begun is nobody else's to go on with.
  assert.equal(stage.secondary.connections, 0);
  return error;
}

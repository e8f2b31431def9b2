import { createParser } from "eventsource-parser";
import type { StreamEvent } from "../../lib/dialect/event_format.ts";
import { SseReader } from "../../lib/wire/sse.ts";

export const encoder = new TextEncoder();

/** The events of a stream as another parser reads them; it gives those with empty data, too. */
export function eventsByOracle(bytes: Uint8Array): StreamEvent[] {
  const events: StreamEvent[] = [];
  const parser = createParser({
    onEvent: ({ event = "", data }) => events.push({ type: event, data, truncated: false }),
  });
  parser.feed(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  // What ends a last line with CR is not told from CRLF until more comes.
  parser.feed(":");
  return events.filter(({ data }) => data !== "");
}

export function eventsOf(chunks: readonly Uint8Array[]): StreamEvent[] {
  const reader = new SseReader({ maxEventBytes: 1 << 20 });
  return chunks.flatMap((chunk) => reader.push(chunk));
}

/** Every byte by itself. */
export function singly(bytes: Uint8Array): Uint8Array[] {
  return Array.from(bytes, (byte) => Uint8Array.of(byte));
}

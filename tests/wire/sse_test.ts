import assert from "node:assert/strict";
import fc from "fast-check";
import type { StreamEvent } from "../../lib/dialect/event_format.ts";
import { SseReader } from "../../lib/wire/sse.ts";
import { encoder, eventsByOracle, eventsOf, singly } from "./sse_oracle.ts";

/** A whole stream and what it holds, each event as `type|data`. */
const STREAMS: readonly (readonly [what: string, stream: string, events: readonly string[]])[] = [
  ["one event", "data: a\n\n", ["|a"]],
  ["events with names", "event: x\ndata: a\n\nevent:y\ndata:b\n\n", ["x|a", "y|b"]],
  ["a name for one event only", "event: x\ndata: a\n\ndata: b\n\n", ["x|a", "|b"]],
  ["a name after the data", "data: a\nevent: x\n\n", ["x|a"]],
  ["a name taken back", "event: x\nevent\ndata: a\n\n", ["|a"]],
  ["a name for nothing", "event: x\n\ndata: a\n\n", ["|a"]],
  ["data of many lines", "data: a\ndata:\ndata: b\n\n", ["|a\n\nb"]],
  ["no event without data", "data\n\ndata:\n\ndata\ndata\n\n", ["|\n"]],
  ["one space taken off", "data:  a \ndata:b\n\n", ["| a \nb"]],
  ["CRLF", "event: x\r\ndata: a\r\ndata: b\r\n\r\n", ["x|a\nb"]],
  ["CR", "event: x\rdata: a\rdata: b\r\r", ["x|a\nb"]],
  ["line ends of every kind", "data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\r", ["|a\nb\nc", "|d"]],
  ["comments", ": hi\n\ndata: a\n: there\ndata: b\n\n:\n", ["|a\nb"]],
  ["other fields", "id: 1\nretry: 5\nfoo: bar\ndataset: 1\nData: x\n data: y\ndata: a\n\n", ["|a"]],
  ["a mark at the start", "\ufeffdata: a\n\n", ["|a"]],
  ["marks elsewhere", "data: \ufeffa\n\n\ufeffdata: b\n\n", ["|\ufeffa"]],
  ["a marked comment", "\ufeff: hi\ndata: a\n\n", ["|a"]],
  ["NUL", "event: a\0\ndata: \0b\0\n\n", ["a\0|\0b\0"]],
  ["text of every width", "event: ü\ndata: é模😀\ndata: \u2028\n\n", ["ü|é模😀\n\u2028"]],
  ["colons in a value", "data: a: b:c\n\ndata::\n\n", ["|a: b:c", "|:"]],
  ["an event cut short", "data: a\n\ndata: b\n", ["|a"]],
];

function shown(events: readonly StreamEvent[]): string[] {
  return events.map(({ type, data }) => `${type}|${data}`);
}

function readerAfter(stream: string, maxEventBytes = 1 << 20): SseReader {
  const reader = new SseReader({ maxEventBytes });
  reader.push(encoder.encode(stream));
  return reader;
}

for (const [what, stream, events] of STREAMS) {
  Deno.test(`SseReader reads ${what}`, () => {
    const bytes = encoder.encode(stream);
    assert.deepEqual(shown(eventsOf([bytes])), events);
    assert.deepEqual(shown(eventsByOracle(bytes)), events);
  });
}

Deno.test("SseReader reads the same events wherever the stream is split", () => {
  for (const [what, stream, events] of STREAMS) {
    const bytes = encoder.encode(stream);
    assert.deepEqual(shown(eventsOf(singly(bytes))), events, `${what}, byte by byte`);
    for (let i = 0; i <= bytes.length; i++) {
      const parts = [bytes.subarray(0, i), new Uint8Array(0), bytes.subarray(i)];
      assert.deepEqual(shown(eventsOf(parts)), events, `${what}, split at ${i}`);
    }
  }
});

Deno.test("SseReader puts U+FFFD for what is no UTF-8, as a decoder of the whole does", () => {
  const bytes = Uint8Array.from([
    ...encoder.encode("data: a"),
    ...[0xff, 0xe6, 0xa8, 0x0a],
    ...encoder.encode("data: b"),
    ...[0xf0, 0x9f, 0x0a, 0x0a],
  ]);
  assert.deepEqual(shown(eventsOf([bytes])), ["|a\ufffd\ufffd\nb\ufffd"]);
  assert.deepEqual(eventsOf(singly(bytes)), eventsByOracle(bytes));
});

const pieces = fc.array(
  fc.constantFrom(
    ...["data", "event", "id", ":", ": ", " ", "data: a", "event: x", "模", "😀", "\0", "\ufeff"],
    ...["\n", "\r", "\r\n", "\n\n", "\r\n\r\n", "data:{}\n\n", ":\n"],
  ),
  { maxLength: 40 },
);

Deno.test("SseReader reads any stream as another parser does, however it is split", () => {
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(200), { maxLength: 6 }), (texts, cuts) => {
      const bytes = encoder.encode(texts.join(""));
      const offsets = [0, ...cuts.sort((a, b) => a - b), bytes.length];
      const chunks = offsets.slice(1).map((end, i) => bytes.subarray(offsets[i], end));
      assert.deepEqual(eventsOf(chunks), eventsByOracle(bytes));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("push() gives an event with the chunk that completes it, at CR already", () => {
  const reader = readerAfter("data: a\r\n");
  assert.deepEqual(shown(reader.push(encoder.encode("\r"))), ["|a"]);
  assert.equal(reader.atBoundary, true);
  assert.deepEqual(shown(reader.push(encoder.encode("\ndata: b\n\n"))), ["|b"]);
});

Deno.test("push() keeps no chunk: its bytes may be overwritten afterwards", () => {
  const reader = new SseReader({ maxEventBytes: 100 });
  for (const text of ["event: ab\nda", "ta: cd\n", "data: e"]) {
    const chunk = encoder.encode(text);
    reader.push(chunk);
    chunk.fill(0);
  }
  assert.deepEqual(shown(reader.push(encoder.encode("f\n\n"))), ["ab|cd\nef"]);
});

/** What is left at the end of each stream, as `type|data`. */
const RESTS: readonly (readonly [stream: string, rest: string | undefined])[] = [
  ["", undefined],
  ["\ufeff", undefined],
  ["data: a\n\n", undefined],
  ["data: a\n\n: half a comm", undefined],
  ["data: a\n\n: a comment\n", undefined],
  ["data: a", "|a"],
  ["\ufeffdata: a", "|a"],
  ["data: [DONE]\n", "|[DONE]"],
  ["data: a\ndata: b", "|a\nb"],
  ["data: a\r\n: comm", "|a"],
  ["event: x\ndata: a\nda", "x|a"],
  ["event: x\ndata: a\ndata", "x|a\n"],
  ["event: message_stop\n", "message_stop|"],
  ["event: message_st", "message_st|"],
  ["dat", "|"],
  ["id: 1\n", "|"],
];

Deno.test("rest() is what an end of the stream would cut", () => {
  for (const [stream, expected] of RESTS) {
    const rest = readerAfter(stream).rest();
    assert.equal(rest && `${rest.type}|${rest.data}`, expected, JSON.stringify(stream));
    assert.equal(readerAfter(stream).atBoundary, rest === undefined && !/comm$/.test(stream));
  }
});

Deno.test("rest() leaves out a character that has not come whole, and changes nothing", () => {
  const reader = new SseReader({ maxEventBytes: 100 });
  const bytes = encoder.encode("event: x\ndata: a模\n\n");
  assert.deepEqual(reader.push(bytes.subarray(0, -3)), []);
  assert.deepEqual(reader.rest(), { type: "x", data: "a", truncated: false });
  assert.deepEqual(shown(reader.push(bytes.subarray(-3))), ["x|a模"]);
});

Deno.test("atBoundary is false within a line, a comment's included", () => {
  for (const text of ["d", ":", ": keep-al", "data: a\n", "data: a\n\nd", "\ufeff:"]) {
    assert.equal(readerAfter(text).atBoundary, false, text);
  }
  for (const text of ["", "data: a\n\n", ": keep-alive\n", "\n\n", "\ufeff", "data: a\r\n\r"]) {
    assert.equal(readerAfter(text).atBoundary, true, JSON.stringify(text));
  }
});

Deno.test("pendingBytes counts what is kept of the unterminated event, and no comment", () => {
  assert.equal(readerAfter("event: ab\ndata: cde\n").pendingBytes, 5);
  assert.equal(readerAfter("data: cde\ndata: f").pendingBytes, 3 + "data: f".length);
  assert.equal(readerAfter("data: a\n\n").pendingBytes, 0);
  assert.equal(readerAfter(": a comment that is still coming").pendingBytes, 0);
  assert.equal(readerAfter("\ufeff").pendingBytes, 0);
});

Deno.test("SseReader keeps only the start of an event that is too large", () => {
  for (
    const stream of ["data: 0123456789\n\n", "data: 01234567\ndata: 8\n\n", "data: 0123456789a"]
  ) {
    const bytes = encoder.encode(stream.endsWith("\n") ? stream : `${stream}\n\n`);
    for (const chunks of [[bytes], singly(bytes)]) {
      const reader = new SseReader({ maxEventBytes: 8 });
      const events = chunks.flatMap((chunk) => reader.push(chunk));
      assert.deepEqual(events, [{ type: "", data: "01234567", truncated: true }]);
    }
  }
});

Deno.test("SseReader keeps an event of exactly the largest size whole", () => {
  const bytes = encoder.encode("data: 0123\ndata: 456\n\n");
  for (const chunks of [[bytes], singly(bytes)]) {
    const reader = new SseReader({ maxEventBytes: 8 });
    const events = chunks.flatMap((chunk) => reader.push(chunk));
    assert.deepEqual(events, [{ type: "", data: "0123\n456", truncated: false }]);
  }
});

Deno.test("SseReader cuts a large event between characters, and reads on after it", () => {
  const reader = new SseReader({ maxEventBytes: 4 });
  const events = reader.push(encoder.encode("data: 模模\nevent: x\n\ndata: ok\n\n"));
  assert.deepEqual(events, [
    { type: "x", data: "模", truncated: true },
    { type: "", data: "ok", truncated: false },
  ]);
});

Deno.test("SseReader cuts a name that is too long", () => {
  const [event] = readerAfter("").push(encoder.encode(`event: ${"n".repeat(1000)}\ndata: a\n\n`));
  assert.deepEqual(event, { type: "n".repeat(256), data: "a", truncated: true });
});

Deno.test("SseReader keeps no more of a line without end than the largest event", () => {
  const chunk = new Uint8Array(4096).fill(0x61);
  for (const start of ["data: ", "event: ", "nothing: ", ": ", "data: a\n: ", ""]) {
    const reader = readerAfter(start, 10_000);
    for (let i = 0; i < 100; i++) assert.deepEqual(reader.push(chunk), []);
    assert.ok(reader.pendingBytes <= 10_100, `${start}: ${reader.pendingBytes}`);
    assert.ok((reader.rest()?.data.length ?? 0) <= 10_000, start);
  }
});

Deno.test("rest() says that the event it would cut is too large already", () => {
  assert.deepEqual(readerAfter("data: 0123456789", 4).rest(), {
    type: "",
    data: "0123",
    truncated: true,
  });
});

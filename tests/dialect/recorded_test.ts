import assert from "node:assert/strict";
import type { EventKind, StreamEvent } from "../../lib/dialect/event_format.ts";
import { mayEnd } from "../../lib/dialect/may_end.ts";
import { JsonElements } from "../../lib/wire/json_elements.ts";
import { encoder, eventsByOracle, eventsOf, singly } from "../wire/sse_oracle.ts";
import { type Recording, recordings } from "./recordings.ts";

const ALL = recordings();

/** What is wrong with some of them. */
const KNOWN_FAULTS: ReadonlyMap<string, readonly EventKind[]> = new Map([
  // The account's quota was used up: an `error` event, then `response.failed`.
  ["openai-responses/openai-error.1.jsonl", ["error", "error"]],
  // Its first and its last line lack their closing brace.
  ["openai-responses/parallel-tool-call-wrapper.1.jsonl", ["malformed", "malformed"]],
]);

/** Streams up to this size are split everywhere, larger ones around their line ends and in steps. */
const SPLIT_EVERYWHERE_BYTES = 4_000;
const SPLITS_OF_LARGE = 60;
/** Events above this size are split at every 97th byte: a prime, so that no field is always spared. */
const LARGE_EVENT_BYTES = 16_000;

/** An event with which an answer begins: some recordings hold several, one after the other. */
const BEGINS = /"type":"(?:message_start|response\.created)"/;

function eventsIn({ stream }: Recording): StreamEvent[] {
  return eventsOf([encoder.encode(stream)]);
}

function kindsOf(recording: Recording): EventKind[] {
  return eventsIn(recording).map((event) => recording.format.read(event).kind);
}

function digestOf(events: readonly StreamEvent[]): string {
  return events.map(({ type, data }) => `${type}|${data}`).join("\n");
}

function splitsOf(bytes: Uint8Array): number[] {
  const everywhere = Array.from(bytes.keys());
  if (bytes.length <= SPLIT_EVERYWHERE_BYTES) return everywhere;
  const nearLineEnds = everywhere.filter((at) => bytes.subarray(at - 2, at + 2).includes(0x0a));
  const thinned = (list: number[]) =>
    list.filter((_, i) => i % Math.ceil(2 * list.length / SPLITS_OF_LARGE) === 0);
  return [...thinned(nearLineEnds), ...thinned(everywhere)];
}

Deno.test({
  name: "the recorded streams are there (beside the project: ../shared/recorded)",
  ignore: ALL.length === 0,
  fn() {
    const counts = Object.groupBy(ALL, ({ format }) => format.name);
    for (const format of ["openai_chat", "openai_responses", "anthropic", "gemini"] as const) {
      assert.ok((counts[format]?.length ?? 0) >= 9, `${format}: ${counts[format]?.length}`);
    }
  },
});

for (const recording of ALL) {
  const { name, format, stream } = recording;

  Deno.test(`${format.name}: ${name} has no fault but those we know of`, () => {
    const faults = kindsOf(recording).filter((kind) => kind === "error" || kind === "malformed");
    assert.deepEqual(faults, KNOWN_FAULTS.get(name) ?? []);
  });

  Deno.test(`${format.name}: mayEnd() passes over no event of ${name} that is an error or an end`, () => {
    for (const event of eventsIn(recording)) {
      const { kind, ends } = format.read(event);
      if (!mayEnd(event)) assert.ok(kind !== "error" && !ends, event.data);
    }
  });

  Deno.test(`SseReader reads each event of ${name} alike, split at every offset`, () => {
    for (const text of stream.split(/(?<=\n\r?\n)/)) {
      const bytes = encoder.encode(text);
      const whole = digestOf(eventsOf([bytes]));
      for (let at = 1; at < bytes.length; at += bytes.length > LARGE_EVENT_BYTES ? 97 : 1) {
        const events = eventsOf([bytes.subarray(0, at), bytes.subarray(at)]);
        assert.ok(digestOf(events) === whole, `split at ${at}: ${text.slice(0, 80)}`);
      }
    }
  });

  Deno.test(`SseReader reads ${name} as another parser does, wherever it is split`, () => {
    const bytes = encoder.encode(stream);
    const expected = eventsByOracle(bytes);
    assert.deepEqual(eventsOf([bytes]), expected);
    assert.deepEqual(eventsOf(singly(bytes)), expected);
    const whole = digestOf(expected);
    for (const at of splitsOf(bytes)) {
      const events = eventsOf([bytes.subarray(0, at), bytes.subarray(at)]);
      assert.ok(digestOf(events) === whole, `split at ${at}`);
    }
  });
}

for (const recording of ALL) {
  const { name, format } = recording;
  if (format.name === "unknown" || KNOWN_FAULTS.has(name)) continue;

  Deno.test(`${format.name}: ${name} has content or an end, and no content after its end`, () => {
    let isOver = false;
    const readings = eventsIn(recording).map((event) => {
      const reading = format.read(event);
      if (BEGINS.test(event.data)) isOver = false;
      assert.ok(!(isOver && reading.kind === "content"), event.data);
      isOver ||= reading.kind === "terminal" || reading.kind === "done";
      return reading;
    });
    assert.ok(readings.some(({ kind }) => ["content", "terminal", "done"].includes(kind)));
    assert.equal(readings.at(-1)?.ends, true);
  });
}

for (const recording of ALL.filter(({ format }) => format.name === "gemini")) {
  Deno.test(`JsonElements gives ${recording.name} as an array the events of the stream`, () => {
    const expected = eventsIn(recording).map(({ data }) => data);
    const bytes = encoder.encode(`[${expected.join(",\r\n")}]`);
    for (const at of splitsOf(bytes)) {
      const reader = new JsonElements({ maxEventBytes: 1 << 20 });
      const events = [bytes.subarray(0, at), bytes.subarray(at)].flatMap((c) => reader.push(c));
      assert.deepEqual(events.map(({ data }) => data), expected);
      assert.equal(reader.isClosed, true);
    }
  });
}

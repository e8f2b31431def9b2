/** Responses with in places what does not belong there: whatever comes has one end, and no piece matters. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { RESPONSE_VECTORS } from "../http/response_vectors.ts";
import { type Given, type Told, toldOf } from "./responses.ts";

const RESPONSE = fc.constantFrom(
  ...RESPONSE_VECTORS.filter(({ bytes }) => bytes.length < 1_000)
    .map(({ bytes, method }) => [bytes, { method, upgrade: false }] as const),
);

/** What framing faults are made of. */
const BITS = fc.constantFrom(
  "\r\n",
  "\n",
  "\r",
  "\0",
  " ",
  "\t",
  ":",
  ",",
  ";",
  "0\r\n\r\n",
  "HTTP/1.1 200 OK\r\n",
  "Content-Length: 3\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Connection: upgrade\r\nUpgrade: websocket\r\n",
);

const ADDED = fc.oneof(BITS, fc.string({ unit: "binary-ascii", maxLength: 8 }));
const CHANGES = fc.array(fc.tuple(fc.nat(), fc.nat(3), ADDED), { maxLength: 4 });

const GARBLED = fc.tuple(RESPONSE, CHANGES, fc.boolean()).map(
  ([[bytes, given], changes, upgrade]) => {
    const garbled = changes.reduce((text, [place, gone, added]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + added + text.slice(at + gone);
    }, bytes);
    return [garbled, { ...given, upgrade }] as const;
  },
);

/** Less what depends on the pieces by its nature: how much of what follows has already come. */
export function comparable(told: readonly Told[]): readonly Told[] {
  return told.filter(({ kind }) => kind !== "rest")
    .map((each) => each.kind === "end" ? { ...each, hasSurplus: false } : each);
}

function assertOneEnd(bytes: string, given: Given): void {
  const kinds = toldOf([bytes], { ...given, ends: true }).map(({ kind }) => kind);
  const order = kinds.filter((kind) => kind !== "interim" && kind !== "data" && kind !== "rest");
  const [first] = order;
  assert.ok(first === "head" || first === "fault" || first === "switch", kinds.join());
  // After its end nothing is told: then `finish()` finds nothing to end, which the notes tell as a fault.
  const ends = order.filter((kind) => kind === "end" || kind === "fault");
  assert.ok(ends.length >= 1, kinds.join());
}

/**
 * Reads so many generated responses, whole and in pieces.
 *
 * @throws what was told otherwise in pieces, or had no end, as the least response that shows it
 */
export function fuzzResponses(runs: number): void {
  fc.assert(
    fc.property(GARBLED, fc.array(fc.nat(40), { maxLength: 6 }), ([bytes, given], sizes) => {
      assertOneEnd(bytes, given);
      const pieces: string[] = [];
      let at = 0;
      for (const size of sizes) pieces.push(bytes.slice(at, at += size));
      pieces.push(bytes.slice(at));
      assert.deepEqual(comparable(toldOf(pieces, given)), comparable(toldOf([bytes], given)));
    }),
    { numRuns: runs },
  );
}

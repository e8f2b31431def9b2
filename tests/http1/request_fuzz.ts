/** Inputs that nobody thought of, for the parser of requests: pieces of vectors, put together and broken. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { REQUEST_VECTORS } from "../http/vectors.ts";
import { LENIENCIES, readLeniently, type ReadRequest, readRequests } from "./requests.ts";

const PIECES: readonly string[] = [
  ...[
    "\r\n",
    "\n",
    "\r",
    "\r\n\r\n",
    " ",
    "\t",
    ":",
    ";",
    ",",
    "\0",
    "\x0b",
    "\x80",
    "0",
    "5",
    "a",
  ],
  ...["GET / HTTP/1.1\r\n", "POST /x HTTP/1.1\r\n", "POST /x HTTP/1.0\r\n", "Host: a\r\n"],
  ...["Content-Length: 5\r\n", "Content-Length: 0\r\n", "Transfer-Encoding: chunked\r\n"],
  ...["Transfer-Encoding: gzip, chunked\r\n", "hello", "5\r\nhello\r\n", "0\r\n\r\n", "5;a=b\r\n"],
  ...["Connection: close\r\n", "Expect: 100-continue\r\n", "X: y\r\n", "Content-Length: 5"],
];

const SEEDS: readonly string[] = REQUEST_VECTORS.map(({ send }) => send.join(""))
  .filter((text) => text.length < 500);

/** So many inputs, of a sequence that the seed names; throws at the first that is read in two ways. */
export function fuzzRequests(inputs: number, seed: number): { readonly accepted: number } {
  const random = randomFrom(seed);
  let accepted = 0;
  for (let input = 0; input < inputs; input++) {
    const text = inputFrom(random);
    const bytes = Buffer.from(text, "latin1");
    const reading = readRequests(bytes);
    const cut = Math.floor(random() * bytes.length);
    assert.deepEqual(readRequests(bytes, [cut]), reading, JSON.stringify(text));
    if (!reading.isWhole || reading.requests.length === 0) continue;
    accepted++;
    for (const leniency of LENIENCIES) {
      // Whoever knows no chunks at all does not speak HTTP/1.1.
      if (leniency.coding === "never" && /transfer-encoding/i.test(text)) continue;
      const others = readLeniently(text, leniency);
      const why = `${JSON.stringify(text)} ${JSON.stringify(leniency)}`;
      assert.deepEqual(others.map(sizes), reading.requests.map(sizes), why);
    }
  }
  return { accepted };
}

/** What two readers must agree on: how a target is taken apart is each one's own matter. */
function sizes({ method, body }: ReadRequest): Omit<ReadRequest, "target"> {
  return { method, body };
}

function inputFrom(random: () => number): string {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)] ?? "";
  let text = random() < 0.7 ? pick(SEEDS) : "";
  if (random() < 0.5) text += pick(SEEDS);
  else for (let more = Math.floor(random() * 8); more > 0; more--) text += pick(PIECES);
  for (let changes = Math.floor(random() * 3); changes > 0; changes--) {
    const at = Math.floor(random() * text.length);
    const over = random() < 0.5 ? 1 : 0;
    text = text.slice(0, at) + pick(PIECES) + text.slice(at + over);
  }
  return text;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What fills bodies: text for the inside of a JSON string, and bytes that are no text. */
import { Buffer } from "node:buffer";
import type { Random } from "./random.ts";

export interface Filling {
  /** Whole characters and escapes, about as many bytes as asked for. */
  text(random: Random, bytes: number): Buffer;
  binary(random: Random, bytes: number): Buffer;
}

/** Words with everything that a proxy could stumble over, names of models among them. */
const WORDS = [
  "lorem ipsum dolor sit amet, ",
  "žluťoučký kůň 🐎 模型 ",
  String.raw`\"model\":\"chat\", `,
  String.raw`\\\"model\\\":\\\"chat\\\" \\`,
  String.raw`\u00e9\/\ud83d\ude00 \ud800 \u0000\b\f\n\r\t`,
  "data: [DONE] event: error ",
  "{}[],:'<>&%00%ff;--\x7f ",
  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
] as const;

const LONGEST_WORD_BYTES = Math.max(...WORDS.map((word) => Buffer.byteLength(word)));

const POOL_BYTES = 4 * 2 ** 20;

/** Makes a pool of each kind once; what is taken is a part of it. */
export function fillingOf(random: Random): Filling {
  const words: Buffer[] = [];
  const starts: number[] = [];
  let length = 0;
  while (length < POOL_BYTES) {
    const word = Buffer.from(random.pick(WORDS));
    words.push(word);
    starts.push(length);
    length += word.length;
  }
  const text = Buffer.concat(words);
  const binary = Buffer.from(Uint8Array.from({ length: POOL_BYTES }, () => random.below(256)));
  return {
    text(random, bytes) {
      if (bytes > POOL_BYTES) return Buffer.concat([text, this.text(random, bytes - POOL_BYTES)]);
      const first = random.below(Math.floor(starts.length * (1 - bytes / length)));
      const from = starts[first] ?? 0;
      // On to where a word ends: the words are short, so this is near.
      let last = Math.min(starts.length - 1, first + Math.floor(bytes / LONGEST_WORD_BYTES));
      while (last < starts.length && (starts[last] ?? 0) < from + bytes) last++;
      return text.subarray(from, starts[last] ?? length);
    },
    binary(random, bytes) {
      const from = random.below(Math.max(1, POOL_BYTES - bytes));
      return binary.subarray(from, from + bytes);
    },
  };
}

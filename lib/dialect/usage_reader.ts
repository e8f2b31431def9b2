import type { StreamEvent } from "./event_format.ts";
import { type JsonObject, objectOf, parseJson } from "./json_object.ts";
import { type Usage, usageBlock, usageOf } from "./usage.ts";

/** No event without one of these tells of tokens. `null` stands in every chunk before the last. */
const MAY_TELL = /"usage(?:Metadata)?"\s*:\s*\{/;

/** A block has a dozen; what has many more is none, and would be kept. */
const MOST_NUMBERS = 100;

/**
 * Finds out what an answer cost as it passes. The first event that tells of tokens is read (Anthropic
 * has the input there); of the others only the latest is kept, and read when somebody asks: some
 * vendors repeat the block in every event.
 */
export class UsageReader {
  #block: JsonObject = {};
  #isBegun = false;
  #latest: string | undefined;

  /** Sees every event of a stream. Of a truncated one nothing is learned. */
  event({ data, truncated }: StreamEvent): void {
    if (truncated || !MAY_TELL.test(data)) return;
    this.#latest = data;
    if (!this.#isBegun) this.#readLatest();
  }

  /** Sees a JSON reply, or those members of it that may hold the block. */
  reply(object: JsonObject): void {
    this.#add(usageBlock(object));
  }

  /** What is known so far; undefined where the answer says nothing. */
  read(): Usage | undefined {
    this.#readLatest();
    return usageOf(this.#block);
  }

  #readLatest(): void {
    if (this.#latest === undefined) return;
    this.#add(usageBlock(objectOf(parseJson(this.#latest))));
    this.#latest = undefined;
  }

  /** Of each number the last counts. */
  #add(block: JsonObject): void {
    const told = Object.entries(block).slice(0, MOST_NUMBERS).filter(([, value]) => value !== null);
    this.#isBegun ||= told.length > 0;
    this.#block = { ...this.#block, ...Object.fromEntries(told) };
  }
}

/**
 * What each event loop tells the others, in one order: JSON, each followed by a comma. The log has two
 * halves, of which one is written; who is behind by no more reads on, and anybody else starts again
 * from a snapshot. Everything here is for who has the lock, but `isBehind`.
 */
import type { Buffer } from "node:buffer";
import {
  ABSENT,
  halvesOf,
  JOINING,
  MOST_LOOPS,
  type SharedLoop,
  snapshotOf,
  WORDS,
  wordsOf,
} from "./shared_memory.ts";

/** What a loop has to take in, in this order. */
export interface News {
  /** Everything, where what was told meanwhile is gone. */
  readonly snapshot: string | undefined;
  readonly changes: readonly string[];
}

/** The parts of a snapshot, as JSON; the ones first that are missed most where not all fit. */
export type Dump = () => readonly string[];

export class SharedLog {
  readonly #words: Int32Array;
  readonly #halves: readonly [Buffer, Buffer];
  readonly #snapshot: Buffer;
  readonly #encoder = new TextEncoder();
  readonly #loop: number;
  #generation: number;
  #offset = 0;
  #seen: number | undefined;

  constructor({ memory, loop }: SharedLoop) {
    this.#words = wordsOf(memory);
    this.#halves = halvesOf(memory);
    this.#snapshot = snapshotOf(memory);
    this.#loop = loop;
    this.#generation = this.#load(WORDS.positions + loop);
  }

  /** Whether anything was told that this loop has not taken. */
  get isBehind(): boolean {
    return Atomics.load(this.#words, WORDS.sequence) !== this.#seen;
  }

  take(): News {
    const current = this.#load(WORDS.generation);
    const snapshot = this.#generation < current - 1 ? this.#takeSnapshot() : undefined;
    const changes = [this.#takeRest()];
    while (this.#generation < current) {
      this.#generation++;
      this.#offset = 0;
      changes.push(this.#takeRest());
    }
    this.#store(WORDS.positions + this.#loop, current);
    this.#seen = this.#load(WORDS.sequence);
    return { snapshot, changes: changes.filter((text) => text !== "") };
  }

  /** Whether there was room for it. */
  append(change: string): boolean {
    const half = this.#generation & 1;
    const written = this.#write(change, this.#halves[half === 0 ? 0 : 1].subarray(this.#offset));
    if (written === undefined) return false;
    this.#offset += written;
    this.#store(WORDS.lengths + half, this.#offset);
    this.#moved();
    return true;
  }

  /** Goes on in the other half, after a snapshot for the loops that have not read that one yet. */
  turn(dump: Dump): void {
    if (this.#isAnyoneFarBehind()) this.#writeSnapshot(dump, this.#generation + 1);
    this.#beginAt(this.#generation + 1);
  }

  /** Begins anew for everybody, from a snapshot. */
  beginAnew(dump: Dump): void {
    const next = this.#generation + 2;
    this.#writeSnapshot(dump, next);
    this.#beginAt(next);
  }

  /** A loop that is to begin; it takes a snapshot first, which has to be made still. */
  expect(loop: number): void {
    this.#store(WORDS.positions + loop, JOINING);
  }

  forget(loop: number): void {
    this.#store(WORDS.positions + loop, ABSENT);
  }

  #isAnyoneFarBehind(): boolean {
    const { positions } = WORDS;
    const all = this.#words.subarray(positions, positions + MOST_LOOPS);
    return all.some((at, loop) => {
      return loop !== this.#loop && at !== ABSENT && at < this.#generation;
    });
  }

  #beginAt(generation: number): void {
    this.#generation = generation;
    this.#offset = 0;
    this.#store(WORDS.lengths + (generation & 1), 0);
    this.#store(WORDS.generation, generation);
    this.#store(WORDS.positions + this.#loop, generation);
    this.#moved();
  }

  #moved(): void {
    this.#seen = (Atomics.add(this.#words, WORDS.sequence, 1) + 1) | 0;
  }

  #writeSnapshot(dump: Dump, generation: number): void {
    let length = 0;
    for (const part of dump()) {
      length += this.#write(part, this.#snapshot.subarray(length)) ?? 0;
    }
    this.#store(WORDS.snapshotLength, length);
    this.#store(WORDS.snapshotGeneration, generation);
  }

  #takeSnapshot(): string {
    this.#generation = this.#load(WORDS.snapshotGeneration);
    if (this.#generation < this.#load(WORDS.generation) - 1) {
      throw new Error(`Event loop ${this.#loop} was not expected: what it has missed is gone`);
    }
    this.#offset = 0;
    return this.#read(this.#snapshot, 0, this.#load(WORDS.snapshotLength));
  }

  #takeRest(): string {
    const half = this.#generation & 1;
    const from = this.#offset;
    this.#offset = this.#load(WORDS.lengths + half);
    return this.#read(this.#halves[half === 0 ? 0 : 1], from, this.#offset);
  }

  /** How many bytes; undefined where there are too few. */
  #write(json: string, to: Uint8Array): number | undefined {
    const text = `${json},`;
    const { read, written } = this.#encoder.encodeInto(text, to);
    return read < text.length ? undefined : written;
  }

  /** Without the last comma. */
  #read(bytes: Buffer, from: number, to: number): string {
    // A Buffer's is several times as fast as a TextDecoder.
    return to <= from ? "" : bytes.toString("utf8", from, to - 1);
  }

  #load(word: number): number {
    return Atomics.load(this.#words, word);
  }

  #store(word: number, value: number): void {
    Atomics.store(this.#words, word, value);
  }
}

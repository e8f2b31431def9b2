/** The memory that the event loops of one process have in common, and what lies where in it. */
import { Buffer } from "node:buffer";
import { PORTS } from "../system/own_connections.ts";

/** Made by `createSharedMemory()` and posted to the workers; what it is made of is its own affair. */
export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
  readonly logBytes: number;
  readonly snapshotBytes: number;
}

/** One loop's part in it. */
export interface SharedLoop {
  readonly memory: SharedMemory;
  /** Its number, from 0: the main loop's. */
  readonly loop: number;
}

export interface SharedMemoryOptions {
  /** How many loops there are at the start; default the main loop alone. `expectLoop()` is for others. */
  readonly loops?: number;
  /** Of each half of the log. Default 1 MiB, which is some 5,000 changes. */
  readonly logBytes?: number;
  /**
   * Default 32 MiB, which holds the state of a proxy that remembers as much as it ever does. What is
   * never written costs no memory.
   */
  readonly snapshotBytes?: number;
}

/** What the words of the header stand for. */
export const WORDS = {
  /** 0 while nobody has the lock; see shared_lock.ts. */
  lock: 0,
  waiters: 1,
  /** Grows with each change of anything below, so that one look tells whether there is news. */
  sequence: 2,
  /** Of the log: even ones are in its first half, odd ones in the second. */
  generation: 3,
  /** In bytes, of the first half; the second half's follows. */
  lengths: 4,
  /** The generation at whose beginning the snapshot was taken. */
  snapshotGeneration: 6,
  snapshotLength: 7,
  bell: 8,
  /** By loop: the generation that it has come to. */
  positions: 16,
} as const;

/** Positions of a loop that has none. */
export const ABSENT = -2;
export const JOINING = -1;

export const MOST_LOOPS = 240;

/** Counters, which change too often for the log. */
const CELLS = 65_536;

const CELLS_AT = 4 * (WORDS.positions + MOST_LOOPS);
const PORTS_AT = CELLS_AT + 4 * CELLS;
const LOG_AT = PORTS_AT + 4 * PORTS;

/** @throws There cannot be so many loops. */
export function createSharedMemory(
  { loops = 1, logBytes = 1 << 20, snapshotBytes = 1 << 25 }: SharedMemoryOptions = {},
): SharedMemory {
  if (loops > MOST_LOOPS) throw new Error(`${loops} event loops, more than ${MOST_LOOPS}`);
  const buffer = new SharedArrayBuffer(LOG_AT + 2 * logBytes + snapshotBytes);
  new Int32Array(buffer).fill(ABSENT, WORDS.positions + loops, WORDS.positions + MOST_LOOPS);
  return { buffer, logBytes, snapshotBytes };
}

export function wordsOf({ buffer }: SharedMemory): Int32Array {
  return new Int32Array(buffer, 0, CELLS_AT / 4);
}

export function cellsOf({ buffer }: SharedMemory): Int32Array {
  return new Int32Array(buffer, CELLS_AT, CELLS);
}

/** What is known of our own connections. */
export function portsOf({ buffer }: SharedMemory): Int32Array {
  return new Int32Array(buffer, PORTS_AT, PORTS);
}

export function halvesOf({ buffer, logBytes }: SharedMemory): readonly [Buffer, Buffer] {
  const half = (index: number) => Buffer.from(buffer, LOG_AT + index * logBytes, logBytes);
  return [half(0), half(1)];
}

export function snapshotOf({ buffer, logBytes, snapshotBytes }: SharedMemory): Buffer {
  return Buffer.from(buffer, LOG_AT + 2 * logBytes, snapshotBytes);
}

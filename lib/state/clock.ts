/** Time, passed in so that tests need not wait. */
export interface Clock {
  /** Milliseconds that only ever grow; for spans. The same in every event loop of the process. */
  readonly monotonicMs: () => number;
  /** The wall clock; for logs and for dates that backends send. */
  readonly now: () => Date;
}

const ORIGIN_MS = performance.timeOrigin;

export const systemClock: Clock = {
  // A worker's performance.now() begins at 0 with the worker. A sum as large as this is exact to a
  // quarter of a microsecond.
  monotonicMs: () => ORIGIN_MS + performance.now(),
  now: () => new Date(),
};

/** Time, passed in so that tests need not wait. */
export interface Clock {
  /** Milliseconds that only ever grow; for spans. */
  readonly monotonicMs: () => number;
  /** The wall clock; for logs and for dates that backends send. */
  readonly now: () => Date;
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  now: () => new Date(),
};

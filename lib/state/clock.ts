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

/**
 * When the system clock's milliseconds were 0 in this event loop, by the wall clock of now: near 0, unless
 * the wall clock was set, or the machine slept, since the loop began.
 */
export function clockOriginMs(): number {
  return Date.now() - systemClock.monotonicMs();
}

/** The system clock with its milliseconds as another event loop counts them, by the origin of now. */
export function clockFrom(originMs: number): Clock {
  const aheadMs = clockOriginMs() - originMs;
  return { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + aheadMs };
}

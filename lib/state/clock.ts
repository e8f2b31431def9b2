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

/** When the system clock's monotonic milliseconds were 0 in this event loop, by the wall clock. */
export function clockOriginMs(): number {
  return Date.now() - systemClock.monotonicMs();
}

/** The system clock with monotonic milliseconds as another event loop counts them, to about 1 ms. */
export function clockFrom(originMs: number): Clock {
  const aheadMs = clockOriginMs() - originMs;
  return { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + aheadMs };
}

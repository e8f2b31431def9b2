/**
 * Long work in slices, between which the event loop serves everybody else. Of all the work that waits,
 * one slice is done in each turn of the loop, so that four long requests hold it no longer than one.
 */

/** Work that pauses wherever it has gone on for long enough, and gives its result at its end. */
export type Steps<Result> = Generator<undefined, Result>;

/** What is done in one go: some 1 to 10 ms, whatever the bytes are. */
export const SLICE_BYTES = 256 * 1024;

const waiting: (() => void)[] = [];

/** Resolves in a later turn of the event loop, once everybody who came before has had one. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(takeTurn);
  });
}

function takeTurn(): void {
  waiting.shift()?.();
  // Not before the slice that has just been let go on is done: it runs as a microtask.
  if (waiting.length > 0) setImmediate(takeTurn);
}

/** The result of steps, with a turn of the loop at each pause. */
export async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await nextTurn();
  }
}

/** The result of steps at once: for what is known to be small. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

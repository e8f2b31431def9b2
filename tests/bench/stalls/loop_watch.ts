/** How long this thread's event loop is held: what passes between two turns of it, at most. */

/** CPU milliseconds of this thread, so that other processes do not count; the wall's where it cannot be told. */
const nowMs = threadClock() ?? (() => performance.now());

/** Runs the work; gives the longest time between two turns of the loop meanwhile, in milliseconds. */
export async function longestStall(work: () => Promise<void>): Promise<number> {
  let longestMs = 0;
  let lastMs = nowMs();
  const tick = () => {
    const atMs = nowMs();
    longestMs = Math.max(longestMs, atMs - lastMs);
    lastMs = atMs;
  };
  const ticker = setInterval(tick, 1);
  try {
    await work();
  } finally {
    clearInterval(ticker);
  }
  tick();
  return longestMs;
}

/** `clock_gettime(CLOCK_THREAD_CPUTIME_ID)`, on Linux. */
function threadClock(): (() => number) | undefined {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const { symbols } = Deno.dlopen("libc.so.6", {
      clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
    });
    const time = new BigInt64Array(2);
    return () => {
      symbols.clock_gettime(3, time);
      return Number(time[0]) * 1000 + Number(time[1]) / 1e6;
    };
  } catch {
    return undefined;
  }
}

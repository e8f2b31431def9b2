/** The operating system's wish that the process end: politely once, then at once. */

/** Windows has no SIGTERM. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

export interface StopSignals {
  readonly first: Promise<Deno.Signal>;
  readonly second: Promise<Deno.Signal>;
  /** Stops listening for signals. */
  dispose(): void;
}

/**
 * One Ctrl-C comes twice under `deno task`: from the terminal, and passed on by the task runner. What
 * comes this soon is not a second wish.
 */
const ECHO_MS = 500;

export function stopSignals(): StopSignals {
  const first = Promise.withResolvers<Deno.Signal>();
  const second = Promise.withResolvers<Deno.Signal>();
  let seenAtMs: number | undefined;
  const listeners = SIGNALS.map((signal) => {
    const listener = () => {
      const nowMs = performance.now();
      if (seenAtMs === undefined) first.resolve(signal);
      else if (signal !== "SIGINT" || nowMs - seenAtMs > ECHO_MS) second.resolve(signal);
      seenAtMs ??= nowMs;
    };
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  const dispose = () => listeners.forEach((remove) => remove());
  return { first: first.promise, second: second.promise, dispose };
}

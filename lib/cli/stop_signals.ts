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

export function stopSignals(): StopSignals {
  const first = Promise.withResolvers<Deno.Signal>();
  const second = Promise.withResolvers<Deno.Signal>();
  let seen = 0;
  const listeners = SIGNALS.map((signal) => {
    const listener = () => (seen++ === 0 ? first : second).resolve(signal);
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  const dispose = () => listeners.forEach((remove) => remove());
  return { first: first.promise, second: second.promise, dispose };
}
